"""InfoNCE over the batch's images, with everything else that is known to be relevant masked out; and a teacher's loss.

References:
    van den Oord et al., *Representation Learning with Contrastive Predictive Coding*, arXiv 1807.03748.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


def info_nce(scores: Tensor, positives: Tensor, masked: Tensor) -> Tensor:
    """The cross entropy of picking each query's positive among the candidates.

    Args:
        scores: Float, shape (queries, candidates): dot products over the temperature.
        positives: int64, shape (queries,): the column of each query's positive.
        masked: Bool, shape (queries, candidates): candidates that are no negatives of the query; the positive's own
            column counts whatever stands there.

    Returns:
        A scalar at least 0, the mean over the queries.
    """
    own = functional.one_hot(positives, scores.shape[1]).bool()
    return functional.cross_entropy(scores.masked_fill(masked & ~own, float("-inf")), positives)


def distillation(scores: Tensor, taught: Tensor, temperature: float) -> Tensor:
    """The cross entropy between a teacher's choice among the candidates and the model's (arXiv 1503.02531, section 2).

    Args:
        scores: Float, shape (queries, candidates): dot products over the model's temperature.
        taught: Float, shape (queries, candidates): the teacher's scores.
        temperature: The teacher's, above 0.

    Returns:
        A scalar at least 0, the mean over the queries.
    """
    return functional.cross_entropy(scores, (taught / temperature).softmax(dim=1))


def known_relevant(candidates: Tensor, relevant: Tensor) -> Tensor:
    """Which candidates are known to be relevant to which queries.

    Args:
        candidates: int64 at least 0, shape (candidates,): numbers of images; one may stand twice.
        relevant: int64, shape (queries, most relevant images of one): numbers of images, filled up with -1.

    Returns:
        Bool, shape (queries, candidates).
    """
    return torch.stack([torch.isin(candidates, row) for row in relevant])
