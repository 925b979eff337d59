"""Whether a ranking is the expected one: pure functions over the scores of one query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Scores = NDArray[np.float64]
Places = NDArray[np.int64]

ROUNDING = 1e-5
"""Relative: scores closer than this are ties, since a cluster adds up to some hundreds of terms in single precision."""


@dataclass(frozen=True)
class Expected:
    """The expected result of a query.

    Args:
        scores: The score of each image that may be a hit, 0 for the others; shape (images,), float64.
        sure: Which images certainly have that score: in two phases, ties at the window's edge may have another; shape
            (images,), bool.
    """

    scores: Scores
    sure: NDArray[np.bool_]

    def best(self, depth: int) -> Places:
        """The places of the best images, at most ``depth``; of equal scores the first image is better."""
        order = np.argsort(-self.scores, kind="stable")[:depth]
        return order[self.scores[order] > 0]


def dot_products(weights: Mapping[str, float], images: csr_array, columns: Mapping[str, int]) -> Scores:
    """Compute the dot product of a query with each image.

    Args:
        weights: Feature name to query weight.
        images: The images' weights, shape (images, terms).
        columns: Feature name to column; a name without a column is in no image.
    """
    query = np.zeros(images.shape[1])
    for name, weight in weights.items():
        if name in columns:
            query[columns[name]] = np.float32(weight)
    scores: Scores = images @ query
    return scores


def expected(finding: Scores, ranking: Scores | None = None, window: int | None = None) -> Expected:
    """Compute the expected result of a query in one phase or two.

    Args:
        finding: Each image's score from the terms of the first phase; an image with 0 is not a hit. Shape (images,).
        ranking: Each image's score from the terms of the second phase, shape (images,); None for one phase.
        window: How many of the best by ``finding`` the second phase ranks again; None for one phase.
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
    """The share of the best images in a ranking; an image that ties with the last of the best counts as one of them.

    Args:
        exact: The score that each image should have.
        places: The places of the ranking's images in ``exact``.
        depth: How many images are the best.
    """
    best = np.sort(exact[exact > 0])[::-1][:depth]
    if not best.size:
        return 1.0
    return min(1.0, np.count_nonzero(exact[places[:depth]] >= best[-1] * (1 - ROUNDING)) / best.size)


def order_kept(exact: Scores, places: Places) -> float:
    """Kendall's tau, from -1 to 1, of a ranking and its images' exact scores; ties count as in order."""
    should = exact[places]
    first, second = np.triu_indices(len(places), 1)
    if not first.size:
        return 1.0
    difference = should[first] - should[second]
    margin = ROUNDING * np.maximum(should[first], should[second])
    return float(1 - 2 * np.mean(difference < -margin))


def disagreement(wanted: Expected, places: Places, scores: Sequence[float], depth: int) -> str:
    """Describe, in words, how a ranking differs from the expected result; "" if it does not.

    Args:
        wanted: The expected result.
        places: The places of the hits, best first; -1 for an unknown image.
        scores: The scores of the hits.
        depth: How many hits were asked for.
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


def disproved(scores: Sequence[float], explained: Sequence[float]) -> str:
    """Describe, in words, the first hit whose explanation does not add up to its score; "" if there is none.

    Args:
        scores: The scores of the hits, best first.
        explained: For each hit, the sum of what its terms contribute by the weights that the cluster shows.
    """
    for rank, (score, total) in enumerate(zip(scores, explained, strict=True), 1):
        if not np.isclose(total, score, rtol=ROUNDING, atol=0):
            return f"hit {rank} has the score {score:.6g}, and its explanation adds up to {total:.6g}"
    return ""
