"""Both kinds of field, from the source to the explained hit: ``rank_features`` on 7.17, ``sparse_vector`` on 9.5."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from mlsr_es.elastic.mapping import FieldKind
from mlsr_es.elastic.versions import resolve
from tests.conftest import new_name
from tests.program import run_program
from tests.rows import rows

QUESTIONS = ("How do I tie two ropes together?", "a bird that eats seeds", "clouds before a storm", "a flat tyre")
CLOSE = 2e-6
"""Relative: both kinds add in single precision, each in its own order."""


@pytest.fixture
def newer_client(newer_cluster_url: str, client_of: Callable[..., Elasticsearch]) -> Elasticsearch:
    """A client of the newer node."""
    return client_of(newer_cluster_url)


@pytest.fixture(scope="module")
def newer_sample(newer_cluster_url: str) -> Iterator[str]:
    """The sample collection in a ``sparse_vector`` field, which ``auto`` chooses on the newer node."""
    with new_name(newer_cluster_url) as name:
        ran = run_program("index", "sample", "--index", name, "--es-url", newer_cluster_url)
        assert ran.code == 0, ran.stderr
        yield name


def asked(url: str, index: str, question: str, *options: str) -> dict[str, Any]:
    """The JSON output of a search for all images."""
    ran = run_program("search", question, "--index", index, "--es-url", url, "-n", "200", "--json", *options)
    assert ran.code == 0, ran.stderr
    found: dict[str, Any] = ran.json
    return found


def scores(found: dict[str, Any]) -> dict[str, float]:
    """The score of each image, best first."""
    return {hit["id"]: hit["score"] for hit in found["hits"]}


@pytest.mark.parametrize("options", [(), ("--hybrid", "caption_all:0.3"), ("--strategy", "two-phase:0.6/20")])
def test_both_kinds_give_the_same_hits_and_scores(
    cluster_url: str, sample_index: str, newer_cluster_url: str, newer_sample: str, options: tuple[str, ...]
) -> None:
    """Both kinds keep the same nine bits of a weight, and the search options do not change that."""
    for question in QUESTIONS:
        features = scores(asked(cluster_url, sample_index, question, *options))
        sparse = scores(asked(newer_cluster_url, newer_sample, question, *options))
        assert features
        assert sparse == pytest.approx(features, rel=CLOSE)
        assert list(sparse.values()) == pytest.approx(list(features.values()), rel=CLOSE)


@pytest.mark.parametrize("strategy", ["exhaustive", "dynamic", "top:4", "mass:0.5", "two-phase:0.6/10"])
def test_an_explanation_adds_up_to_the_score(newer_cluster_url: str, newer_sample: str, strategy: str) -> None:
    """This holds under every strategy."""
    for question in QUESTIONS:
        found = asked(newer_cluster_url, newer_sample, question, "--explain", "--strategy", strategy)
        assert found["hits"]
        for hit in found["hits"]:
            assert sum(hit["terms"].values()) == pytest.approx(hit["score"], rel=CLOSE)


def test_an_own_source_is_explained_too(newer_cluster_url: str, newer_sample: str, tmp_path: Path) -> None:
    """The weights come beside the documents, as they are stored."""
    (tmp_path / "own.json").write_text('{"_source": ["page"]}')
    own = asked(newer_cluster_url, newer_sample, QUESTIONS[0], "--explain", "--wrap", str(tmp_path / "own.json"))
    plain = asked(newer_cluster_url, newer_sample, QUESTIONS[0], "--explain")
    assert own["hits"][0]["source"].keys() == {"page"}
    assert [hit["terms"] for hit in own["hits"]] == [hit["terms"] for hit in plain["hits"]]


@pytest.mark.parametrize("strategy", ["dynamic", "two-phase:0.6/200"])
def test_why_an_image_is_not_a_hit_is_the_same_of_both_kinds(
    cluster_url: str, sample_index: str, newer_cluster_url: str, newer_sample: str, strategy: str
) -> None:
    """Rank, score, missing terms, and the words that match nothing are the same."""
    options = ("--strategy", strategy)
    image = list(scores(asked(cluster_url, sample_index, QUESTIONS[0])))[3]
    features, sparse = (
        asked(url, index, QUESTIONS[0], *options, "-n", "1", "--why-not", image)
        for url, index in ((cluster_url, sample_index), (newer_cluster_url, newer_sample))
    )
    assert features["reason"] == sparse["reason"] != "shown"
    whole = "rank_with_all_terms"
    assert sparse[whole] == pytest.approx(features[whole], rel=CLOSE)
    assert bool(sparse["rank"]) == bool(features["rank"])
    assert sparse["terms"] == pytest.approx(features["terms"], rel=CLOSE)
    assert sparse["missing"] == pytest.approx(features["missing"])
    shown = (*options, "-n", "1", "--explain", "--boost", "zebra=2")
    features, sparse = (
        asked(url, index, QUESTIONS[0], *shown)["missed"]
        for url, index in ((cluster_url, sample_index), (newer_cluster_url, newer_sample))
    )
    assert features == sparse
    assert {each["term"]: each["images"] for each in features}["zebra"] == 0


def test_the_weights_in_a_sparse_vector_are_stored_as_they_were_sent(
    client: Elasticsearch, sample_index: str, newer_client: Elasticsearch, newer_cluster_url: str, newer_sample: str
) -> None:
    """The stored weights are not rounded in either index."""
    ids = list(scores(asked(newer_cluster_url, newer_sample, QUESTIONS[0])))

    def stored(of: Elasticsearch, index: str) -> list[Any]:
        docs = of.mget(index=index, ids=ids, source_includes=["mlsr.terms"])["docs"]
        return [doc["_source"] for doc in docs]

    assert stored(newer_client, newer_sample) == stored(client, sample_index)


def test_a_run_brings_the_index_up_to_date_whatever_its_kind(
    newer_cluster_url: str, newer_index_name: str, newer_client: Elasticsearch, tmp_path: Path
) -> None:
    """Unchanged images stay, and the terms that a changed image has lost no longer match."""
    url = ("--index", newer_index_name, "--es-url", newer_cluster_url, "--json")
    run_program("index", str(rows(tmp_path / "c.jsonl", {"a": "a heron", "b": "a knot"})), *url)
    again = run_program("index", str(rows(tmp_path / "c.jsonl", {"a": "a heron", "b": "a robin"})), *url)
    assert (again.json["unchanged"], again.json["encoded"]) == (1, 1)
    found = resolve(newer_client, newer_index_name)
    assert found is not None
    assert found.serving is not None
    assert found.serving.meta.field_kind is FieldKind.SPARSE_VECTOR
    assert scores(asked(newer_cluster_url, newer_index_name, "knot")) == {}
    assert list(scores(asked(newer_cluster_url, newer_index_name, "robin"))) == ["b"]


def test_a_kind_that_the_cluster_lacks_is_refused_before_anything_is_encoded(
    newer_cluster_url: str, newer_index_name: str
) -> None:
    """The message names the kind that the cluster has, and no index is created."""
    url = ("--index", newer_index_name, "--es-url", newer_cluster_url)
    ran = run_program("index", "sample", *url, "--field-kind", "rank_features")
    assert ran.code == 1
    assert "has no fields of the type rank_features. Try --field-kind sparse_vector." in ran.stderr
    assert run_program("search", "bird", *url).code == 2


def test_a_dry_run_shows_the_kind(newer_cluster_url: str, newer_index_name: str) -> None:
    """The dry run shows the kind of field, and an unknown kind is a usage error."""
    url = ("--index", newer_index_name, "--es-url", newer_cluster_url)
    shown = run_program("index", "sample", *url, "--dry-run", "--json").json["index"]["mappings"]["properties"]
    assert shown["mlsr"]["properties"]["terms"] == {"type": "sparse_vector"}
    refused = run_program("index", "sample", *url, "--field-kind", "dense_vector")
    assert refused.code == 2
    assert "auto, rank_features, sparse_vector" in refused.stderr
