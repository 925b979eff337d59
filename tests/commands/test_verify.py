"""``mlsr-es verify scores``: on indices of ours and of others, of either kind of field."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from elasticsearch import Elasticsearch, helpers

from mlsr_es.elastic.mapping import TermField
from mlsr_es.evaluation import read_vectors
from mlsr_es.inspection.proving import Asked, KnownWeights, verify_scores
from mlsr_es.vectors import SparseVectors
from tests.program import Ran, run_program


def verified(url: str, index: str, sample_files: Path, *options: str) -> Ran:
    """A run over the sample's topics."""
    topics = str(sample_files / "topics.jsonl")
    return run_program("verify", "scores", "--index", index, "--topics", topics, "--es-url", url, *options)


def filled_as_by_sentence_transformers(client: Elasticsearch, index: str, folder: Path) -> None:
    """What the helper ``semantic_search_elasticsearch`` sends, but for its ids, which are numbers there.

    A full stop is escaped as this package escapes it: the helper writes ``_``, which the query for "." does not find.
    """
    client.indices.create(
        index=index, mappings={"properties": {"tokens": {"type": "rank_features"}, "id": {"type": "keyword"}}}
    )
    stored = read_vectors(folder)
    actions: list[dict[str, Any]] = []
    for row, image_id in enumerate(stored.image_ids):
        term_ids, weights = stored.documents[row]
        tokens = {stored.terms[term].replace(".", "%2E"): float(w) for term, w in zip(term_ids, weights, strict=True)}
        actions.append({"_index": index, "_id": image_id, "_source": {"id": image_id, "tokens": tokens}})
    helpers.bulk(client, actions)
    client.indices.refresh(index=index)


def test_an_index_of_ours_ranks_as_its_model_says(
    cluster_url: str, sample_index: str, sample_files: Path, sample_vectors: Path
) -> None:
    """By the stored weights and by those that were encoded again; what is lost is told by its cause."""
    for options in ((), ("--weights", str(sample_vectors))):
        ran = verified(cluster_url, sample_index, sample_files, "--json", *options)
        assert ran.code == 0, ran.stderr
        told = ran.json
        assert told["verdict"] == ""
        assert told["agreement"] > 0.98
        assert told["wrong"] == {}
        lost = sum(told[cause] for cause in ("rounding", "pruning", "dropping", "unexplained"))
        assert told["agreement"] + lost == pytest.approx(1)
        assert (told["pruning"], told["dropping"], told["not_stored"]) == (0, 0, 0)


def test_a_strategy_that_leaves_out_too_much_is_told(cluster_url: str, sample_index: str, sample_files: Path) -> None:
    """Pruning is the cause, and nothing is unexplained; two phases are simulated, ties included."""
    pruned = verified(
        cluster_url, sample_index, sample_files, "--strategy", "top:1", "-k", "1", "--least", "1", "--json"
    )
    assert pruned.code == 1
    assert "mostly for pruning" in pruned.stderr
    assert pruned.json["wrong"] == {}
    assert pruned.json["pruning"] > 0
    assert verified(cluster_url, sample_index, sample_files, "--strategy", "two-phase:0.6/10", "--least", "0").code == 0


def test_an_index_of_others_is_verified_by_field_and_weights(
    cluster_url: str, client: Elasticsearch, index_name: str, sample_files: Path, sample_vectors: Path
) -> None:
    """Filled as sentence-transformers' helper fills one; asked as that asks it, it fails, and linear it does not."""
    filled_as_by_sentence_transformers(client, index_name, sample_vectors)
    named = ("--field", "tokens", "--weights", str(sample_vectors))
    theirs = verified(cluster_url, index_name, sample_files, *named, "--asked", "saturation")
    assert theirs.code == 1
    assert "does not rank as its model says" in theirs.stderr
    assert "are not answered by the dot product" in theirs.stderr
    assert "not explained" in theirs.stdout
    ours = verified(cluster_url, index_name, sample_files, *named)
    assert ours.code == 0, ours.stderr


def test_an_index_that_lacks_an_image_fails(
    cluster_url: str, client: Elasticsearch, index_name: str, sample_files: Path, sample_vectors: Path
) -> None:
    """Or has other weights: what was encoded again is what counts."""
    filled_as_by_sentence_transformers(client, index_name, sample_vectors)
    hits = client.search(index=index_name, size=3, source=False)["hits"]["hits"]
    for hit in hits:
        client.delete(index=index_name, id=hit["_id"], refresh=True)
    ran = verified(cluster_url, index_name, sample_files, "--field", "tokens", "--weights", str(sample_vectors))
    assert ran.code == 1
    assert "3 among the weights alone" in ran.stderr
    assert "is not among the hits" in ran.stderr


