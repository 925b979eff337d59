"""Reading an index as it was at one moment."""

from __future__ import annotations

from typing import Any

import pytest
from elasticsearch import Elasticsearch
from elasticsearch.helpers import bulk

from mlsr_es.elastic.bulk import UpdateAction, load
from mlsr_es.elastic.reading import ReadDocument, read_again, read_snapshot
from mlsr_es.errors import ClusterRefusedError, IndexMismatchError

WANTED: dict[str, Any] = {"fields": ["name"], "fingerprint": "mlsr.fingerprint"}


def filled(client: Elasticsearch, index: str, count: int, **values: Any) -> None:
    """Make an index with a number of documents on three shards."""
    client.indices.create(index=index, settings={"number_of_shards": 3}, mappings={"dynamic": False})
    actions = ({"_index": index, "_id": str(number), "name": f"n{number}", **values} for number in range(count))
    bulk(client, actions, refresh=True)


@pytest.mark.parametrize("slices", [1, 2, 5])
def test_each_document_comes_once(client: Elasticsearch, index_name: str, slices: int) -> None:
    """Each document is read once, with the requested fields only, for any number of shards and slices."""
    filled(client, index_name, 2_500, other="x")
    found = list(read_snapshot(client, index_name, **WANTED, slices=slices))
    assert sorted(int(each.id) for each in found) == list(range(2_500))
    assert found[0].source == {"name": f"n{found[0].id}"}
    assert (found[0].routing, found[0].fingerprint, found[0].primary_term) == (None, "", 1)


def test_what_is_written_meanwhile_is_not_seen(client: Elasticsearch, index_name: str) -> None:
    """New and changed documents are not seen, so that a run does not read its own writes."""
    filled(client, index_name, 100)
    reading = read_snapshot(client, index_name, **WANTED)
    seen = [next(reading)]
    client.delete(index=index_name, id="50")
    client.index(index=index_name, id="1", document={"name": "new"})
    client.index(index=index_name, id="new", document={"name": "new"}, refresh=True)
    seen += reading
    assert {each.source["name"] for each in seen} == {f"n{number}" for number in range(100)}


def test_a_point_in_time_is_given_back(client: Elasticsearch, index_name: str) -> None:
    """The point in time is closed, even if the caller stops early."""
    filled(client, index_name, 100)

    def open_contexts() -> int:
        stats = client.indices.stats(index=index_name, metric="search")
        return int(stats["_all"]["total"]["search"]["open_contexts"])

    reading = read_snapshot(client, index_name, **WANTED)
    next(reading)
    assert open_contexts() > 0
    reading.close()
    assert open_contexts() == 0


def test_a_point_in_time_that_was_lost_is_said_to_be(client: Elasticsearch, index_name: str) -> None:
    """The message for a lost point in time says to run the same command again."""
    filled(client, index_name, 2_000)
    reading = read_snapshot(client, index_name, **WANTED, slices=1)
    next(reading)
    client.options(ignore_status=404).perform_request("DELETE", "/_search/scroll/_all", headers=_JSON)
    client.indices.close(index=index_name)
    client.indices.open(index=index_name, wait_for_active_shards=1)
    with pytest.raises(ClusterRefusedError, match=r"has dropped the point in time.*Run the same command again"):
        list(reading)


def test_documents_with_large_values_come_in_small_pages(
    client: Elasticsearch, index_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages of large documents are small, so that they fit into memory."""
    filled(client, index_name, 60, name="x" * 10_000)
    monkeypatch.setattr("mlsr_es.elastic.reading.snapshot._PAGE_BYTES", 50_000)
    sizes: list[int] = []
    asked = client.search

    def noted(**given: Any) -> Any:
        sizes.append(given["body"]["size"])
        return asked(**given)

    monkeypatch.setattr(client, "search", noted)
    assert len(list(read_snapshot(client, index_name, **WANTED, slices=1))) == 60
    assert sizes[0] == 16
    assert set(sizes[1:]) == {4}


def test_an_index_that_is_not_there_is_said(client: Elasticsearch, index_name: str) -> None:
    """A missing index is reported before the first document."""
    with pytest.raises(IndexMismatchError, match="no such index"):
        next(read_snapshot(client, index_name, **WANTED))


def test_documents_are_read_again_by_id_and_routing(client: Elasticsearch, index_name: str) -> None:
    """Documents are read again as they are now, even before a refresh; a missing document is named by its key."""
    filled(client, index_name, 3)
    client.index(index=index_name, id="1", document={"name": "changed"})
    client.index(index=index_name, id="routed", routing="far", document={"name": "routed"})
    keys = [("1", None), ("nobody", None), ("routed", "far")]
    first, second, third = read_again(client, index_name, keys, **WANTED)
    assert isinstance(first, ReadDocument)
    assert isinstance(third, ReadDocument)
    assert (first.source, third.source, third.routing) == ({"name": "changed"}, {"name": "routed"}, "far")
    assert second == ("nobody", None)


def test_an_update_holds_only_where_nothing_was_changed(client: Elasticsearch, index_name: str) -> None:
    """An update of a changed document is a conflict, that of a missing one is reported, and the others are written."""
    filled(client, index_name, 3)
    found = {each.id: each for each in read_snapshot(client, index_name, **WANTED)}
    client.index(index=index_name, id="1", document={"name": "changed"})
    client.delete(index=index_name, id="2")
    actions = [
        UpdateAction(each.id, {"mlsr": {"model": "m"}}, each.seq_no, each.primary_term, each.routing)
        for each in found.values()
    ]
    results = {each.id: each for each in load(client, index_name, actions)}
    assert {id_: (each.rejected, each.conflict, each.gone) for id_, each in results.items()} == {
        "0": (False, False, False),
        "1": (True, True, False),
        "2": (True, False, True),
    }
    assert client.get(index=index_name, id="0")["_source"] == {"name": "n0", "mlsr": {"model": "m"}}
    assert client.get(index=index_name, id="1")["_source"] == {"name": "changed"}


_JSON = {"accept": "application/json"}
