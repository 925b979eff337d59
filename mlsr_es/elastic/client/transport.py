"""The node classes of the client's transport."""

from __future__ import annotations

from typing import Any

import tenacity
from elastic_transport import Urllib3HttpNode

from mlsr_es.elastic.client.failures import PASSING
from mlsr_es.elastic.client.retrying import LONGEST_PAUSE_S, PAUSES, is_away, retry_after

PATIENCE_S = 120.0
"""How long a patient node repeats one request, in seconds."""

_WITH_A_LOOP_OF_ITS_OWN = "_bulk"


class QuietNode(Urllib3HttpNode):
    """Drops the ``Warning`` headers of answers.

    The client turns them into Python warnings ("security features are not enabled", with every answer). They concern
    the cluster's owner, not the user of a search.
    """

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
