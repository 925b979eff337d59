"""Captions that nobody says to be in the model's language, drawn at random while records pass by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random

from mlsr_es.collection import MACHINE_MADE
from mlsr_es.indexing.record import Record

_SIZE = 200


@dataclass(slots=True)
class CaptionSample:
    """A uniform sample of bounded size (reservoir sampling, Vitter 1985, algorithm R).

    Args:
        read: ISO 639-1 codes of the languages that the model reads; empty for all languages.
        texts: The captions that were drawn, one text a record.
        seen: How many records had captions that are not said to be in one of these languages.
    """

    read: tuple[str, ...] = ()
    texts: list[str] = field(default_factory=list)
    seen: int = 0
    _random: Random = field(default_factory=lambda: Random(0), repr=False)  # noqa: S311

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
        if not text:
            return
        self.seen += 1
        if len(self.texts) < _SIZE:
            self.texts.append(text)
        elif (place := self._random.randrange(self.seen)) < _SIZE:
            self.texts[place] = text
