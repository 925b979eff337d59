"""Reading ahead: the next piece is made while the caller works on the present one."""

from __future__ import annotations

from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

_Piece = TypeVar("_Piece")


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
