"""Reading ahead: the next piece of work is made while the caller is at the one before."""

from __future__ import annotations

from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

_Piece = TypeVar("_Piece")


def ahead(make: Callable[[], _Piece | None]) -> Generator[_Piece]:
    """What ``make`` gives until it gives None, each made in another thread before it is asked for.

    Args:
        make: Called again and again, never twice at the same time.
    """
    with ThreadPoolExecutor(1, "prepare") as pool:
        upcoming = pool.submit(make)
        while (piece := upcoming.result()) is not None:
            upcoming = pool.submit(make)
            yield piece
