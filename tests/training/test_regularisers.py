"""Regularisers by hand."""

from __future__ import annotations

import pytest
import torch

from mlsr_es.training.regularisers import flops, l1, warmed_up

VECTORS = torch.tensor([[1.0, 0.0, 2.0], [3.0, 0.0, 0.0]])


def test_flops_squares_mean_weights() -> None:
    """Means 2, 0 and 1: 4 + 0 + 1."""
    assert flops(VECTORS).item() == pytest.approx(5.0)


def test_l1_is_the_mean_sum_of_weights() -> None:
    """Both rows sum to 3."""
    assert l1(VECTORS).item() == pytest.approx(3.0)


def test_the_weight_grows_quadratically_and_stays() -> None:
    """A quarter of it at half the way."""
    assert [warmed_up(2.0, step=step, warmup_steps=10) for step in (0, 5, 10, 99)] == [0.0, 0.5, 2.0, 2.0]


def test_without_warm_up_the_weight_is_full_at_once() -> None:
    """And nothing is divided by zero."""
    assert warmed_up(2.0, step=0, warmup_steps=0) == 2.0
