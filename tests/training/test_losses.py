"""InfoNCE and its mask, against torch's cross entropy and by hand."""

from __future__ import annotations

from math import exp, log

import pytest
import torch
from torch.nn.functional import cross_entropy

from mlsr_es.training.losses import distillation, info_nce, known_relevant

SCORES = torch.tensor([[2.0, 1.0, 0.0], [0.0, 3.0, 1.0]])
NOTHING = torch.zeros(2, 3, dtype=torch.bool)


def test_info_nce_without_a_mask_is_cross_entropy() -> None:
    """Of the positives' columns."""
    positives = torch.tensor([0, 1])
    assert info_nce(SCORES, positives, NOTHING).item() == pytest.approx(cross_entropy(SCORES, positives).item())


def test_a_masked_candidate_is_no_negative() -> None:
    """The first query loses column 1: -log(e^2 / (e^2 + e^0))."""
    masked = torch.tensor([[False, True, False]])
    loss = info_nce(SCORES[:1], torch.tensor([0]), masked)
    assert loss.item() == pytest.approx(log(exp(2) + 1) - 2)


def test_the_positive_counts_though_it_is_known_to_be_relevant() -> None:
    """Its own column is never masked."""
    masked = torch.tensor([[True, True, False]])
    assert info_nce(SCORES[:1], torch.tensor([0]), masked).item() == pytest.approx(log(exp(2) + 1) - 2)


def test_distillation_is_the_cross_entropy_with_what_the_teacher_would_choose() -> None:
    """The teacher's scores (2, 0) at temperature 2 are odds of e to 1; the model's (1, 0) are the same odds."""
    chosen = exp(1) / (exp(1) + 1)
    expected = -(chosen * log(chosen) + (1 - chosen) * log(1 - chosen))
    loss = distillation(torch.tensor([[1.0, 0.0]]), torch.tensor([[2.0, 0.0]]), 2.0)
    assert loss.item() == pytest.approx(expected)


def test_distillation_is_least_where_the_model_agrees() -> None:
    """Another choice costs more."""
    taught = torch.tensor([[2.0, 0.0]])
    agreeing, other = torch.tensor([[1.0, 0.0]]), torch.tensor([[0.0, 1.0]])
    assert distillation(agreeing, taught, 2.0) < distillation(other, taught, 2.0)


def test_known_relevant_finds_every_place_of_an_image() -> None:
    """Image 7 stands twice; -1 fills up and matches nothing."""
    found = known_relevant(torch.tensor([7, 3, 7]), torch.tensor([[7, -1], [3, 9]]))
    assert found.tolist() == [[True, False, True], [False, True, False]]
