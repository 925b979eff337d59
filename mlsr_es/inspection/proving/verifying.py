"""Verify that an index ranks as its model does: compare its hits with the dot products of known weights."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from mlsr_es.elastic.search import Answer, Strategy, contributions, search
from mlsr_es.errors import InputError
from mlsr_es.inspection.proving.agreement import (
    Expected,
    Places,
    disagreement,
    disproved,
    dot_products,
    expected,
    order_kept,
    overlap,
)
from mlsr_es.inspection.proving.asked import Asked, Asking
from mlsr_es.inspection.proving.known_weights import KnownWeights
from mlsr_es.inspection.proving.verification import Verification
from mlsr_es.progress import Progress, Silent
from mlsr_es.vectors import feature_name, feature_weights

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from mlsr_es.elastic.client import Client


@dataclass(frozen=True, kw_only=True)
class _Query:
    """The result of one query: the share of the exact best images at each stage, and the check of its hits."""

    rounded: float
    pruned: float
    limited: float
    given: float
    same_first: bool
    order: float
    dropped: bool
    wrong: str

    @property
    def unexplained(self) -> float:
        """The share that is lost for no known reason; 0 where each hit has its score and no better image is missing."""
        return self.limited - self.given if self.wrong else 0.0

    @property
    def tied(self) -> float:
        """The share that is lost because other images have the same score as the last hit."""
        return 0.0 if self.wrong else self.limited - self.given


def verify_scores(
    client: Client,
    asked: Asked,
    queries: Mapping[str, Mapping[str, float]],
    weights: KnownWeights,
    *,
    least: float = 0.95,
    progress: Progress = Silent(),
) -> Verification:
    """Query an index, and compare its hits and scores with the dot products of known weights.

    Args:
        client: The client, from ``mlsr_es.elastic.client.connect``.
        asked: The index, and how it is queried.
        queries: Section id to the query, word piece to weight; a query without terms is left out.
        weights: The weights by which the index should rank.
        least: The least agreement that passes, in [0, 1].
        progress: Advanced by each query.

    Raises:
        InputError: No query has a term.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    asking = {query: feature_weights(terms) for query, terms in queries.items() if terms}
    if not asking:
        raise InputError("none of the topics has a term that could be asked.", advice="Name other topics.")
    images = _Images.of(weights)
    stage = "Asking the index"
    progress.start(stage, len(asking), "sections")
    found: dict[str, _Query] = {}
    for query, terms in asking.items():
        found[query] = _verified(client, asked, terms, images)
        progress.advance(stage)
    progress.finish(stage)

    def mean(values: Sequence[float]) -> float:
        return float(np.mean(values))

    each = list(found.values())
    # Weights that were rounded or left out make scores equal that were not, and the cluster gives either image.
    ties = mean([one.tied for one in each])
    cause = (ties, 0.0) if asked.strategy.exact else (0.0, ties)
    return Verification(
        asked,
        images=len(weights.ids),
        queries=len(each),
        agreement=mean([one.given for one in each]),
        same_first=mean([one.same_first for one in each]),
        order=mean([one.order for one in each]),
        rounding=None if weights.rounded else mean([1 - one.rounded for one in each]) + cause[0],
        pruning=mean([one.rounded - one.pruned for one in each]) + cause[1],
        dropping=mean([one.pruned - one.limited for one in each]),
        unexplained=mean([one.unexplained for one in each]),
        dropped=sum(one.dropped for one in each),
        wrong={query: one.wrong for query, one in found.items() if one.wrong},
        not_encoded=weights.not_encoded,
        not_stored=weights.not_stored,
        least=least,
    )


@dataclass(frozen=True)
class _Images:
    """The images' weights: unrounded, and rounded as a field keeps them."""

    exact: csr_array
    rounded: csr_array
    columns: Mapping[str, int]
    place: Mapping[str, int]

    @classmethod
    def of(cls, weights: KnownWeights) -> _Images:
        exact, rounded = (
            vectors.to_scipy().astype(np.float64) for vectors in (weights.vectors, weights.vectors.quantised())
        )
        return cls(exact, rounded, weights.columns, {image_id: row for row, image_id in enumerate(weights.ids)})

    def wanted(
        self, terms: Mapping[str, float], strategy: Strategy, depth: int, dropped: Collection[str] = ()
    ) -> Expected:
        """The expected result of a strategy with rounded weights, without the terms dropped by the clause limit."""
        finding, ranking = (
            {name: weight for name, weight in part.items() if name not in dropped} for part in strategy.split(terms)
        )
        found = dot_products(finding, self.rounded, self.columns)
        if not ranking:
            return expected(found)
        others = dot_products(ranking, self.rounded, self.columns)
        if dropped:
            # Dropping has moved terms from one phase to the other, so it is unknown which images were ranked again.
            return Expected(found + others, np.zeros(len(found), dtype=bool))
        return expected(found, others, None if strategy.window is None else max(strategy.window, depth))

    def places(self, answer: Answer) -> Places:
        """The rows of the hits; -1 for an unknown image."""
        return np.array([self.place.get(hit.id, -1) for hit in answer.hits], dtype=np.int64)


def _verified(client: Client, asked: Asked, terms: Mapping[str, float], images: _Images) -> _Query:
    depth, strategy = asked.depth, asked.strategy
    body, whole = asked.body(terms, strategy), asked.body(terms, strategy.whole)
    answer = search(client, asked.index, body, exact=None if strategy.exact else whole)
    if answer.asked_again:
        strategy = strategy.whole
    dropped = {feature_name(term) for term in answer.dropped_terms}
    finding, ranking = strategy.split(terms)
    asked_terms = {name: weight for name, weight in (finding | ranking).items() if name not in dropped}
    hits = images.places(answer)
    known = hits[hits >= 0]
    limited = images.wanted(terms, strategy, depth, dropped)
    stages = {
        "rounded": images.wanted(terms, strategy.whole, depth).best(depth),
        "pruned": images.wanted(terms, strategy, depth).best(depth),
        "limited": limited.best(depth),
        "given": known,
    }
    compared = answer
    if asked.asking is Asking.PRUNED:
        # Only the cluster knows which terms it prunes. So its own result is this stage, and whether its scores add up
        # is checked without pruning.
        stages |= {"pruned": known, "limited": known}
        compared = search(client, asked.index, replace(asked, asking=Asking.DOT_PRODUCT).body(terms, strategy))
    exact = dot_products(terms, images.exact, images.columns)
    return _Query(
        **{name: overlap(exact, places, depth) for name, places in stages.items()},
        same_first=overlap(exact, known, 1) == 1,
        order=order_kept(exact, known),
        dropped=bool(dropped),
        wrong=_wrong(asked, images, limited, compared, asked_terms),
    )


def _wrong(asked: Asked, images: _Images, limited: Expected, answer: Answer, terms: Mapping[str, float]) -> str:
    """Describe, in words, the first hit, score or explanation that is not the expected one; "" if all are."""
    scores = [hit.score for hit in answer.hits]
    sums = [sum(contributions(hit, terms, field=asked.field.path).values()) for hit in answer.hits]
    return disagreement(limited, images.places(answer), scores, asked.depth) or disproved(scores, sums)
