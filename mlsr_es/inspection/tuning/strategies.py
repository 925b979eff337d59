"""Find the best strategy for an index, measured on sections that its users search for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from mlsr_es.collection import Section
from mlsr_es.elastic.mapping import TermField
from mlsr_es.elastic.reading import count
from mlsr_es.elastic.search import Strategy, WordClauses, build_query
from mlsr_es.errors import InputError
from mlsr_es.hybrid import Hybrid
from mlsr_es.inspection.evaluating import spread
from mlsr_es.inspection.tuning.choosing import EXACT, LEAST_OVERLAP, candidates, faster, recommended
from mlsr_es.inspection.tuning.timing import Ask, Measured, Stopwatch
from mlsr_es.progress import Progress, Silent
from mlsr_es.suggestion import check_model, serving_version
from mlsr_es.vectors import feature_weights

if TYPE_CHECKING:
    from mlsr_es.elastic.client import Client
    from mlsr_es.suggestion import QueryEncoder

_MOST_QUERIES = 100
"""With more queries the figures vary less, but the cluster's own noise is then larger than the gain."""


@dataclass(frozen=True)
class Tuning:
    """Strategies on an index.

    Args:
        queries: The number of queries.
        terms: The median number of a query's terms.
        images: The number of images in the index.
        measured: The measured strategies, exact ones first.
        recommended: The strategy to use.
    """

    queries: int
    terms: int
    images: int
    measured: tuple[Measured, ...]
    recommended: Measured


def tune_strategy(
    client: Client,
    index: str,
    *,
    model: QueryEncoder,
    sections: Sequence[Section],
    hybrid: Hybrid | None = None,
    least_overlap: float = LEAST_OVERLAP,
    progress: Progress = Silent(),
) -> Tuning:
    """Try strategies on an index with searches for ten images.

    Args:
        client: The client, from ``mlsr_es.elastic.client.connect``.
        index: The alias.
        model: The query encoder of the model that the index was made with.
        sections: Sections that its users search for; of more than a hundred, a hundred evenly spread are used.
        hybrid: The BM25 part of each query; None for no BM25.
        least_overlap: The share of the exact top 10 that must be found, in [0, 1].
        progress: Advanced by each search.

    Raises:
        InputError: No section has a query, there is no such index, or it was made with another model.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    version = serving_version(client, index)
    check_model(model, version)
    chosen = spread([section for section in sections if model.words_of(section)], _MOST_QUERIES)
    vectors = model.encode_sections(chosen)
    queries: list[Ask] = []
    terms: list[int] = []
    for row, section in enumerate(chosen):
        weights = feature_weights(vectors.named(row, model.vocabulary))
        if weights:
            queries.append(_ask(weights, version.meta.terms, WordClauses.of(hybrid, section) if hybrid else None))
            terms.append(len(weights))
    if not queries:
        raise InputError("no section makes a query.", advice="Name topics in the model's language.")
    return try_strategies(client, version.index, queries, terms, least_overlap=least_overlap, progress=progress)


def try_strategies(
    client: Client,
    index: str,
    queries: Sequence[Ask],
    terms: Sequence[int],
    *,
    least_overlap: float = LEAST_OVERLAP,
    progress: Progress = Silent(),
) -> Tuning:
    """Try strategies with queries that are already built.

    Args:
        client: The client, from ``mlsr_es.elastic.client.connect``.
        index: An index or alias.
        queries: The queries, at least one.
        terms: The number of terms of each query.
        least_overlap: The share of the exact top 10 that must be found, in [0, 1].
        progress: Advanced by each search.

    Raises:
        ClusterError: The cluster cannot be reached, or refuses.
    """
    images = count(client, index)
    stopwatch = Stopwatch(client, index, queries, progress)
    exact = faster(stopwatch.measure(EXACT, rounds=1, stage="Trying exact strategies"))
    others = candidates(dynamic=exact.strategy.dynamic, images=images, terms=max(terms))
    measured = stopwatch.measure([*EXACT, *others], stage="Trying strategies")
    return Tuning(
        queries=len(queries),
        terms=int(np.median(terms)),
        images=images,
        measured=tuple(measured),
        recommended=recommended(measured, least_overlap=least_overlap),
    )


def _ask(weights: Mapping[str, float], field: TermField, words: WordClauses | None) -> Ask:
    def body(strategy: Strategy, size: int) -> dict[str, Any]:
        return build_query(weights, size=size, text=words, field=field, strategy=strategy)

    return body
