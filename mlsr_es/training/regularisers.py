"""Regularisers, which keep vectors sparse, and the warm-up of their weight.

References:
    Paria et al., *Minimizing FLOPs to Learn Efficient Sparse Representations*, arXiv 2004.05665: FLOPs, and the
    quadratic warm-up.
    Porco et al., *An Alternative to FLOPS Regularization to Effectively Productionize SPLADE-Doc*, arXiv 2505.15070:
    DF-FLOPS.
"""

from __future__ import annotations

from math import log

from torch import Tensor

_HALF_AT = 0.1
_STEEPNESS = 10.0
_LEAST_SHARE = 1e-8


def flops(vectors: Tensor) -> Tensor:
    """Compute the sum over terms of the squared mean weight, which is large for terms that occur in many vectors.

    Args:
        vectors: Float at least 0, shape (batch, vocabulary size).

    Returns:
        A scalar at least 0.
    """
    return vectors.mean(dim=0).square().sum()


def df_flops(vectors: Tensor, shares: Tensor) -> Tensor:
    """Compute FLOPs with each term's mean weight multiplied by ``frequency_penalties``.

    A term costs little while few documents have it, whatever its weight: posting lists get short, vectors need not.

    Args:
        vectors: Float at least 0, shape (batch, vocabulary size).
        shares: The share of the collection's documents that have each term, in [0, 1], shape (vocabulary size,).

    Returns:
        A scalar at least 0.
    """
    return (frequency_penalties(shares) * vectors.mean(dim=0)).square().sum()


def frequency_penalties(shares: Tensor) -> Tensor:
    """Compute ``1 / (1 + (x^(log_a 2) - 1)^b)`` for the shares x, with a = 0.1 and b = 10, as the paper does.

    Args:
        shares: In [0, 1], any shape.

    Returns:
        In [0, 1], the same shape: 1/2 where a tenth of the documents have the term, near 0 below, near 1 above.
    """
    steps = shares.clamp(_LEAST_SHARE, 1.0).pow(log(2) / log(_HALF_AT)) - 1
    return 1 / (1 + steps.pow(_STEEPNESS))


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
