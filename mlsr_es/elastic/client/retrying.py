"""Retrying requests: a run of hours meets a cluster that is busy or unreachable for a while."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import tenacity

from mlsr_es.elastic.client.failures import PASSING, translated

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

_Answer = TypeVar("_Answer")
_LONGEST_PAUSE_S = 15.0


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
        wait=tenacity.wait_random_exponential(multiplier=0.5, max=_LONGEST_PAUSE_S),
        stop=tenacity.stop_before_delay(deadline_s),
        reraise=True,
    )
    with translated(client, doing):
        return retrying(ask)


def _passes(error: BaseException) -> bool:
    import elastic_transport as transport

    if isinstance(error, transport.ApiError):
        return error.meta.status in PASSING
    away = isinstance(error, transport.ConnectionError | transport.ConnectionTimeout)
    return away and not isinstance(error, transport.TlsError)
