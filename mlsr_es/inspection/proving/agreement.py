"""Whether a ranking is the one that it should be: pure functions over the scores of one query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Scores = NDArray[np.float64]
Places = NDArray[np.int64]

ROUNDING = 1e-5
"""Relative: a cluster adds up in single precision, some hundreds of terms at most. Closer scores are ties."""


@dataclass(frozen=True)
class Expected:
    """What a query should give.

    Args:
        scores: Of each image that may be a hit; 0 for the others. Shape (images,).
        sure: Which images are scored for certain: in two phases, ties at the window's edge are not. The same shape.
    """

    scores: Scores
    sure: NDArray[np.bool_]

    def best(self, depth: int) -> Places:
        """The places of the best images, at equal scores the first; at most ``depth``."""
        order = np.argsort(-self.scores, kind="stable")[:depth]
        return order[self.scores[order] > 0]


def dot_products(weights: Mapping[str, float], images: csr_array, columns: Mapping[str, int]) -> Scores:
    """The dot product of a query with each image.

    Args:
        weights: Feature name to query weight.
        images: Of shape (images, terms).
        columns: Feature name to column; a name without one is in no image.
    """
    query = np.zeros(images.shape[1])
    for name, weight in weights.items():
        if name in columns:
            query[columns[name]] = np.float32(weight)
    scores: Scores = images @ query
    return scores


def expected(finding: Scores, ranking: Scores | None = None, window: int | None = None) -> Expected:
    """What one phase or two should give.

    Args:
        finding: Each image's share of the terms that find it; an image with none is no hit.
        ranking: Its share of those that only rank; None for one phase.
        window: How many of the best by ``finding`` are ranked anew; None for one phase.
    """
    found = finding > 0
    if ranking is None or window is None:
        return Expected(finding, found)
    scores = np.where(found, finding + ranking, 0)
    if np.count_nonzero(found) <= window:
        return Expected(scores, found)
    edge = np.partition(finding, -window)[-window]
    inside = finding >= edge * (1 - ROUNDING)
    return Expected(np.where(inside, scores, 0), finding > edge * (1 + ROUNDING))


def overlap(exact: Scores, places: Places, depth: int) -> float:
    """The share of the best images that a ranking has; one that ties with the last of them is as good.

    Args:
        exact: The score that each image should have.
        places: Of the images in the ranking.
        depth: How many count.
    """
    best = np.sort(exact[exact > 0])[::-1][:depth]
    if not best.size:
        return 1.0
    return min(1.0, np.count_nonzero(exact[places[:depth]] >= best[-1] * (1 - ROUNDING)) / best.size)


def order_kept(exact: Scores, places: Places) -> float:
    """Kendall's tau of a ranking and the scores that its images should have; ties count as kept. From -1 to 1."""
    should = exact[places]
    first, second = np.triu_indices(len(places), 1)
    if not first.size:
        return 1.0
    difference = should[first] - should[second]
    margin = ROUNDING * np.maximum(should[first], should[second])
    return float(1 - 2 * np.mean(difference < -margin))


def disagreement(wanted: Expected, places: Places, scores: Sequence[float], depth: int) -> str:
    """What of a ranking cannot be explained by what was asked, in words; "" for nothing.

    Args:
        wanted: What was asked should give.
        places: Of the hits, best first; -1 for an image that nobody knows.
        scores: Theirs.
        depth: How many were asked for.
    """
    for rank, (place, score) in enumerate(zip(places, scores, strict=True), 1):
        if place < 0:
            return f"hit {rank} is an image that is not known"
        should = wanted.scores[place]
        if not np.isclose(score, should, rtol=ROUNDING, atol=0):
            return f"hit {rank} has the score {score:.6g}, and its dot product is {should:.6g}"
    passed = np.flatnonzero(wanted.sure & (wanted.scores > 0))
    passed = passed[~np.isin(passed, places)]
    least = min(scores, default=0.0) if len(places) >= depth else 0.0
    if passed.size and (largest := float(wanted.scores[passed].max())) > least * (1 + ROUNDING):
        return f"an image with the dot product {largest:.6g} is not among the hits"
    return ""
