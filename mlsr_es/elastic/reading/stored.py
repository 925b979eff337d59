"""What an index holds already."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from mlsr_es.elastic.client import address_of, refusal, translated

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

_STORED_FIELDS = ["mlsr.fingerprint", "collection"]
"""Stored by themselves (the mapping says so): five times faster to fetch than out of the source with its weights."""

_PAGE = 5_000
"""Ids a request; the cluster's own limit is 10,000."""

_MOST_COLLECTIONS = 1_000


@dataclass(frozen=True, slots=True)
class Stored:
    """What tells whether a document has to be encoded again, and whose it is.

    Args:
        fingerprint: ``mlsr.fingerprint``; "" where the document has none.
        collection: The collection that it belongs to; "" where it has none.
    """

    fingerprint: str
    collection: str


def stored(client: Elasticsearch, index: str, ids: Sequence[str]) -> dict[str, Stored]:
    """Which of these documents the index holds; also those that no refresh has made searchable yet.

    Args:
        client: Of ``connect``.
        index: An index or alias.
        ids: Image ids, some hundreds at a time.

    Raises:
        IndexMismatchError: The index does not exist.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    if not ids:
        return {}
    doing = f"look up documents of {index}"
    with translated(client, doing):
        answer = client.mget(index=index, ids=list(ids), source=False, stored_fields=_STORED_FIELDS)
    held = {}
    for document in answer["docs"]:
        if "error" in document:
            # A document's own failure comes in an answer that is fine; it must not pass for "not there".
            raise refusal(address_of(client), doing, HTTPStatus.SERVICE_UNAVAILABLE, document)
        if document["found"]:
            fields = document.get("fields", {})
            fingerprint, collection = (fields.get(name, [""])[0] for name in _STORED_FIELDS)
            held[document["_id"]] = Stored(fingerprint, collection)
    return held


def ids_of_collection(client: Elasticsearch, index: str, collection: str) -> Iterator[str]:
    """The ids of all documents of a collection, in ascending order, page by page.

    It begins with a refresh, and so sees everything that was written before.

    Raises:
        IndexMismatchError: The index does not exist.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    refresh(client, index)
    # Ids are unique, so that the next page begins behind the last id, whatever is written meanwhile: no snapshot of
    # the index has to be kept open.
    after: dict[str, Any] = {}
    while True:
        with translated(client, f"list the documents of {index}"):
            page = client.search(
                index=index,
                query={"term": {"collection": collection}},
                sort=[{"image_id": "asc"}],
                size=_PAGE,
                source=False,
                track_total_hits=False,
                allow_partial_search_results=False,
                **after,
            )["hits"]["hits"]
        yield from (hit["_id"] for hit in page)
        if len(page) < _PAGE:
            return
        after = {"search_after": page[-1]["sort"]}


def collections(client: Elasticsearch, index: str) -> dict[str, int]:
    """How many documents a search sees of each collection; of the thousand largest.

    Raises:
        IndexMismatchError: The index does not exist.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    by_collection = {"by": {"terms": {"field": "collection", "size": _MOST_COLLECTIONS}}}
    with translated(client, f"list the collections of {index}"):
        found = client.search(
            index=index, size=0, aggs=by_collection, track_total_hits=False, allow_partial_search_results=False
        )
    return {bucket["key"]: bucket["doc_count"] for bucket in found["aggregations"]["by"]["buckets"]}


def count(client: Elasticsearch, index: str, collection: str | None = None) -> int:
    """How many documents a search sees; of one collection, or all.

    Raises:
        IndexMismatchError: The index does not exist.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    query: dict[str, Any] = {"term": {"collection": collection}} if collection is not None else {"match_all": {}}
    with translated(client, f"count the documents of {index}"):
        return int(client.count(index=index, query=query)["count"])


def refresh(client: Elasticsearch, index: str) -> None:
    """Make everything written so far searchable.

    Raises:
        IndexMismatchError: The index does not exist.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    with translated(client, f"refresh {index}"):
        client.indices.refresh(index=index)
