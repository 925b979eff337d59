"""Sentences for the service's owner, each seldom."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from time import monotonic

_PAUSE_S = 60.0
_MOST = 100
"""Sentences that are remembered; what a cluster says may be different each time."""


class Telling:
    """Tells a sentence at once, and again a minute later at the earliest, with how often it was said meanwhile.

    Else a cluster that is gone would fill the log with a line a request. It may be used from several threads.

    Args:
        say: Told the sentences.
        now: The time in seconds.
    """

    def __init__(self, say: Callable[[str], None], now: Callable[[], float] = monotonic) -> None:
        self._say, self._now = say, now
        self._told: dict[str, tuple[float, int]] = {}
        self._lock = Lock()

    def __call__(self, sentence: str) -> None:
        """Tell a sentence, unless it was told within the last minute."""
        now = self._now()
        with self._lock:
            told_at, held_back = self._told.get(sentence, (now - _PAUSE_S, 0))
            if now - told_at < _PAUSE_S:
                self._told[sentence] = told_at, held_back + 1
                return
            if len(self._told) >= _MOST:
                self._told.clear()
            self._told[sentence] = now, 0
        self._say(
            f"{sentence} (This happened {held_back:,} times more since it was last told.)" if held_back else sentence
        )
