"""What every source is: documents, sections and judgements, read lazily and in the same order each time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from mlsr_es.collection import ImageDocument, Judgement, Section
from mlsr_es.errors import RecordError


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An image that a rule leaves out; nothing is wrong with it.

    Args:
        id: The image id that it would have.
        rule: One of the names in ``RULES``.
    """

    id: str
    rule: str


RULES = {
    "admonition": "the icon of a note, a tip or a warning",
    "callout": "a number or a mark that points into a listing",
    "embedded": "inside the page as a data URI: it has no file that could be shown",
    "icon": "small: at most 48 pixels on its longest side, or at most 64 high within a line of text",
    "language": "has captions, and none in a language that was asked for",
    "navigation": "in a page's navigation, table of contents, sidebar or footer",
    "remote": "on another host: nothing is fetched",
    "repeated": "on more than ten pages and on more than a tenth of all",
    "variant": "the same picture in another format, beside it under the same name",
}
"""Why an image is left out, by the name of the rule."""


class Source(Protocol):
    """A collection that can be read, as often as one likes, without holding it in memory."""

    @property
    def name(self) -> str:
        """The collection's name."""

    def documents(self) -> Iterator[ImageDocument | RecordError | LeftOut]:
        """The image documents, each id once, and in their places what is rejected and what is left out."""

    def sections(self) -> Iterator[Section]:
        """The sections, without those that are bad: ``faults`` has them."""

    def judgements(self) -> Iterator[Judgement]:
        """Which images belong in which sections, without lines that are bad: ``faults`` has them."""

    def faults(self) -> Iterator[RecordError]:
        """What is bad among sections and judgements."""

    def count(self) -> int | None:
        """How many items ``documents`` will yield, where that is cheap to say."""

    def in_languages(self, languages: frozenset[str] | None) -> Source:
        """The same collection with captions in these languages, whichever this one has; what was read is shared.

        Args:
            languages: ISO 639-1 codes, as ``narrowed`` takes them; None for all captions.
        """


def narrowed(document: ImageDocument, languages: frozenset[str] | None) -> ImageDocument | LeftOut:
    """The document with the captions that are wanted: of these languages, or of none that is known.

    Args:
        document: With captions in any language.
        languages: ISO 639-1 codes; "pt" takes "pt-br" too. None for all.
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
