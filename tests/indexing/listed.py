"""A source in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mlsr_es.collection import Caption, ImageDocument
from mlsr_es.errors import RecordError
from mlsr_es.sources import ImagesAlone, LeftOut


@dataclass
class Listed(ImagesAlone):
    """A source of given items, in their order.

    Args:
        items: Documents, bad records, what rules leave out.
        name: The collection's.
        breaks: Raised behind the last item.
    """

    items: Iterable[ImageDocument | RecordError | LeftOut]
    name: str = "birds"
    breaks: Exception | None = None

    def documents(self) -> Iterator[ImageDocument | RecordError | LeftOut]:
        """Yield the items, then raise the error."""
        yield from self.items
        if self.breaks:
            raise self.breaks

    def count(self) -> int | None:
        """None, for an unknown number."""
        return None

    def in_languages(self, _languages: frozenset[str] | None) -> Listed:
        """The same source: its captions have no language."""
        return self


def image(id_: str, caption: str = "owl", collection: str = "birds") -> ImageDocument:
    """A document without an image file."""
    return ImageDocument(id_, collection, (Caption(caption),) if caption else ())