def test_wrong_usage_is_told(cluster_url: str, sample_index: str, sample_files: Path) -> None:
    """Before anything is asked."""
    for options, complaint in (
        (("--field", "tokens"), "Give --model, or --weights"),
        (("--asked", "sigmoid"), "dot-product, saturation, pruned"),
        (("--field", "caption_all", "--model", "demo"), "is of the type text"),
        (("--asked", "pruned"), "a rank_features field is not asked by pruned"),
    ):
        ran = verified(cluster_url, sample_index, sample_files, *options)
        assert ran.code == 2
        assert complaint in ran.stderr


def test_clauses_that_are_dropped_are_told_apart(client: Elasticsearch, index_name: str) -> None:
    """A query of more terms than the cluster allows loses images, and not one of them is unexplained."""
    client.indices.create(index=index_name, mappings={"properties": {"t": {"type": "rank_features"}}})
    names = [f"w{number}" for number in range(20_000)]
    for image_id, place in (("a", 0), ("b", 10), ("c", 19_999)):
        client.index(index=index_name, id=image_id, document={"t": {names[place]: 1.1}}, refresh=True)
    vectors = SparseVectors.from_mappings([{0: 1.1}, {1: 1.1}, {2: 1.1}], vocabulary_size=3)
    known = KnownWeights(("a", "b", "c"), {"w0": 0, "w10": 1, "w19999": 2}, vectors)
    query = {name: 30_000.0 - number for number, name in enumerate(names)}
    found = verify_scores(client, Asked(index_name, TermField("t")), {"long": query}, known)
    assert (found.dropped, found.wrong) == (1, {})
    assert found.dropping == pytest.approx(1 / 3)
    assert found.unexplained == pytest.approx(0)
    assert "mostly for dropped clauses" in found.verdict


def test_images_that_rounding_makes_equal_are_a_loss_by_rounding(client: Elasticsearch, index_name: str) -> None:
    """The cluster gives any of them first; nothing is unexplained, and the losses add up."""
    mappings = {"properties": {"t": {"type": "rank_features"}}}
    client.indices.create(index=index_name, mappings=mappings, settings={"number_of_shards": 2})
    weights = {f"image {number}": 1.0 + number * 1e-4 for number in range(8)}
    for image_id, weight in weights.items():
        client.index(index=index_name, id=image_id, document={"t": {"bird": weight}}, refresh=True)
    # The best image is known first and the worst last, and the index got them in the opposite order.
    ids = tuple(reversed(weights))
    vectors = SparseVectors.from_mappings([{0: weights[image_id]} for image_id in ids], vocabulary_size=1)
    known = KnownWeights(ids, {"bird": 0}, vectors)
    found = verify_scores(client, Asked(index_name, TermField("t"), depth=4), {"q": {"bird": 1.0}}, known)
    assert (found.wrong, found.unexplained, found.pruning) == ({}, 0, 0)
    assert found.agreement < 1
    assert found.rounding == pytest.approx(1 - found.agreement)
    assert "mostly for 9-bit rounding" in found.verdict


def test_a_sparse_vector_is_verified_too(
    newer_cluster_url: str,
    newer_index_name: str,
    client_of: Callable[..., Elasticsearch],
    sample_files: Path,
    sample_vectors: Path,
) -> None:
    """As this package asks it, and as somebody does who leaves the cluster its pruning; rounded weights are told."""
    url = newer_cluster_url
    assert run_program("index", "sample", "--index", newer_index_name, "--es-url", url).code == 0
    ours = verified(url, newer_index_name, sample_files, "--json")
    assert ours.code == 0, ours.stderr
    assert (ours.json["field_kind"], ours.json["wrong"]) == ("sparse_vector", {})
    pruned = verified(url, newer_index_name, sample_files, "--asked", "pruned", "--least", "0", "--json")
    assert pruned.json["wrong"] == {}
    assert pruned.json["agreement"] + pruned.json["rounding"] + pruned.json["pruning"] == pytest.approx(1)

    client, theirs = client_of(url), f"{newer_index_name}-theirs"
    client.indices.create(index=theirs, mappings={"properties": {"v": {"type": "sparse_vector"}}})
    stored = read_vectors(sample_vectors)
    for row, image_id in enumerate(stored.image_ids):
        terms = zip(*stored.documents[row], strict=True)
        weights = {stored.terms[term].replace(".", "%2E"): float(weight) for term, weight in terms}
        client.index(index=theirs, id=image_id, document={"v": weights})
    client.indices.refresh(index=theirs)
    named = ("--field", "v", "--model", "demo", "--json")
    rounded = verified(url, theirs, sample_files, *named)
    keeps = os.environ.get("MLSR_ES_NEWER", "").startswith("8.")  # a 9.x rounds the weights in its documents, too
    assert (rounded.code, rounded.json["rounding"]) == (0, 0.0 if keeps else None)
    exact = verified(url, theirs, sample_files, *named, "--weights", str(sample_vectors))
    assert exact.code == 0, exact.stderr
    assert exact.json["rounding"] is not None
