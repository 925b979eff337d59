"""Reading all documents of an index, in the order in which they were written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from mlsr_es.elastic.client import translated

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

_PAGE = 1_000
_KEEP_ALIVE = "10m"


def scan(client: Elasticsearch, index: str, fields: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Read the documents that a search sees, in the order in which they were written, page by page.

    A search breaks ties of scores by this order (in an index of one shard).

    Args:
        client: From ``connect``.
        index: An index or alias.
        fields: The fields of the stored documents to read.

    Yields:
        Id, and the stored document with these fields only.

    Raises:
        IndexMismatchError: The index does not exist.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    doing = f"read the documents of {index}"
    with translated(client, doing):
        snapshot = {
            "id": client.open_point_in_time(index=index, keep_alive=_KEEP_ALIVE)["id"],
            "keep_alive": _KEEP_ALIVE,
        }
    # Each shard counts for itself; a point in time has its own order for equal numbers.
    body: dict[str, Any] = {
        "pit": snapshot,
        "sort": [{"_seq_no": "asc"}],
        "size": _PAGE,
        "_source": list(fields),
        "track_total_hits": False,
    }
    try:
        while True:
            with translated(client, doing):
                page = client.search(body=body, allow_partial_search_results=False)["hits"]["hits"]
            yield from ((hit["_id"], hit.get("_source", {})) for hit in page)
            if len(page) < _PAGE:
                return
            body["search_after"] = page[-1]["sort"]
    finally:
        with suppress(Exception):  # the point in time expires by itself
            client.close_point_in_time(id=snapshot["id"])
