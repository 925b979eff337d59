"""Looking up what an index holds, on a real node."""

from __future__ import annotations

import sys

import pytest
from elasticsearch import Elasticsearch

from mlsr_es.collection import Caption, ImageDocument
from mlsr_es.elastic.bulk import DeleteAction, IndexAction, load
from mlsr_es.elastic.mapping import IndexMeta, document_body
from mlsr_es.elastic.reading import Stored, collections, count, ids_of_collection, refresh, stored
from mlsr_es.elastic.versions import create_version
from mlsr_es.errors import IndexMismatchError
from mlsr_es.vectors import TermWeights


@pytest.fixture
def version(client: Elasticsearch, index_name: str) -> str:
    """An empty version."""
    return create_version(client, index_name, IndexMeta("m2", "r1", "v1", "mlp", "mlm"))


def action(id_: str, collection: str) -> IndexAction:
    document = ImageDocument(id_, collection, (Caption("a bird"),))
    return IndexAction(
        id_, document_body(document, weights=TermWeights.of({"bird": 1.0}), fingerprint=f"of {id_}", model="m2")
    )


def test_fingerprints_are_found_before_any_refresh(client: Elasticsearch, version: str) -> None:
    """Stored fingerprints are found even before a refresh, so that a killed run can be resumed."""
    list(load(client, version, [action("a", "birds"), action("b", "fish")]))
    assert stored(client, version, ["a", "b", "c"]) == {"a": Stored("of a", "birds"), "b": Stored("of b", "fish")}
    assert stored(client, version, []) == {}


def test_documents_of_others_have_no_fingerprint(client: Elasticsearch, version: str) -> None:
    """A document of the owner's is found without fingerprint and collection."""
    list(load(client, version, [IndexAction("a", {"caption": {"title": "a bird"}})]))
    assert stored(client, version, ["a"]) == {"a": Stored("", "")}


def test_a_missing_index_is_not_an_empty_one(client: Elasticsearch, index_name: str) -> None:
    """A missing index raises an error, and does not count as an empty one."""
    with pytest.raises(IndexMismatchError, match="no such index"):
        stored(client, index_name, ["a"])
    with pytest.raises(IndexMismatchError, match="no such index"):
        list(ids_of_collection(client, index_name, "birds"))
    with pytest.raises(IndexMismatchError, match="no such index"):
        count(client, index_name)


def test_the_ids_of_a_collection_come_page_by_page(
    client: Elasticsearch, version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All ids of the collection come in order, including those that were just written, and no others."""
    monkeypatch.setattr(sys.modules["mlsr_es.elastic.reading.stored"], "_PAGE", 3)
    birds = [f"bird-{number}" for number in range(9)]
    list(load(client, version, [*(action(id_, "birds") for id_ in reversed(birds)), action("a", "fish")]))
    assert list(ids_of_collection(client, version, "birds")) == birds
    assert list(ids_of_collection(client, version, "insects")) == []


def test_a_collection_is_counted(client: Elasticsearch, version: str) -> None:
    """A collection's documents are counted after a refresh."""
    list(load(client, version, [action("a", "birds"), action("b", "birds"), action("c", "fish")]))
    list(load(client, version, [DeleteAction("a")]))
    refresh(client, version)
    assert count(client, version) == 2
    assert count(client, version, "birds") == 1
    assert collections(client, version) == {"birds": 1, "fish": 1}


def test_the_mapping_takes_a_whole_document_and_no_other_fields(client: Elasticsearch, version: str) -> None:
    """An unknown field is refused inside ``mlsr``, and allowed beside it."""
    long_picture = {"thumbnail": "data:image/jpeg;base64," + "A" * 100_000}
    results = list(
        load(
            client,
            version,
            [
                IndexAction("a", {**action("a", "birds").body, **long_picture, "owner": {"rating": 5}}),
                IndexAction("b", {"mlsr": {"termz": []}}),
                IndexAction("c", {"mlsr": {"terms": [{"zero": 0.0}]}}),
            ],
        )
    )
    reasons = {one.id: one.reason for one in results}
    assert reasons["a"] == ""
    assert "dynamic introduction of [termz]" in reasons["b"]
    assert "must be a positive normal float" in reasons["c"]
