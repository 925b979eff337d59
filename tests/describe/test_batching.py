"""What several threads ask at the same time is done in one batch."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from mlsr_es.describe.batching import Batching


class Slow:
    """Squares numbers once it is let go; a batch with 13 fails."""

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.go = threading.Event()

    def __call__(self, batch: Sequence[int]) -> list[int]:
        """Do a batch."""
        self.batches.append(len(batch))
        self.go.wait(10)
        if 13 in batch:
            raise ValueError("thirteen")
        return [number**2 for number in batch]


def test_those_that_come_meanwhile_are_the_next_batch() -> None:
    """Each gets its own answer."""
    slow = Slow()
    together = Batching(slow)
    with ThreadPoolExecutor(8) as threads:
        first = threads.submit(together, 0)
        while not slow.batches:
            pass
        others = [threads.submit(together, number) for number in range(1, 7)]
        while len(together._waiting) < 6:
            pass
        slow.go.set()
        assert first.result() == 0
        assert [other.result() for other in others] == [number**2 for number in range(1, 7)]
    assert slow.batches == [1, 6]


def test_an_error_reaches_all_of_its_batch_and_none_after() -> None:
    """A batch fails as a whole."""
    slow = Slow()
    slow.go.set()
    together = Batching(slow)
    with pytest.raises(ValueError, match="thirteen"):
        together(13)
    assert together(3) == 9
