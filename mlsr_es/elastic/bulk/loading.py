"""Bulk loading with back-pressure: the next chunks are made while others are being sent."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from http import HTTPStatus
from threading import Event
from time import perf_counter
from typing import TYPE_CHECKING

from mlsr_es.elastic.bulk.chunks import Action, ChunkSize, DeleteAction, Line, UpdateAction, chunks, line
from mlsr_es.elastic.bulk.sending import BulkResult, Sender
from mlsr_es.errors import RecordError

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

_SENDERS = 2
"""Threads: two load twice as fast as one, and more than two are no faster."""


def load(
    client: Elasticsearch,
    index: str,
    actions: Iterable[Action],
    *,
    chunk_bytes: int = 5_000_000,
    deadline_s: float = 300.0,
    meter: Callable[[float], None] = lambda seconds: None,  # noqa: ARG005
) -> Generator[BulkResult]:
    """Write to an index, chunk by chunk, and yield the result of each action.

    ``actions`` is read in the caller's thread, when the caller asks for a result, so that slow work in it (encoding)
    overlaps with the sending. At most four chunks are in memory. Every action has one result, in any order. The
    loading stops when the caller stops reading the results.

    Args:
        client: From ``connect``; it never repeats a request by itself.
        index: The concrete index, which must exist.
        actions: What to write.
        chunk_bytes: How large a request may be; the loader goes below it where the cluster takes less.
        deadline_s: How long a chunk is retried while the cluster is busy or unreachable, in seconds.
        meter: Called in the caller's thread with the seconds that each chunk took.

    Raises:
        ClusterError: The cluster cannot be reached, or refuses, until the deadline; what is stored stays stored.
        IndexMismatchError: The index is gone.
    """
    size, stop = ChunkSize(chunk_bytes), Event()
    sender = Sender(client, index, size=size, deadline_s=deadline_s, stop=stop)
    refused: deque[BulkResult] = deque()
    under_way: deque[Future[tuple[list[BulkResult], float]]] = deque()
    with ThreadPoolExecutor(_SENDERS, thread_name_prefix="load") as pool:
        try:
            for chunk in chunks(_lines(actions, refused), size):
                under_way.append(pool.submit(_timed, sender, chunk))
                while under_way and (under_way[0].done() or len(under_way) > _SENDERS):
                    yield from _metered(under_way.popleft(), meter)
                yield from _drained(refused)
            while under_way:
                yield from _metered(under_way.popleft(), meter)
            yield from _drained(refused)
        finally:
            stop.set()
            for future in under_way:
                future.cancel()


def _timed(sender: Sender, chunk: list[Line]) -> tuple[list[BulkResult], float]:
    started = perf_counter()
    return sender.send(chunk), perf_counter() - started


def _metered(sent: Future[tuple[list[BulkResult], float]], meter: Callable[[float], None]) -> list[BulkResult]:
    results, seconds = sent.result()
    meter(seconds)
    return results


def _lines(actions: Iterable[Action], refused: deque[BulkResult]) -> Iterator[Line]:
    """The actions that can be sent, as lines; the others are added to ``refused`` with the reason."""
    for action in actions:
        try:
            yield line(action)
        except RecordError as error:
            routing = action.routing if isinstance(action, UpdateAction) else None
            deletes = isinstance(action, DeleteAction)
            refused.append(BulkResult(action.id, HTTPStatus.BAD_REQUEST, error.reason, deletes, routing))


def _drained(refused: deque[BulkResult]) -> Iterator[BulkResult]:
    while refused:
        yield refused.popleft()
