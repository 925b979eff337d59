"""Regularisers, which keep vectors sparse, and the warm-up of their weight.

References:
    Paria et al., *Minimizing FLOPs to Learn Efficient Sparse Representations*, arXiv 2004.05665: FLOPs, and the
    quadratic warm-up.
"""

from __future__ import annotations

from torch import Tensor


def flops(vectors: Tensor) -> Tensor:
    """Compute the sum over terms of the squared mean weight, which is large for terms that occur in many vectors.

    Args:
        vectors: Float at least 0, shape (batch, vocabulary size).

    Returns:
        A scalar at least 0.
    """
    return vectors.mean(dim=0).square().sum()


def l1(vectors: Tensor) -> Tensor:
    """Compute the mean over vectors of the sum of weights, in which each term costs its weight.

    Args:
        vectors: Float at least 0, shape (batch, vocabulary size).

    Returns:
        A scalar at least 0.
    """
    return vectors.sum(dim=1).mean()


def warmed_up(weight: float, *, step: int, warmup_steps: int) -> float:
    """Compute a regulariser's weight at a step: it grows quadratically and then stays constant.

    Args:
        weight: The full weight.
        step: The number of steps done, at least 0.
        warmup_steps: The step from which on the weight is full; 0 for full weight from the start.
    """
    if step >= warmup_steps:
        return weight
    return weight * (step / warmup_steps) ** 2
