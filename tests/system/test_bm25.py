"""The cluster's BM25 on captions' stems is the title-boosted baseline's, times a constant."""

from __future__ import annotations

import pytest
from elasticsearch import Elasticsearch

from mlsr_es.collection import ImageDocument
from mlsr_es.describe import NAMES_ONLY, described
from mlsr_es.elastic.search import Search, Strategy, WordClauses, build_query, search_many
from mlsr_es.evaluation import CLUSTER_UNIT, HYBRID_PART, baseline_run, caption_text
from mlsr_es.hybrid import STEMS, Hybrid
from mlsr_es.sources import open_source

ROUNDING = 1e-5


def test_the_unit_of_bm25_is_known(client: Elasticsearch, sample_index: str) -> None:
    """Every score has the same ratio, so a weight that was found on this machine is right for a cluster."""
    source = described(open_source("sample", languages=frozenset({"en"})), NAMES_ONLY)
    images = [item for item in source.documents() if isinstance(item, ImageDocument) and item.captions]
    sections = [section for section in source.sections() if section.text][:40]
    ours = baseline_run(
        HYBRID_PART, sections, [caption_text(image) for image in images], [image.id for image in images]
    )
    bodies = [
        build_query({}, size=1000, text=WordClauses.of(Hybrid(STEMS, 1.0), section), strategy=Strategy())
        for section in sections
    ]
    answers = list(search_many(client, sample_index, map(Search, bodies)))
    assert sum(len(answer.hits) for answer in answers) > 100
    for section, answer in zip(sections, answers, strict=True):
        theirs = {hit.id: hit.score for hit in answer.hits}
        expected = {one.image_id: one.score * CLUSTER_UNIT for one in ours.rankings[section.id]}
        assert theirs == pytest.approx(expected, rel=ROUNDING)
        assert not any(STEMS in hit.source for hit in answer.hits)
