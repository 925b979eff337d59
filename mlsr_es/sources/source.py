"""The contract of every source: documents, sections and judgements, read lazily and in the same order each time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol, Self, runtime_checkable

from mlsr_es.collection import ImageDocument, Judgement, Section
from mlsr_es.errors import RecordError


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An image that a rule leaves out, although it is not bad.

    Args:
        id: The image id that its document would have.
        rule: The name of the rule in ``RULES``.
    """

    id: str
    rule: str


RULES = {
    "admonition": "the icon of a note, a tip or a warning",
    "callout": "a number or a mark that points into a listing",
    "embedded": "inside the page as a data URI: it has no file that could be shown",
    "empty": "a section without a text of its own, where sections are indexed",
    "icon": "small: at most 48 pixels on its longest side, or at most 64 high within a line of text",
    "language": "has captions, and none in a language that was asked for",
    "navigation": "in a page's navigation, table of contents, sidebar or footer",
    "remote": "on another host: nothing is fetched",
    "repeated": "on more than ten pages and on more than a tenth of all",
    "variant": "the same picture in another format, beside it under the same name",
}
"""The rules that leave images out: name to description."""


class Source(Protocol):
    """A collection that can be read any number of times, without holding it in memory."""

    @property
    def name(self) -> str:
        """The collection's name."""

    def documents(self) -> Iterator[ImageDocument | RecordError | LeftOut]:
        """Read the image documents, each id once, with bad records and left-out images in their places."""

    def sections(self) -> Iterator[Section]:
        """Read the sections, without bad ones, which ``faults`` yields."""

    def judgements(self) -> Iterator[Judgement]:
        """Read which images belong in which sections, without bad lines, which ``faults`` yields."""

    def faults(self) -> Iterator[RecordError]:
        """Yield the errors in sections and judgements."""

    def count(self) -> int | None:
        """How many items ``documents`` yields; None where counting is expensive."""

    def in_languages(self, languages: frozenset[str] | None) -> Source:
        """The same collection with captions in other languages; what has been read is shared.

        Args:
            languages: The languages of captions to keep, as ISO 639-1 codes; None for all captions.
        """


class ImagesAlone:
    """What a source without any text besides captions has of sections: nothing."""

    def sections(self) -> Iterator[Section]:
        """None."""
        return iter(())

    def judgements(self) -> Iterator[Judgement]:
        """None."""
        return iter(())

    def faults(self) -> Iterator[RecordError]:
        """None."""
        return iter(())


@dataclass(frozen=True)
class Wrapped:
    """What a source that changes the documents of another one takes over from it.

    Args:
        source: The other one.
    """

    source: Source

    @property
    def name(self) -> str:
        """The source's."""
        return self.source.name

    def documents(self) -> Iterator[Item]:
        """The source's."""
        return self.source.documents()

    def sections(self) -> Iterator[Section]:
        """The source's."""
        return self.source.sections()

    def judgements(self) -> Iterator[Judgement]:
        """The source's."""
        return self.source.judgements()

    def faults(self) -> Iterator[RecordError]:
        """The source's."""
        return self.source.faults()

    def count(self) -> int | None:
        """The source's."""
        return self.source.count()

    def in_languages(self, languages: frozenset[str] | None) -> Self:
        """The same over the source with captions in other languages."""
        return replace(self, source=self.source.in_languages(languages))


Item = ImageDocument | RecordError | LeftOut
"""What ``Source.documents`` yields."""


@runtime_checkable
class Captioned(Protocol):
    """A source that finds captions by rules (``CAPTION_RULES``), and knows which sections are no topics."""

    def captioned(self) -> Iterator[tuple[Item, tuple[str, ...]]]:
        """The items of ``documents``, each with the name of the rule that found each of its captions; "" for none."""

    def galleries(self) -> Iterator[str]:
        """The ids of sections that show many images and say little."""


def captioned(source: Source) -> Iterator[tuple[Item, tuple[str, ...]]]:
    """The items of a source, each with the name of the rule that found each of its captions; "" for none."""
    if isinstance(source, Captioned):
        yield from source.captioned()
        return
    for item in source.documents():
        yield item, ("",) * len(item.captions) if isinstance(item, ImageDocument) else ()


def narrowed(document: ImageDocument, languages: frozenset[str] | None) -> ImageDocument | LeftOut:
    """Keep a document's captions in these languages, and those of unknown language.

    Args:
        document: A document with captions in any language.
        languages: ISO 639-1 codes; "pt" includes "pt-br". None for all languages.
    """
    if languages is None or not document.captions:
        return document
    kept = tuple(
        caption
        for caption in document.captions
        if not caption.language or caption.language in languages or caption.language.split("-")[0] in languages
    )
    if not kept:
        return LeftOut(document.id, "language")
    return document if len(kept) == len(document.captions) else replace(document, captions=kept)
