"""All documents of an index, one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from mlsr_es.elastic.failures import translated

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

_PAGE = 1_000


def scan(client: Elasticsearch, index: str, fields: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The documents that a search sees, in the order in which they were written, page by page.

    Of equal scores, a search gives the one written first (in an index of one shard): so the order is that of ties.

    Args:
        client: Of ``connect``.
        index: An index or alias.
        fields: What of the stored documents is wanted.

    Yields:
        Id, and the stored document as far as it was asked for.

    Raises:
        IndexMismatchError: The index does not exist.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    after: dict[str, Any] = {}
    while True:
        with translated(client, f"read the documents of {index}"):
            page = client.search(
                index=index,
                sort=[{"_seq_no": "asc"}, {"image_id": "asc"}],  # several shards count each for itself
                size=_PAGE,
                source_includes=list(fields),
                track_total_hits=False,
                allow_partial_search_results=False,
                **after,
            )["hits"]["hits"]
        yield from ((hit["_id"], hit.get("_source", {})) for hit in page)
        if len(page) < _PAGE:
            return
        after = {"search_after": page[-1]["sort"]}
