"""Working ahead on other threads."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from mlsr_es.indexing.ahead import beside


@pytest.mark.parametrize("threads", [1, 3])
def test_results_come_in_the_pieces_order(threads: int) -> None:
    """However long each takes."""
    assert list(beside(lambda piece: piece * 2, range(10), threads)) == list(range(0, 20, 2))
    assert list(beside(str, [], threads)) == []


def test_pieces_are_worked_on_at_the_same_time_and_taken_as_needed() -> None:
    """As many as there are threads: three wait for each other here, and no fourth is taken before one is done."""
    together = threading.Barrier(3, timeout=10)
    taken: list[int] = []

    def pieces() -> Iterator[int]:
        for piece in range(9):
            taken.append(piece)
            yield piece

    def work(piece: int) -> int:
        together.wait()
        return piece

    with closing(beside(work, pieces(), 3)) as results:
        assert next(results) == 0
        assert len(taken) <= 4
        assert list(results) == list(range(1, 9))


@pytest.mark.parametrize("threads", [1, 3])
def test_an_error_is_raised_in_its_place(threads: int) -> None:
    """Results before it are not lost."""
    results = beside(lambda piece: 6 // piece, [3, 2, 0, 1], threads)
    assert (next(results), next(results)) == (2, 3)
    with pytest.raises(ZeroDivisionError):
        next(results)
