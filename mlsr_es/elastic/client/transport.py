"""The node classes of the client's transport."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any

import tenacity
from elastic_transport import Urllib3HttpNode
from urllib3.exceptions import ProtocolError, ReadTimeoutError

from mlsr_es.elastic.client.failures import PASSING
from mlsr_es.elastic.client.retrying import LONGEST_PAUSE_S, PAUSES, is_away, retry_after
from mlsr_es.elastic.client.unreachable import TOO_LARGE

PATIENCE_S = 120.0
"""How long a patient node repeats one request, in seconds."""

LARGEST_ANSWER = 256 * 2**20
"""The largest answer that is read, in bytes, unpacked."""

SLOWEST_ANSWER = 4096
"""Bytes a second below which an answer counts as none, once the time for a request is over."""

_WITH_A_LOOP_OF_ITS_OWN = "_bulk"
_PART = 2**16


@dataclass(frozen=True, slots=True)
class _Answer:
    """An answer that is read: what of ``urllib3``'s the client looks at."""

    status: int
    headers: Mapping[str, str]
    data: bytes


class _BoundedPool:
    """A pool of connections whose answers have a largest size and an end.

    ``urllib3`` unpacks an answer of any size, and its time limit is for each read: a byte a second has no end.

    Args:
        pool: The pool.
        timeout_s: The time for a request, in seconds, where the request names none; None for no limit.
    """

    def __init__(self, pool: Any, timeout_s: float | None) -> None:
        self._pool = pool
        self._timeout_s = timeout_s

    def urlopen(self, method: str, target: str, **options: Any) -> _Answer:
        """Send a request and read its answer.

        Raises:
            ProtocolError: The answer is too large.
            ReadTimeoutError: It comes too slowly.
        """
        begun = monotonic()
        response = self._pool.urlopen(method, target, preload_content=False, **options)
        try:
            content = self._read(response, target, begun, options.get("timeout", self._timeout_s))
        except BaseException:
            response.close()
            raise
        response.release_conn()
        return _Answer(response.status, response.headers, content)

    def _read(self, response: Any, target: str, begun: float, timeout_s: float | None) -> bytes:
        content = bytearray()
        while part := response.read1(_PART, decode_content=True):
            content += part
            if len(content) > LARGEST_ANSWER:
                raise ProtocolError(f"{TOO_LARGE} ({LARGEST_ANSWER // 2**20} MiB)")
            if timeout_s and monotonic() - begun > timeout_s + len(content) / SLOWEST_ANSWER:
                raise ReadTimeoutError(self._pool, target, "the answer comes too slowly")
        return bytes(content)

    def close(self) -> None:
        """Close the pool."""
        self._pool.close()


class QuietNode(Urllib3HttpNode):
    """Drops the ``Warning`` headers of answers, and reads no answer without a bound.

    The client turns such headers into Python warnings ("security features are not enabled", with every answer). They
    concern the cluster's owner, not the user of a search.
    """

    def __init__(self, config: Any) -> None:
        super().__init__(config)
        self.pool: Any = _BoundedPool(self.pool, config.request_timeout)

    def perform_request(self, *args: Any, **kwargs: Any) -> Any:
        """Send one request as the parent class does."""
        response = super().perform_request(*args, **kwargs)
        response.meta.headers.pop("warning", None)
        return response


class PatientNode(QuietNode):
    """Repeats a request while the cluster is busy or away, once it has answered anything: for runs of hours.

    A cluster that has never answered is told of at once, since its address may be wrong. Bulk requests are repeated by
    ``mlsr_es.elastic.bulk``, which sends only what failed.
    """

    def __init__(self, config: Any) -> None:
        super().__init__(config)
        self._has_answered = False

    def perform_request(self, method: str, target: str, *args: Any, **kwargs: Any) -> Any:
        """Send a request until the answer is one that does not pass by itself, for up to ``PATIENCE_S``."""
        if not self._has_answered or _WITH_A_LOOP_OF_ITS_OWN in target:
            response = super().perform_request(method, target, *args, **kwargs)
            self._has_answered = True
            return response
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception(is_away) | tenacity.retry_if_result(_is_busy),
            wait=_pause,
            stop=tenacity.stop_before_delay(PATIENCE_S),
            retry_error_callback=lambda state: state.outcome.result() if state.outcome else None,
        )
        return retrying(super().perform_request, method, target, *args, **kwargs)


def _is_busy(response: Any) -> bool:
    return response.meta.status in PASSING


def _pause(state: tenacity.RetryCallState) -> float:
    """A random pause that grows, in seconds; at least what the cluster asks for, up to the longest one."""
    answered = state.outcome is not None and not state.outcome.failed
    asked = retry_after(state.outcome.result().meta.headers) if state.outcome and answered else 0.0
    return max(min(asked, LONGEST_PAUSE_S), PAUSES(state))
