"""Looking up which documents an index holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlsr_es.elastic.client import translated, whole_documents
from mlsr_es.elastic.mapping import values_at

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

_STORED_FIELDS = ["mlsr.fingerprint", "collection"]
"""Stored fields of their own in the mapping: five times faster to fetch than from the source with its weights."""

_PAGE = 5_000
"""Ids in a page; the cluster's limit is 10,000."""

_MOST_COLLECTIONS = 1_000
_SOME = 10


@dataclass(frozen=True, slots=True)
class Stored:
    """What the index holds of a document: enough to decide whether to encode it again.

    Args:
        fingerprint: ``mlsr.fingerprint``; "" where the document has none.
        collection: The collection that the document belongs to; "" where it has none.
    """

    fingerprint: str
    collection: str


def stored(client: Elasticsearch, index: str, ids: Sequence[str]) -> dict[str, Stored]:
    """Look up which documents the index holds, including those that are not searchable before a refresh.

    Args:
        client: From ``connect``.
        index: An index or alias.
        ids: Image ids, some hundreds at a time.

    Raises:
        IndexMismatchError: The index does not exist.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    if not ids:
        return {}
    doing = f"look up documents of {index}"
    answer = whole_documents(
        client, doing, lambda: client.mget(index=index, ids=list(ids), source=False, stored_fields=_STORED_FIELDS)
    )
    held = {}
    for document in answer["docs"]:
        if document["found"]:
            fields = document.get("fields", {})
            fingerprint, collection = (fields.get(name, [""])[0] for name in _STORED_FIELDS)
            held[document["_id"]] = Stored(fingerprint, collection)
    return held


def stored_documents(
    client: Elasticsearch, index: str, ids: Sequence[str], fields: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """Some fields of stored documents, by id; documents that are not there are left out.

    Args:
        client: From ``connect``.
        index: An index or alias.
        ids: Image ids, some hundreds at a time.
        fields: The fields.

    Raises:
        IndexMismatchError: The index does not exist.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    if not ids:
        return {}
    answer = whole_documents(
        client,
        f"read documents of {index}",
        lambda: client.mget(index=index, ids=list(ids), source_includes=list(fields)),
    )
    return {document["_id"]: document["_source"] for document in answer["docs"] if document["found"]}


def ids_of_collection(client: Elasticsearch, index: str, collection: str) -> Iterator[str]:
    """List the ids of all documents of a collection, in ascending order, page by page.

    A refresh comes first, so that everything that was written before is seen.

    Raises:
        IndexMismatchError: The index does not exist.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    refresh(client, index)
    # Ids are unique, so the next page can begin after the last id, whatever is written meanwhile. No point in time has
    # to be kept open.
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
    """How many documents of each collection a search sees; the thousand largest collections only.

    Raises:
        IndexMismatchError: The index does not exist.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    return frequent_values(client, index, ["collection"], _MOST_COLLECTIONS)["collection"]


def frequent_values(
    client: Elasticsearch, index: str, fields: Sequence[str], most: int = 100
) -> dict[str, dict[str, int]]:
    """The values that most documents have in fields of whole values, each with the number of its documents.

    Args:
        client: From ``connect``.
        index: An index or alias.
        fields: Keyword fields.
        most: How many values of each at most.

    Raises:
        IndexMismatchError: The index does not exist.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    if not fields:
        return {}
    # By numbers: not every field's name may be that of an aggregation.
    by_value = {str(place): {"terms": {"field": field, "size": most}} for place, field in enumerate(fields)}
    with translated(client, f"list the values of {', '.join(fields)} in {index}"):
        found = client.search(
            index=index, size=0, aggs=by_value, track_total_hits=False, allow_partial_search_results=False
        )
    buckets = {field: found["aggregations"][str(place)]["buckets"] for place, field in enumerate(fields)}
    return {field: {str(one["key"]): one["doc_count"] for one in some} for field, some in buckets.items()}


def count(client: Elasticsearch, index: str, collection: str | None = None) -> int:
    """How many documents a search sees, of one collection or of all.

    Raises:
        IndexMismatchError: The index does not exist.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    query: dict[str, Any] = {"term": {"collection": collection}} if collection is not None else {"match_all": {}}
    with translated(client, f"count the documents of {index}"):
        return int(client.count(index=index, query=query)["count"])


def some_values(client: Elasticsearch, index: str, field: str) -> list[str]:
    """The texts that some documents have in a field.

    Args:
        client: From ``connect``.
        index: An index or alias.
        field: The field's path in the stored documents.

    Raises:
        IndexMismatchError: The index does not exist.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    with translated(client, f"read documents of {index}"):
        hits = client.search(index=index, size=_SOME, source={"includes": [field]}, track_total_hits=False)["hits"][
            "hits"
        ]
    return [value for hit in hits for value in values_at(hit.get("_source", {}), field) if isinstance(value, str)]


def refresh(client: Elasticsearch, index: str) -> None:
    """Make everything written so far searchable.

    Raises:
        IndexMismatchError: The index does not exist.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    with translated(client, f"refresh {index}"):
        client.indices.refresh(index=index)
