"""One chunk on its way: sent, and sent again where that can help, until every document has its answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from threading import Event
from typing import TYPE_CHECKING, Any

import tenacity

from mlsr_es.elastic.bulk.chunks import ChunkSize, Line
from mlsr_es.elastic.client import PASSING, address_of, error_types, failure, gone, reason, refusal
from mlsr_es.errors import ClusterUnreachableError, MlsrError

if TYPE_CHECKING:
    from elastic_transport import ApiError
    from elasticsearch import Elasticsearch

_FOR_ALL = {"security_exception", "index_not_found_exception"}
"""Errors of an item that every other item would get too."""

_ANSWER_PARTS = ["items.*.status", "items.*.error"]


@dataclass(frozen=True, slots=True)
class BulkResult:
    """What became of one action.

    Args:
        id: The document's id.
        status: The HTTP status that the cluster gave it.
        reason: Why it was rejected; "" where it was not.
        deleted: Whether the action was to remove it.
        routing: The document's, where the action named one.
    """

    id: str
    status: int
    reason: str = ""
    deleted: bool = False
    routing: str | None = None

    @property
    def rejected(self) -> bool:
        """Whether the cluster will never take it as it is."""
        return bool(self.reason)

    @property
    def conflict(self) -> bool:
        """Whether the document was changed since it was read: read again, it can be changed."""
        return self.status == HTTPStatus.CONFLICT

    @property
    def gone(self) -> bool:
        """Whether the document that was to be changed is no longer there."""
        return self.status == HTTPStatus.NOT_FOUND


class _Busy(Exception):  # noqa: N818 - a signal inside this file
    """Something that may pass by itself; ``lasting`` is the error for when it does not."""

    def __init__(self, lasting: MlsrError, *, wait_s: float = 0.0) -> None:
        super().__init__(str(lasting))
        self.lasting = lasting
        self.wait_s = wait_s


class _TooLarge(Exception):  # noqa: N818 - a signal inside this file
    """A request that will be refused for its size each time."""


class Sender:
    """Sends chunks of one index; may be used by several threads at a time.

    Args:
        client: Of ``connect``, which repeats nothing by itself.
        index: The concrete index.
        size: Learns what is too large.
        deadline_s: How long a chunk is tried, in seconds.
        stop: When set, nothing more is tried or waited for.
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
            ClusterError: The cluster could not be reached, or refused, until the deadline; what is stored stays.
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
        """Move the lines of the pending groups to the settled ones, until none is left or the cluster needs a pause."""
        while pending:
            group = pending.pop()
            try:
                outcomes = self._request(group)
            except _TooLarge as refused:
                if len(group) == 1:
                    settled.append(_loaded(group[0], HTTPStatus.REQUEST_ENTITY_TOO_LARGE, str(refused)))
                else:
                    self._size.refused(sum(len(line.ndjson) for line in group))
                    middle = len(group) // 2
                    pending += [group[middle:], group[:middle]]
                continue
            except _Busy:
                pending.append(group)
                raise
            self._settle(group, outcomes, pending, settled)

    def _request(self, group: list[Line]) -> list[dict[str, Any]]:
        """One bulk request: what the cluster says of each line, in their order."""
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
            raise (_Busy(raised, wait_s=_retry_after(error)) if passing else raised) from error
        except transport.TransportError as error:
            passing = isinstance(error, transport.ConnectionError | transport.ConnectionTimeout)
            passing &= not isinstance(error, transport.TlsError)
            raised = failure(self._client, self._doing, error)
            raise (_Busy(raised) if passing else raised) from error
        outcomes = [outcome for item in answer.get("items", ()) for outcome in item.values()]
        if len(outcomes) != len(group):
            raise _Busy(
                ClusterUnreachableError(
                    f"{address_of(self._client)} answered for {len(outcomes)} of {len(group)} documents sent.",
                    advice="Something between here and the cluster cuts its answers.",
                )
            )
        return outcomes

    def _is_there(self) -> bool:
        """Whether the index is still there: a bulk request to one that is gone makes it anew, without its mapping.

        ``require_alias`` would leave no moment in between, but neither a version that is built nor an index of
        somebody else needs to have an alias.
        """
        import elastic_transport as transport

        try:
            return bool(self._client.indices.exists(index=self._index))
        except transport.ApiError:  # the answer to the bulk request says why
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
    """Seconds until the next attempt: longer each time, with jitter, and at least what the cluster has asked for."""
    busy = state.outcome.exception() if state.outcome else None
    asked = busy.wait_s if isinstance(busy, _Busy) else 0.0
    jittered = tenacity.wait_random_exponential(multiplier=0.5, max=30)(state)
    return max(jittered, tenacity.wait_random(asked, asked * 1.25)(state))


def _retry_after(error: ApiError) -> float:
    """The ``Retry-After`` header in seconds from now; 0 where there is none that can be read."""
    value = (error.meta.headers.get("retry-after") or "").strip()
    if value.isdigit():
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return 0.0


def _size(group: list[Line]) -> str:
    return f"{sum(len(line.ndjson) for line in group):,} bytes"
