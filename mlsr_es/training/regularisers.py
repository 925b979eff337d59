"""Regularisers: what keeps vectors sparse, and how their weight grows.

References:
    Paria et al., *Minimizing FLOPs to Learn Efficient Sparse Representations*, arXiv 2004.05665: FLOPs, and the
    quadratic warm-up.
"""

from __future__ import annotations

from torch import Tensor


def flops(vectors: Tensor) -> Tensor:
    """The sum over terms of the squared mean weight: dear are terms that stand in many vectors.

    Args:
        vectors: Float at least 0, shape (batch, vocabulary size).

    Returns:
        A scalar at least 0.
    """
    return vectors.mean(dim=0).square().sum()


def l1(vectors: Tensor) -> Tensor:
    """The mean over vectors of the sum of weights: every term is as dear as it is heavy.

    Args:
        vectors: Float at least 0, shape (batch, vocabulary size).

    Returns:
        A scalar at least 0.
    """
    return vectors.sum(dim=1).mean()


def warmed_up(weight: float, *, step: int, warmup_steps: int) -> float:
    """A regulariser's weight at a step: it grows quadratically, and then stays.

    Args:
        weight: The full one.
        step: Steps done, at least 0.
        warmup_steps: From this step on the weight is full; 0 for at once.
    """
    if step >= warmup_steps:
        return weight
    return weight * (step / warmup_steps) ** 2
