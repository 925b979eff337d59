"""Rankings of an index, for hard negatives."""

from __future__ import annotations

import pytest
from elasticsearch import Elasticsearch

from mlsr_es.collection import ImageDocument, Section
from mlsr_es.describe import NAMES_ONLY, described
from mlsr_es.encoders import BiEncoder
from mlsr_es.errors import IndexMismatchError, ModelError
from mlsr_es.evaluation import Run, exact_run
from mlsr_es.inspection.mining import index_miner
from mlsr_es.sources import open_source
from tests.models import word_model


@pytest.fixture(scope="module")
def sections() -> list[Section]:
    """The sections of the sample, and one without a known word."""
    return [*open_source("sample").sections(), Section("silent", "")]


def mined(client: Elasticsearch, index: str, sections: list[Section], model: BiEncoder | None, **options: str) -> Run:
    collection = options.get("collection", "sample")
    return index_miner(client, index, model=model, collection=collection, depth=7)(sections, ())


def test_a_models_own_rankings(
    client: Elasticsearch, sample_index: str, demo_model: BiEncoder, sections: list[Section]
) -> None:
    """Each section's ranking has the best images by the model's dot products, as many as requested."""
    run = mined(client, sample_index, sections, demo_model)
    images = list(described(open_source("sample", languages=frozenset({"en"})), NAMES_ONLY).documents())
    documents = [one for one in images if isinstance(one, ImageDocument)]
    exact = exact_run(
        "exact",
        demo_model.encode_sections(sections),
        demo_model.encode_documents(documents),
        section_ids=[section.id for section in sections],
        image_ids=[document.id for document in documents],
        depth=7,
    )
    assert run.rankings.keys() == exact.rankings.keys()
    assert run.rankings["silent"] == []
    for section in sections:
        scores, expected = ([one.score for one in each.rankings[section.id]] for each in (run, exact))
        assert scores == pytest.approx(expected, rel=0.01)


def test_bm25_on_the_captions(client: Elasticsearch, sample_index: str, sections: list[Section]) -> None:
    """Without a model, images are ranked by BM25."""
    run = mined(client, sample_index, sections, None)
    assert max(len(ranking) for ranking in run.rankings.values()) == 7
    assert run.rankings["silent"] == []
    (hit,) = mined(client, sample_index, [Section("s", "frobnicate rope")], None).rankings["s"][:1]
    found = client.get(index=sample_index, id=hit.image_id)["_source"]["caption"]
    assert "rope" in str(found).lower()


def test_other_collections_of_the_index_are_not_asked(
    client: Elasticsearch, sample_index: str, sections: list[Section]
) -> None:
    """Images of other collections are not in the rankings."""
    run = mined(client, sample_index, sections, None, collection="another")
    assert not any(run.rankings.values())


def test_what_cannot_be_mined_from(client: Elasticsearch, sample_index: str) -> None:
    """A missing index and one that was made with another model are refused."""
    with pytest.raises(IndexMismatchError, match="there is no index nowhere"):
        mined(client, "nowhere", [], None)
    with pytest.raises(ModelError, match="was made with the model 'demo'"):
        mined(client, sample_index, [], word_model())
