"""Retrying requests: a run of hours meets a cluster that is busy or unreachable for a while."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar

import tenacity

from mlsr_es.elastic.client.failures import PASSING, address_of, error_types, refusal, translated
from mlsr_es.errors import MlsrError

if TYPE_CHECKING:
    from elastic_transport import ObjectApiResponse
    from elasticsearch import Elasticsearch

_Answer = TypeVar("_Answer")
_Documents = TypeVar("_Documents", bound="ObjectApiResponse[Any]")
LONGEST_PAUSE_S = 15.0
PAUSES = tenacity.wait_random_exponential(multiplier=0.5, max=LONGEST_PAUSE_S)
"""Between two attempts: random, so that many clients do not come back together, and growing."""

_PASSING_TYPES = frozenset(
    {
        "es_rejected_execution_exception",
        "circuit_breaking_exception",
        "illegal_index_shard_state_exception",
        "no_shard_available_action_exception",
        "node_disconnected_exception",
        "node_not_connected_exception",
        "unavailable_shards_exception",
    }
)
"""Why one document of many may not be told just now, such as while a node comes back."""


class _Passing(Exception):  # noqa: N818 - it is never seen outside
    """An answer in which a part fails that may go well later.

    Args:
        error: What is raised if it does not.
    """

    def __init__(self, error: MlsrError) -> None:
        super().__init__(error.what)
        self.error = error


def with_retries(
    client: Elasticsearch, doing: str, ask: Callable[[], _Answer], *, deadline_s: float = 120.0
) -> _Answer:
    """Repeat a request until the cluster answers, as long as the failure may pass by itself.

    Args:
        client: The client that ``ask`` uses.
        doing: What the request does, as in "could not ...", for messages.
        ask: Sends one request that only reads, since it may be sent more than once.
        deadline_s: How long to retry, in seconds.

    Raises:
        ClusterError: The cluster could not be reached, or refused, until the deadline.
        IndexMismatchError: The index does not exist.
    """
    retrying = tenacity.Retrying(
        retry=tenacity.retry_if_exception(_passes),
        wait=PAUSES,
        stop=tenacity.stop_before_delay(deadline_s),
        reraise=True,
    )
    try:
        with translated(client, doing):
            return retrying(ask)
    except _Passing as passing:
        raise passing.error from passing


def whole_documents(client: Elasticsearch, doing: str, ask: Callable[[], _Documents]) -> _Documents:
    """Ask for documents by their ids until each of them is told: a request succeeds, and a document in it may not.

    Args:
        client: The client that ``ask`` uses.
        doing: What the request does, as in "could not ...", for messages.
        ask: Sends an ``_mget``.

    Raises:
        ClusterError: The cluster could not be reached, or refused, or did not tell a document, until the deadline.
        IndexMismatchError: The index does not exist.
    """

    def asked() -> _Documents:
        answer = ask()
        for document in answer["docs"]:
            if "error" in document:
                # It must not count as "not there".
                error = refusal(address_of(client), doing, HTTPStatus.SERVICE_UNAVAILABLE, document)
                raise _Passing(error) if error_types(document) & _PASSING_TYPES else error
        return answer

    return with_retries(client, doing, asked)


def is_away(error: BaseException) -> bool:
    """Whether nothing has answered, which may pass by itself; a certificate that is not trusted does not."""
    import elastic_transport as transport

    away = isinstance(error, transport.ConnectionError | transport.ConnectionTimeout)
    return away and not isinstance(error, transport.TlsError)


def retry_after(headers: Mapping[str, str]) -> float:
    """The ``Retry-After`` header in seconds from now; 0 where it is missing or cannot be read."""
    value = (headers.get("retry-after") or "").strip()
    if value.isdigit():
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return 0.0


def _passes(error: BaseException) -> bool:
    from elastic_transport import ApiError

    if isinstance(error, ApiError):
        return error.meta.status in PASSING
    return isinstance(error, _Passing) or is_away(error)
