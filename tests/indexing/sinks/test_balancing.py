"""Finding the weight of BM25 while an index is made, on a real node."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from mlsr_es.collection import Section
from mlsr_es.elastic.versions import resolve, store_hybrid
from mlsr_es.hybrid import Hybrid
from mlsr_es.indexing import IndexJob, index_collection
from tests.indexing.listed import Listed, image
from tests.models import word_model

MODELS = "found with the model"
BIRDS = (image("a", "owl"), image("b", "heron"), image("c", "robin"))


@dataclass
class Told(Listed):
    """A source with sections."""

    asks: tuple[str, ...] = ()

    def sections(self) -> Iterator[Section]:
        """Yield a section for each text."""
        return (Section(str(number), f"{text}: {'x ' * 40}") for number, text in enumerate(self.asks))


@pytest.fixture
def job(index_name: str, tmp_path: Path) -> IndexJob:
    """A job with three birds, twelve sections, and a model with its own weight of BM25."""
    model = word_model()
    model.hybrid = Hybrid("caption_stems", 0.5, MODELS)
    source = Told(BIRDS, asks=("owl", "heron", "robin") * 4)
    return IndexJob(source, index_name, model, "words", rejects=tmp_path / "rejects.ndjson")


def stored(client: Elasticsearch, index: str) -> Hybrid:
    """The weight of BM25 that the index has."""
    resolved = resolve(client, index)
    assert resolved
    assert resolved.serving
    return Hybrid.from_json(resolved.serving.meta.hybrid)


def test_both_scores_are_equally_high(job: IndexJob, client: Elasticsearch) -> None:
    """The stored weight makes the best BM25 score as high as the dot product, log(2) squared."""
    summary = index_collection(job, client)
    written = stored(client, job.index)
    assert written == summary.hybrid
    assert written.found == "12 sections of birds"
    bm25 = client.search(index=job.index, query={"match": {"caption_stems": "owl"}})["hits"]["max_score"]
    assert written.weight == pytest.approx(0.6931**2 / bm25, rel=0.01)
    assert summary.to_json()["hybrid"]["weight"] == written.weight


def test_without_sections_the_models_own_weight_is_taken(job: IndexJob, client: Elasticsearch) -> None:
    """With too few sections, the index has the model's own weight."""
    source = Told(BIRDS, asks=("owl",) * 9)
    summary = index_collection(replace(job, source=source), client)
    assert stored(client, job.index) == summary.hybrid
    assert stored(client, job.index).found == MODELS


def test_what_the_owner_has_stored_stays(job: IndexJob, client: Elasticsearch) -> None:
    """A later run does not replace a weight that the owner stored."""
    index_collection(job, client)
    kept = Hybrid("caption_stems", 0.9, "by hand", kept=True)
    assert store_hybrid(client, f"{job.index}-v0001", kept)
    more = Told((*BIRDS, image("d", "boat")), asks=("owl",) * 12)
    assert index_collection(replace(job, source=more), client).hybrid == kept
    assert stored(client, job.index) == kept
    assert not store_hybrid(client, f"{job.index}-v0001", replace(kept, kept=False))
