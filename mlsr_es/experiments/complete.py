"""A collection without the images that some cell of the grid could not read."""

from __future__ import annotations

from collections.abc import Iterator

from mlsr_es.collection import ImageDocument, Judgement, Section
from mlsr_es.errors import RecordError
from mlsr_es.sources import LeftOut, Source


class Complete:
    """A source whose documents all have an image and captions.

    So every cell is trained on the same pairs and searches the same images, whatever it reads of them.

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
        """Those that have both; what is rejected or left out comes along."""
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
        """The collection's."""
        return self._source.faults()

    def count(self) -> int | None:
        """Not known."""
        return None

    def in_languages(self, languages: frozenset[str] | None) -> Complete:
        """Those that have an image, and captions in these languages."""
        return Complete(self._source.in_languages(languages))
