"""Captions that nobody says to be in the model's language, drawn at random while records pass by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from mlsr_es.collection import MACHINE_MADE
from mlsr_es.indexing.record import Record
from mlsr_es.indexing.reservoir import Reservoir

_SIZE = 200


@dataclass(slots=True)
class CaptionSample:
    """A uniform sample of bounded size.

    Args:
        read: ISO 639-1 codes of the languages that the model reads; empty for all languages.
    """

    read: tuple[str, ...] = ()
    _drawn: Reservoir[str] = field(default_factory=lambda: Reservoir(_SIZE), repr=False)

    @property
    def texts(self) -> list[str]:
        """The captions that were drawn, one text a record."""
        return self._drawn.items

    @property
    def seen(self) -> int:
        """How many records had captions that are not said to be in one of these languages."""
        return self._drawn.seen

    def take(self, records: Iterable[Record]) -> None:
        """Let records pass by."""
        for record in records:
            self._take(record)

    def _take(self, record: Record) -> None:
        captions = dict.fromkeys(caption for picture in record.pictures for caption in picture.captions)
        text = "\n".join(
            caption.text
            for caption in captions
            if caption.language not in self.read and caption.kind not in MACHINE_MADE
        )
        if text:
            self._drawn.take(text)
