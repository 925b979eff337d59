"""Working ahead: the next pieces are made while the caller works on the present one."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

_Piece = TypeVar("_Piece")
_Made = TypeVar("_Made")


def ahead(make: Callable[[], _Piece | None]) -> Generator[_Piece]:
    """Yield what ``make`` returns until it returns None; each piece is made ahead in another thread.

    Args:
        make: Makes one piece; called repeatedly, never twice at the same time.
    """
    with ThreadPoolExecutor(1, "prepare") as pool:
        upcoming = pool.submit(make)
        while (piece := upcoming.result()) is not None:
            upcoming = pool.submit(make)
            yield piece


def beside(work: Callable[[_Piece], _Made], pieces: Iterable[_Piece], threads: int) -> Generator[_Made]:
    """Yield what ``work`` makes of each piece, in their order; each of the threads works on a piece of its own.

    Args:
        work: Called by several threads at a time.
        pieces: Taken as they are needed: as many as there are threads are under way.
        threads: With one, the caller's own thread works.
    """
    waiting = iter(pieces)
    if threads == 1:
        yield from map(work, waiting)
        return
    with ThreadPoolExecutor(threads, "encode") as pool:
        under_way = deque(pool.submit(work, piece) for piece in islice(waiting, threads))
        try:
            while under_way:
                yield under_way.popleft().result()
                under_way += (pool.submit(work, piece) for piece in islice(waiting, 1))
        finally:
            for each in under_way:
                each.cancel()
