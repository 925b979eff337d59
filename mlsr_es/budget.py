"""A budget that threads share, so that what they hold at once stays bounded."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Budget:
    """So much of something that all threads together may hold.

    Args:
        total: The budget, above 0. Who needs more than that waits until nobody else holds anything.
    """

    def __init__(self, total: int) -> None:
        self._total = total
        self._held = 0
        self._changed = threading.Condition()

    @contextmanager
    def holding(self, amount: int) -> Iterator[None]:
        """A context that holds a part of the budget; it waits until there is enough.

        A thread that holds a part must not ask for another one: two such threads could wait for each other.

        Args:
            amount: The part, at least 0.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._held == 0 or self._held + amount <= self._total)
            self._held += amount
        try:
            yield
        finally:
            with self._changed:
                self._held -= amount
                self._changed.notify_all()
