"""A source for image promotion: its sections are the documents, and its images ask for them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

from mlsr_es.collection import ImageDocument, Judgement, Section
from mlsr_es.promotion import image_section, section_document
from mlsr_es.seen import Seen
from mlsr_es.sources.source import Item, LeftOut, Wrapped

_EMPTY = "empty"


@dataclass(frozen=True)
class Promoted(Wrapped):
    """The sections of another source as documents, its captioned images as sections, and its judgements reversed."""

    def documents(self) -> Iterator[Item]:
        """The sections, each id once; one without a text of its own is left out."""
        with closing(Seen()) as seen:
            for section in self.source.sections():
                if seen.add(section.id):
                    document = section_document(section, self.name)
                    yield document if document.captions else LeftOut(section.id, _EMPTY)

    def sections(self) -> Iterator[Section]:
        """The images that have captions."""
        for item in self.source.documents():
            if isinstance(item, ImageDocument) and item.captions:
                yield image_section(item)

    def judgements(self) -> Iterator[Judgement]:
        """The source's: an image belongs in a section, so the section wants the image."""
        for one in self.source.judgements():
            yield Judgement(one.image_id, one.section_id, one.relevance)

    def count(self) -> int | None:
        """None: the sections are not counted before they are read."""
        return None
