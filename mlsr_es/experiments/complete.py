"""A collection as a study needs it: with images that every cell can read, and with captions as topics."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from mlsr_es.collection import ImageDocument, Judgement, Section
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


@dataclass(frozen=True)
class CaptionTopics(Wrapped):
    """A source without sections, whose captions are asked for the images that have them.

    An image's first caption is the query. Queries are split as pages are: a held-out caption is one that no image of
    the training has.

    Args:
        source: The source.
        languages: Of the captions that are searched, and of which the first is the query; None for all.
    """

    languages: frozenset[str] | None = None

    def documents(self) -> Iterator[Item]:
        """The documents with these captions; one that has none is left away."""
        for item in self.source.documents():
            searched = self._searched(item) if isinstance(item, ImageDocument) else item
            if searched is not None:
                yield searched

    def translations(self, language: str) -> Mapping[str, str]:
        """Query to the same in another language, for those whose image has a caption in it."""
        return self._translations.get(language, {})

    @cached_property
    def _translations(self) -> dict[str, dict[str, str]]:
        """Language to query to the first caption in that language: a study asks for many languages."""
        found: defaultdict[str, dict[str, str]] = defaultdict(dict)
        for item in self.source.documents():
            searched = self._searched(item) if isinstance(item, ImageDocument) else None
            if isinstance(item, ImageDocument) and searched:
                for language, text in {each.language: each.text for each in reversed(item.captions)}.items():
                    if text:
                        found[language].setdefault(searched.captions[0].text, text)
        return found

    def sections(self) -> Iterator[Section]:
        """One for each caption."""
        for caption in dict.fromkeys(caption for caption, _ in self._asked()):
            yield Section(id=caption, text=caption, page=caption)

    def judgements(self) -> Iterator[Judgement]:
        """Each image belongs to its caption."""
        for caption, image in self._asked():
            yield Judgement(caption, image)

    def _asked(self) -> Iterator[tuple[str, str]]:
        for item in self.documents():
            if isinstance(item, ImageDocument):
                yield item.captions[0].text, item.id

    def _searched(self, image: ImageDocument) -> ImageDocument | None:
        captions = tuple(
            caption for caption in image.captions if self.languages is None or caption.language in self.languages
        )
        return replace(image, captions=captions) if captions else None
