"""Reading all documents of an index as they were at one moment: a point in time, in slices, page by page."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

import orjson

from mlsr_es.elastic.client import whole_documents, with_retries
from mlsr_es.errors import ClusterRefusedError

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

_SLICES = 2
"""Slices that are read at the same time: the next page of one comes while the other's page is being processed."""

_KEEP_ALIVE = "30m"
"""The longest time between two pages of a slice, since an encoder may be slow."""

_FIRST_PAGE, _LARGEST_PAGE = 16, 1_000
_PAGE_BYTES = 16 * 2**20
"""Intended size of a page: a thousand documents with images inside would not fit into memory."""

_READ_AGAIN = 100


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """A document as it was read.

    Args:
        id: The document's ``_id``, which is unique only together with the routing.
        routing: The document's custom routing value; None where it has none.
        seq_no: The document's sequence number, to detect later changes.
        primary_term: The document's primary term, to detect later changes.
        source: The stored document with the requested fields.
        fingerprint: The fingerprint that is stored with its weights; "" where there is none.
    """

    id: str
    routing: str | None
    seq_no: int
    primary_term: int
    source: Mapping[str, Any]
    fingerprint: str = ""

    @property
    def key(self) -> tuple[str, str | None]:
        """Id and routing, which together identify the document in its index."""
        return self.id, self.routing


def read_snapshot(
    client: Elasticsearch, name: str, fields: Sequence[str], *, fingerprint: str, slices: int = _SLICES
) -> Generator[ReadDocument]:
    """Read each document that a search sees now, once, whatever is written meanwhile.

    Args:
        client: From ``connect``.
        name: An index or alias.
        fields: The fields of the stored documents to read.
        fingerprint: The path of the stored field with the fingerprint; it may be missing from the mapping.
        slices: How many slices are read at the same time; a page of each is in memory.

    Raises:
        IndexMismatchError: The index does not exist.
        ClusterError: The cluster cannot be reached, or refuses, or has dropped the point in time.
    """
    doing = f"read the documents of {name}"
    opened = with_retries(client, doing, lambda: client.open_point_in_time(index=name, keep_alive=_KEEP_ALIVE))
    snapshot = str(opened["id"])
    wanted = {"_source": list(fields) or False, "stored_fields": [fingerprint]}
    readers = [_Slice(client, doing, snapshot, wanted, (place, slices)) for place in range(slices)]
    try:
        with ThreadPoolExecutor(slices, thread_name_prefix="read") as pool:
            under_way: deque[tuple[_Slice, Future[list[dict[str, Any]]]]] = deque(
                (reader, pool.submit(reader.next_page)) for reader in readers
            )
            while under_way:
                reader, future = under_way.popleft()
                if page := future.result():
                    under_way.append((reader, pool.submit(reader.next_page)))
                    yield from (_found(hit, fingerprint) for hit in page)
    finally:
        with suppress(Exception):  # the point in time expires by itself
            client.close_point_in_time(id=snapshot)


def read_again(
    client: Elasticsearch,
    index: str,
    keys: Iterable[tuple[str, str | None]],
    fields: Sequence[str],
    *,
    fingerprint: str,
) -> Iterator[ReadDocument | tuple[str, str | None]]:
    """Read documents as they are now, without waiting for a refresh; yield the key of each document that is gone.

    Args:
        client: From ``connect``.
        index: The concrete index.
        keys: Id and routing of each document.
        fields: The fields of the stored documents to read.
        fingerprint: The path of the stored field with the fingerprint.

    Raises:
        IndexMismatchError: The index does not exist.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    doing = f"read documents of {index} again"
    waiting = iter(keys)
    while some := list(islice(waiting, _READ_AGAIN)):
        wanted = [{"_id": id_} | ({"routing": routing} if routing is not None else {}) for id_, routing in some]

        def ask(wanted: list[dict[str, str]] = wanted) -> Any:
            return client.mget(index=index, docs=wanted, source=list(fields), stored_fields=[fingerprint])

        for key, told in zip(some, whole_documents(client, doing, ask)["docs"], strict=True):
            yield _found(told, fingerprint) if told["found"] else key


class _Slice:
    """One slice of a snapshot; each call reads the next page, which is empty at the end."""

    def __init__(
        self, client: Elasticsearch, doing: str, snapshot: str, wanted: Mapping[str, Any], place: tuple[int, int]
    ) -> None:
        self._client = client
        self._doing = doing
        self._size = _FIRST_PAGE
        self._body: dict[str, Any] = {
            **wanted,
            "pit": {"id": snapshot, "keep_alive": _KEEP_ALIVE},
            "sort": [{"_shard_doc": "asc"}],
            "seq_no_primary_term": True,
            "track_total_hits": False,
        }
        if place[1] > 1:
            self._body["slice"] = {"id": place[0], "max": place[1]}

    def next_page(self) -> list[dict[str, Any]]:
        body = {**self._body, "size": self._size}
        try:
            answer = with_retries(
                self._client, self._doing, lambda: self._client.search(body=body, allow_partial_search_results=False)
            )
        except ClusterRefusedError as error:
            if "No search context found" not in error.what:
                raise
            raise ClusterRefusedError(
                f"{error.what.rstrip('.')}: the cluster has dropped the point in time that was read from.",
                advice="A node has left, or this machine slept. Run the same command again: it goes on.",
            ) from error
        hits: list[dict[str, Any]] = answer["hits"]["hits"]
        if hits:
            self._body["search_after"] = hits[-1]["sort"]
            self._size = _next_size(hits)
        return hits


def _next_size(hits: Sequence[Mapping[str, Any]]) -> int:
    """How many documents the next page may have, judged by their size in the last page; at most four times as many."""
    each = sum(len(orjson.dumps(hit.get("_source", {}))) for hit in hits) / len(hits)
    return max(1, min(_LARGEST_PAGE, 4 * len(hits), int(_PAGE_BYTES / max(each, 1))))


def _found(told: Mapping[str, Any], fingerprint: str) -> ReadDocument:
    stored = told.get("fields", {}).get(fingerprint, [""])
    return ReadDocument(
        told["_id"],
        told.get("_routing"),
        told["_seq_no"],
        told["_primary_term"],
        told.get("_source", {}),
        str(stored[0]),
    )
