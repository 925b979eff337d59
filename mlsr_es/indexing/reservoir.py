"""A uniform sample of things that pass by."""

from __future__ import annotations

from random import Random
from typing import Generic, TypeVar

_Item = TypeVar("_Item")


class Reservoir(Generic[_Item]):
    """A sample of bounded size, each item equally likely (reservoir sampling, Vitter 1985, algorithm R).

    Args:
        size: The most items that are kept.
    """

    def __init__(self, size: int) -> None:
        self.items: list[_Item] = []
        self.seen = 0
        self._size, self._random = size, Random(0)  # noqa: S311

    def take(self, item: _Item) -> None:
        """Let an item pass by; it is kept, or not."""
        self.seen += 1
        if len(self.items) < self._size:
            self.items.append(item)
        elif (place := self._random.randrange(self.seen)) < self._size:
            self.items[place] = item
