"""A collection limited to images that every cell of the grid can read."""

from __future__ import annotations

from collections.abc import Iterator

from mlsr_es.collection import ImageDocument, Judgement, Section
from mlsr_es.errors import RecordError
from mlsr_es.sources import LeftOut, Source


class Complete:
    """A source whose documents all have an image and captions.

    So every cell is trained on the same pairs and searches the same images, whether it reads images, captions or both.

    Args:
        source: The collection.
    """

    def __init__(self, source: Source) -> None:
        self._source = source

    @property
    def name(self) -> str:
        """The collection's name."""
        return self._source.name

    def documents(self) -> Iterator[ImageDocument | RecordError | LeftOut]:
        """The documents that have both; rejected and left-out records are passed on."""
        for item in self._source.documents():
            if not isinstance(item, ImageDocument) or (item.captions and item.image is not None):
                yield item

    def sections(self) -> Iterator[Section]:
        """All of them."""
        return self._source.sections()

    def judgements(self) -> Iterator[Judgement]:
        """All of them."""
        return self._source.judgements()

    def faults(self) -> Iterator[RecordError]:
        """The faults of the collection."""
        return self._source.faults()

    def count(self) -> int | None:
        """None: the number is unknown."""
        return None

    def in_languages(self, languages: frozenset[str] | None) -> Complete:
        """The documents that have an image, and captions in these languages."""
        return Complete(self._source.in_languages(languages))
