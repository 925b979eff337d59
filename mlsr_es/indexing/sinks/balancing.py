"""The weight of BM25 in an index, found on the source's own sections, without judgements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from itertools import islice
from random import Random
from typing import TYPE_CHECKING, Any

from mlsr_es.collection import Section
from mlsr_es.elastic.mapping import Holds
from mlsr_es.elastic.search import Search, Strategy, WordClauses, build_query, search_many
from mlsr_es.elastic.versions import read_meta, store_hybrid
from mlsr_es.evaluation import LEAST_TEXT, Ranked, Run, balanced_weight
from mlsr_es.hybrid import STEMS, Hybrid
from mlsr_es.indexing.readers import Reader
from mlsr_es.vectors import feature_weights

if TYPE_CHECKING:
    from mlsr_es.elastic.client import Client
    from mlsr_es.encoders import Model

_SECTIONS = 256
_READ = 5_000
"""Sections to choose from."""

_LEAST_SECTIONS = 10
"""With fewer sections the median is unreliable, and the model's own weight stays."""


def balance(reader: Reader, model: Model, client: Client, index: str) -> Hybrid | None:
    """Find the weight at which BM25's best scores are as high as the dot products, and store it in the index.

    Where the source has too few sections to ask with, the model's own weight stays.

    BM25's scores depend on the captions that are searched, so the weight from the pages that a model was trained on is
    too small or too large elsewhere. A weight that the index's owner stored is not changed.

    Args:
        reader: The reader of what was indexed; without its sections no weight can be found.
        model: The bi-encoder.
        client: From ``mlsr_es.elastic.client.connect``.
        index: The version that was filled and refreshed.

    Returns:
        The weight that is stored now; None where none is.

    Raises:
        IndexMismatchError: The version is gone.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    meta = read_meta(client, index)
    sections = [] if meta.hybrid.get("kept") else _chosen(reader)
    if len(sections) < _LEAST_SECTIONS:
        return stored_weight(client, index)
    vectors = model.encode_sections(sections)
    ask = partial(build_query, size=1, field=meta.terms, strategy=Strategy(), source=False)
    terms = (feature_weights(vectors.named(row, model.vocabulary)) for row in range(len(sections)))
    words = (WordClauses.of(Hybrid(STEMS, 1.0), section) for section in sections)
    dots = _run(client, index, [ask(weights) for weights in terms if weights])
    bm25 = _run(client, index, [ask({}, text=clauses) for clauses in words if clauses.words])
    weight = balanced_weight(dots, bm25)
    if weight is not None:
        store_hybrid(client, index, Hybrid(STEMS, weight, f"{len(sections)} sections of {reader.collection}"))
    return stored_weight(client, index)


def stored_weight(client: Client, index: str) -> Hybrid | None:
    """The weight of BM25 that is stored in a version; None where none is, or it cannot be read.

    Raises:
        IndexMismatchError: The version is gone.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    try:
        return Hybrid.from_json(read_meta(client, index).hybrid)
    except ValueError:
        return None


def _chosen(reader: Reader) -> list[Section]:
    """Choose sections to ask with: those that have images, where the source knows them, else any."""
    least = LEAST_TEXT if reader.unit != Holds.SECTIONS else 0  # captions are short
    read = [section for section in islice(reader.sections(), _READ) if len(section.text) > least]
    judged = {one.section_id for one in islice(reader.judgements(), _READ)}
    with_images = [section for section in read if section.id in judged] or read
    return Random(0).sample(with_images, min(_SECTIONS, len(with_images)))  # noqa: S311


def _run(client: Client, index: str, bodies: Iterable[Mapping[str, Any]]) -> Run:
    answers = search_many(client, index, map(Search, bodies))
    return Run(
        "best", {str(number): [Ranked(hit.id, hit.score) for hit in one.hits] for number, one in enumerate(answers)}
    )
