"""Sending one chunk, with retries where they can help, until every document has its result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from threading import Event
from typing import TYPE_CHECKING, Any

import tenacity

from mlsr_es.elastic.bulk.chunks import ChunkSize, Line
from mlsr_es.elastic.client import (
    PASSING,
    address_of,
    error_types,
    failure,
    gone,
    is_away,
    not_elasticsearch,
    reason,
    refusal,
    retry_after,
)
from mlsr_es.errors import ClusterUnreachableError, MlsrError

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

_FOR_ALL = {"security_exception", "index_not_found_exception"}
"""Errors of one item that every other item of the request would get too."""

_ANSWER_PARTS = ["items.*.status", "items.*.error"]


def _outcomes(answer: Any) -> list[dict[str, Any]] | None:
    """What the cluster says of each document; None for an answer that it would not give, such as a proxy's page."""
    items = answer.get("items", []) if isinstance(answer, Mapping) else None
    if not isinstance(items, list) or not all(isinstance(item, Mapping) for item in items):
        return None
    outcomes = [outcome for item in items for outcome in item.values()]
    good = all(isinstance(outcome, dict) and isinstance(outcome.get("status"), int) for outcome in outcomes)
    return outcomes if good else None


@dataclass(frozen=True, slots=True)
class BulkResult:
    """What became of one action.

    Args:
        id: The document's id.
        status: The HTTP status of the cluster's answer for this action.
        reason: Why it was rejected; "" where it was not.
        deleted: Whether the action removes the document.
        routing: The document's routing value; None where it has none.
    """

    id: str
    status: int
    reason: str = ""
    deleted: bool = False
    routing: str | None = None

    @property
    def rejected(self) -> bool:
        """Whether the cluster will not take the document as it is, however often it is sent."""
        return bool(self.reason)

    @property
    def conflict(self) -> bool:
        """Whether the document was changed since it was read; once it is read again, the action can succeed."""
        return self.status == HTTPStatus.CONFLICT

    @property
    def gone(self) -> bool:
        """Whether the document no longer exists."""
        return self.status == HTTPStatus.NOT_FOUND


class _Busy(Exception):  # noqa: N818 - a signal inside this file
    """A failure that may pass by itself; ``lasting`` is the error to raise if it does not.

    ``too_slow``: there was no answer in time, which smaller requests may get.
    """

    def __init__(self, lasting: MlsrError, *, wait_s: float = 0.0, too_slow: bool = False) -> None:
        super().__init__(str(lasting))
        self.lasting = lasting
        self.wait_s = wait_s
        self.too_slow = too_slow


class _TooLarge(Exception):  # noqa: N818 - a signal inside this file
    """A request that the cluster will always refuse for its size."""


