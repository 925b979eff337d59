"""A collection limited to images that every cell of the grid can read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mlsr_es.collection import ImageDocument
from mlsr_es.sources import Item, Wrapped


@dataclass(frozen=True)
class Complete(Wrapped):
    """A source whose documents all have an image and captions.

    So every cell is trained on the same pairs and searches the same images, whether it reads images, captions or both.
    """

    def documents(self) -> Iterator[Item]:
        """The documents that have both; rejected and left-out records are passed on."""
        for item in self.source.documents():
            if not isinstance(item, ImageDocument) or (item.captions and item.image is not None):
                yield item

    def count(self) -> int | None:
        """None: the number is unknown."""
        return None

    def in_languages(self, languages: frozenset[str] | None) -> Complete:
        """The documents that have an image, and captions in these languages."""
        return Complete(self.source.in_languages(languages))
