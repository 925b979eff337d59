"""Verify that an index ranks as its model does: compare its hits with the dot products of known weights."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np

from mlsr_es.elastic.mapping import TermField
from mlsr_es.elastic.search import Answer, Strategy, build_query, search
from mlsr_es.errors import InputError
from mlsr_es.inspection.proving.agreement import (
    Expected,
    Places,
    disagreement,
    dot_products,
    expected,
    order_kept,
    overlap,
)
from mlsr_es.inspection.proving.known_weights import KnownWeights
from mlsr_es.progress import Progress, Silent
from mlsr_es.vectors import feature_name, feature_weights

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from mlsr_es.elastic.client import Client


class Asking(StrEnum):
    """How a query's terms become clauses."""

    DOT_PRODUCT = "dot-product"
    """As this package does it: linear, or without the cluster's own pruning."""

    SATURATION = "saturation"
    """A ``rank_features`` query that names no function; sentence-transformers' helper sends such queries."""

    PRUNED = "pruned"
    """A ``sparse_vector`` query with the cluster's default pruning."""


@dataclass(frozen=True)
class Asked:
    """An index, and how it is queried.

    Args:
        index: An index or alias.
        field: The field with the weights.
        strategy: How queries are executed.
        asking: How terms become clauses.
        depth: How many hits a query asks for.

    Raises:
        InputError: The field's kind does not have this way of asking.
    """

    index: str
    field: TermField
    strategy: Strategy = Strategy()
    asking: Asking = Asking.DOT_PRODUCT
    depth: int = 10

    def __post_init__(self) -> None:
        fits = {Asking.SATURATION: "rank_features", Asking.PRUNED: "sparse_vector"}.get(self.asking, self.field.kind)
        if fits != self.field.kind:
            raise InputError(
                f"a {self.field.kind} field is not asked by {self.asking}: {fits} fields are.",
                advice=f"Leave it out, or name another field than {self.field.path}.",
            )

    def body(self, weights: Mapping[str, float], strategy: Strategy) -> dict[str, Any]:
        """The request body of a query, which is given as feature name to weight."""
        body = build_query(weights, size=self.depth, field=self.field, strategy=strategy, source=False)
        for clause in body["query"]["bool"]["should"]:
            if self.asking is Asking.SATURATION:
                del clause["rank_feature"]["linear"]
                clause["rank_feature"]["saturation"] = {}
            elif self.asking is Asking.PRUNED:
                del clause["sparse_vector"]["prune"]
        return body


@dataclass(frozen=True)
class Verification:
    """How well an index ranks. Shares are means over the queries, of the best ``depth`` images, in [0, 1].

    The losses add up to what is missing from ``agreement``.

    Args:
        asked: The index, and how it was queried.
        images: The number of images.
        queries: The number of queries.
        agreement: The share of the best images by unrounded weights that the index returns.
        same_first: The share of queries whose first hit is the best image.
        order: Kendall's tau, from -1 to 1, of the hits' order and that of their unrounded dot products.
        rounding: The share lost because a field keeps nine bits of a weight; None if only rounded weights are known.
        pruning: The share lost because the strategy or the cluster leaves terms out.
        dropping: The share lost because the cluster allows too few clauses.
        unexplained: The share lost for none of these reasons.
        dropped: The number of queries that lost terms to the clause limit.
        wrong: Queries whose hits or scores differ from the expected result, each with a description.
        not_encoded: The number of images that are only in the index; their stored weights are used.
        not_stored: The number of images that were encoded and are not in the index.
        least: The least agreement that passes, in [0, 1].
    """

    asked: Asked
    images: int
    queries: int
    agreement: float
    same_first: float
    order: float
    rounding: float | None
    pruning: float
    dropping: float
    unexplained: float
    dropped: int
    wrong: Mapping[str, str]
    not_encoded: int
    not_stored: int
    least: float

    @property
    def verdict(self) -> str:
        """Why the index does not rank as its model does; "" if it does."""
        if self.wrong:
            query, what = next(iter(self.wrong.items()))
            return (
                f"{len(self.wrong)} of {self.queries} queries are not answered by the dot product, as {query}: {what}"
            )
        if self.agreement < self.least:
            lost = {
                "9-bit rounding": self.rounding or 0.0,
                "pruning": self.pruning,
                "dropped clauses": self.dropping,
            }
            most = max(lost, key=lambda name: lost[name])
            return f"of the best images it gives {self.agreement:.1%}, less than {self.least:.1%}, mostly for {most}"
        return ""


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
    return Verification(
        asked,
        images=len(weights.ids),
        queries=len(each),
        agreement=mean([one.given for one in each]),
        same_first=mean([one.same_first for one in each]),
        order=mean([one.order for one in each]),
        rounding=None if weights.rounded else mean([1 - one.rounded for one in each]),
        pruning=mean([one.rounded - one.pruned for one in each]),
        dropping=mean([one.pruned - one.limited for one in each]),
        unexplained=mean([one.limited - one.given for one in each]),
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
        wrong=disagreement(limited, images.places(compared), [hit.score for hit in compared.hits], depth),
    )
