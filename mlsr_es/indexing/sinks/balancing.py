"""How much BM25 is to count in an index: found on the source's own sections, without any judgement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from itertools import islice
from random import Random
from typing import TYPE_CHECKING, Any

from mlsr_es.collection import Section
from mlsr_es.elastic.search import Strategy, WordClauses, build_query, search_many
from mlsr_es.elastic.versions import read_meta, store_hybrid
from mlsr_es.evaluation import LEAST_TEXT, Ranked, Run, balanced_weight
from mlsr_es.hybrid import STEMS, Hybrid
from mlsr_es.indexing.readers import Reader
from mlsr_es.vectors import feature_weights

if TYPE_CHECKING:
    from mlsr_es.elastic.client import Client
    from mlsr_es.encoders import BiEncoder

_SECTIONS = 256
_READ = 5_000
"""Sections that are looked at for them."""

_LEAST_SECTIONS = 10
"""A median of fewer says nothing: the model's own weight stays."""


def balance(reader: Reader, model: BiEncoder, client: Client, index: str) -> Hybrid | None:
    """Write into an index at what weight BM25's best scores are as high as the dot products.

    BM25's scores depend on the captions that are searched, so that the weight which a model brings from the pages that
    it was trained on is too small or too large elsewhere. What the index's owner has stored is left as it is.

    Args:
        reader: Of what was indexed; where it has no sections, nothing can be found.
        model: The bi-encoder.
        client: Of ``mlsr_es.elastic.connect``.
        index: The version that was filled, and refreshed.

    Returns:
        What was written; None where nothing was.

    Raises:
        IndexMismatchError: The version is gone.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    meta = read_meta(client, index)
    if meta.hybrid.get("kept"):
        return None
    sections = _chosen(reader)
    if len(sections) < _LEAST_SECTIONS:
        return None
    vectors = model.encode_sections(sections)
    ask = partial(build_query, size=1, field=meta.terms, strategy=Strategy(), source=False)
    terms = (feature_weights(vectors.named(row, model.vocabulary)) for row in range(len(sections)))
    words = (WordClauses.of(Hybrid(STEMS, 1.0), section) for section in sections)
    dots = _run(client, index, [ask(weights) for weights in terms if weights])
    bm25 = _run(client, index, [ask({}, text=clauses) for clauses in words if clauses.words])
    weight = balanced_weight(dots, bm25)
    if weight is None:
        return None
    found = Hybrid(STEMS, weight, f"{len(sections)} sections of {reader.collection}")
    return found if store_hybrid(client, index, found) else None


def _chosen(reader: Reader) -> list[Section]:
    """Sections such as images are suggested for: those that have images, where the source says which."""
    read = [section for section in islice(reader.sections(), _READ) if len(section.text) > LEAST_TEXT]
    judged = {one.section_id for one in islice(reader.judgements(), _READ)}
    with_images = [section for section in read if section.id in judged] or read
    return Random(0).sample(with_images, min(_SECTIONS, len(with_images)))  # noqa: S311


def _run(client: Client, index: str, bodies: Iterable[Mapping[str, Any]]) -> Run:
    answers = search_many(client, index, bodies)
    return Run(
        "best", {str(number): [Ranked(hit.id, hit.score) for hit in one.hits] for number, one in enumerate(answers)}
    )
