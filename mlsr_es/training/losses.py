"""InfoNCE over the batch's images, in which other relevant images are masked; and a teacher's loss.

References:
    van den Oord et al., *Representation Learning with Contrastive Predictive Coding*, arXiv 1807.03748.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


def info_nce(scores: Tensor, positives: Tensor, masked: Tensor) -> Tensor:
    """Compute the cross entropy of choosing each query's positive among the candidates.

    Args:
        scores: Float, shape (queries, candidates): dot products divided by the temperature.
        positives: int64, shape (queries,): the column of each query's positive.
        masked: Bool, shape (queries, candidates): True for candidates that are not negatives of the query; the value in
            the positive's column is ignored.

    Returns:
        A scalar at least 0, the mean over the queries.
    """
    own = functional.one_hot(positives, scores.shape[1]).bool()
    return functional.cross_entropy(scores.masked_fill(masked & ~own, float("-inf")), positives)


def distillation(scores: Tensor, taught: Tensor, temperature: float) -> Tensor:
    """Compute the cross entropy of a teacher's and the model's choice of candidates (arXiv 1503.02531, section 2).

    Args:
        scores: Float, shape (queries, candidates): dot products divided by the model's temperature.
        taught: Float, shape (queries, candidates): the teacher's scores.
        temperature: The temperature of the teacher's scores, above 0.

    Returns:
        A scalar at least 0, the mean over the queries.
    """
    return functional.cross_entropy(scores, (taught / temperature).softmax(dim=1))


def known_relevant(candidates: Tensor, relevant: Tensor) -> Tensor:
    """Mark the candidates that are known to be relevant to each query.

    Args:
        candidates: int64 at least 0, shape (candidates,): numbers of images, possibly with repetitions.
        relevant: int64, shape (queries, most relevant images of one): numbers of images, filled up with -1.

    Returns:
        Bool, shape (queries, candidates).
    """
    return torch.stack([torch.isin(candidates, row) for row in relevant])