class Sender:
    """Sends chunks to one index; several threads may use it at a time.

    Args:
        client: From ``connect``; it never repeats a request by itself.
        index: The concrete index.
        size: The limit of a chunk's bytes; it is lowered when a request is too large.
        deadline_s: How long a chunk is retried, in seconds.
        stop: Set to stop retries and waiting.
    """

    def __init__(self, client: Elasticsearch, index: str, *, size: ChunkSize, deadline_s: float, stop: Event) -> None:
        self._client = client
        self._index = index
        self._size = size
        self._deadline_s = deadline_s
        self._stop = stop
        self._doing = f"store documents in {index}"

    def send(self, chunk: list[Line]) -> list[BulkResult]:
        """Send a chunk until each of its documents is stored, removed or rejected for good.

        Raises:
            ClusterError: The cluster could not be reached, or refused, until the deadline; what is stored stays stored.
            IndexMismatchError: The index is gone.
        """
        pending, settled = [chunk], list[BulkResult]()
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(_Busy),
            wait=_wait,
            stop=tenacity.stop_before_delay(self._deadline_s) | tenacity.stop_when_event_set(self._stop),
            sleep=tenacity.sleep_using_event(self._stop),
            reraise=True,
        )
        try:
            retrying(self._work_off, pending, settled)
        except _Busy as busy:
            raise busy.lasting from busy
        return settled

    def _work_off(self, pending: list[list[Line]], settled: list[BulkResult]) -> None:
        """Send the pending groups and collect their results, until no group is left or the cluster needs a pause."""
        while pending:
            group = pending.pop()
            try:
                outcomes = self._request(group)
            except _TooLarge as refused:
                if len(group) == 1:
                    settled.append(_loaded(group[0], HTTPStatus.REQUEST_ENTITY_TOO_LARGE, str(refused)))
                else:
                    pending += self._halves(group)
                continue
            except _Busy as busy:
                pending += self._halves(group) if busy.too_slow and len(group) > 1 else [group]
                raise
            self._settle(group, outcomes, pending, settled)

    def _halves(self, group: list[Line]) -> list[list[Line]]:
        """Both halves of a group, the first one last; later chunks are not larger than a half either."""
        self._size.refused(sum(len(line.ndjson) for line in group))
        middle = len(group) // 2
        return [group[middle:], group[:middle]]

    def _request(self, group: list[Line]) -> list[dict[str, Any]]:
        """Send one bulk request and return the cluster's answer for each line, in the order of the lines."""
        import elastic_transport as transport

        try:
            if not self._is_there():
                raise gone(self._index)
            ndjson: list[Any] = [line.ndjson for line in group]  # typed as mappings; the client takes bytes as they are
            answer = self._client.bulk(index=self._index, operations=ndjson, filter_path=_ANSWER_PARTS)
        except transport.ApiError as error:
            if error.meta.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
                raise _TooLarge(
                    f"the document is larger than the cluster takes in a request ({_size(group)})"
                ) from error
            passing = error.meta.status in PASSING or "cluster_block_exception" in error_types(error.body)
            raised = failure(self._client, self._doing, error)
            raise (_Busy(raised, wait_s=retry_after(error.meta.headers)) if passing else raised) from error
        except transport.TransportError as error:
            # An answer that was cut on its way cannot be read, and says nothing of the documents.
            passing = is_away(error) or isinstance(error, transport.SerializationError)
            raised = failure(self._client, self._doing, error)
            too_slow = isinstance(error, transport.ConnectionTimeout)
            raise (_Busy(raised, too_slow=too_slow) if passing else raised) from error
        outcomes = _outcomes(answer.body)
        if outcomes is None:
            raise _Busy(not_elasticsearch(address_of(self._client)))
        if len(outcomes) != len(group):
            raise _Busy(
                ClusterUnreachableError(
                    f"{address_of(self._client)} answered for {len(outcomes)} of {len(group)} documents sent.",
                    advice="Something between here and the cluster cuts its answers.",
                )
            )
        return outcomes

    def _is_there(self) -> bool:
        """Whether the index still exists: a bulk request to a removed index would create it without its mapping.

        ``require_alias`` would close the gap between check and request, but a version that is being built, and an
        index of somebody else, may have no alias.
        """
        import elastic_transport as transport

        try:
            return bool(self._client.indices.exists(index=self._index))
        except transport.ApiError:  # the bulk request will fail too, and its answer says why
            return True

    def _settle(
        self, group: list[Line], outcomes: list[dict[str, Any]], pending: list[list[Line]], settled: list[BulkResult]
    ) -> None:
        again: list[Line] = []
        for line, outcome in zip(group, outcomes, strict=True):
            status = outcome["status"]
            if status < HTTPStatus.MULTIPLE_CHOICES or (line.deletes and status == HTTPStatus.NOT_FOUND):
                settled.append(_loaded(line, status))
                continue
            types = error_types(outcome)
            last = refusal(address_of(self._client), self._doing, status, outcome)
            if types & _FOR_ALL:
                raise last
            if status in PASSING or "cluster_block_exception" in types:
                again.append(line)
                lasting = last
            else:
                settled.append(_loaded(line, status, reason(outcome, status)))
        if again:
            pending.append(again)
            raise _Busy(lasting)


def _loaded(line: Line, status: int, reason: str = "") -> BulkResult:
    return BulkResult(line.id, status, reason, line.deletes, line.routing)


def _wait(state: tenacity.RetryCallState) -> float:
    """Seconds until the next attempt: longer each time, with jitter, and at least what the cluster asked for."""
    busy = state.outcome.exception() if state.outcome else None
    asked = busy.wait_s if isinstance(busy, _Busy) else 0.0
    jittered = tenacity.wait_random_exponential(multiplier=0.5, max=30)(state)
    return max(jittered, tenacity.wait_random(asked, asked * 1.25)(state))


def _size(group: list[Line]) -> str:
    return f"{sum(len(line.ndjson) for line in group):,} bytes"
