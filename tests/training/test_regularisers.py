"""Regularisers by hand."""

from __future__ import annotations

import pytest
import torch

from mlsr_es.training.regularisers import df_flops, flops, frequency_penalties, l1, warmed_up

VECTORS = torch.tensor([[1.0, 0.0, 2.0], [3.0, 0.0, 0.0]])


def test_flops_squares_mean_weights() -> None:
    """Means 2, 0 and 1: 4 + 0 + 1."""
    assert flops(VECTORS).item() == pytest.approx(5.0)


def test_df_flops_weighs_the_means_by_how_many_documents_have_a_term() -> None:
    """A tenth of all documents is half the weight: (2 * 1/2)^2 + (1 * 1)^2."""
    assert df_flops(VECTORS, torch.tensor([0.1, 0.0, 1.0])).item() == pytest.approx(2.0)


def test_the_penalty_of_a_term_rises_with_its_documents() -> None:
    """At a share of .05, x^(log_a 2) is 2.46: 1 / (1 + 1.46^10) = .022; at .2 it is 1.62: 1 / (1 + .62^10) = .991."""
    found = frequency_penalties(torch.tensor([0.0, 0.05, 0.1, 0.2, 1.0]))
    assert found.tolist() == pytest.approx([0.0, 0.022, 0.5, 0.991, 1.0], abs=1e-3)


def test_l1_is_the_mean_sum_of_weights() -> None:
    """Both rows sum to 3."""
    assert l1(VECTORS).item() == pytest.approx(3.0)


def test_the_weight_grows_quadratically_and_stays() -> None:
    """A quarter of it at half the way."""
    assert [warmed_up(2.0, step=step, warmup_steps=10) for step in (0, 5, 10, 99)] == [0.0, 0.5, 2.0, 2.0]


def test_without_warm_up_the_weight_is_full_at_once() -> None:
    """And nothing is divided by zero."""
    assert warmed_up(2.0, step=0, warmup_steps=0) == 2.0
