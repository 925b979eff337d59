"""The strategy that suits an index: measured on the sections that its users ask."""

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
    from mlsr_es.encoders import BiEncoder

_MOST_QUERIES = 100
"""More make the figures steadier by less than the cluster's own moods change them."""


@dataclass(frozen=True)
class Tuning:
    """Strategies on an index.

    Args:
        queries: How many were asked.
        terms: Median number of their terms.
        images: How many images the index holds.
        measured: The exact ones first.
        recommended: Of them, the one to use.
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
    model: BiEncoder,
    sections: Sequence[Section],
    hybrid: Hybrid | None = None,
    least_overlap: float = LEAST_OVERLAP,
    progress: Progress = Silent(),
) -> Tuning:
    """Try strategies on an index, as searches for ten images.

    Args:
        client: Of ``mlsr_es.elastic.connect``.
        index: The alias.
        model: The bi-encoder that it was made with.
        sections: What its users ask; of more than a hundred, a hundred spread evenly.
        hybrid: What BM25 adds to each query; None for nothing.
        least_overlap: See ``recommended``.
        progress: Told of each search.

    Raises:
        InputError: No section makes a query, there is no such index, or it was made with another model.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    version = serving_version(client, index)
    check_model(model, version)
    chosen = spread([section for section in sections if model.recognises(section)], _MOST_QUERIES)
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
    """Try strategies with queries that are ready.

    Args:
        client: Of ``mlsr_es.elastic.connect``.
        index: An index or alias.
        queries: At least one.
        terms: How many terms each has.
        least_overlap: See ``recommended``.
        progress: Told of each search.

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
