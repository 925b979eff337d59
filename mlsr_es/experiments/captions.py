"""What of its captions an image has in a cell: components by kind, and their words by class."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import Annotated, Any, Literal

from mlsr_es.collection import Caption, CaptionKind, ImageDocument
from mlsr_es.extras import extra
from mlsr_es.settings import TomlTable
from mlsr_es.sources import Item, Wrapped, narrowed
from mlsr_es.words import STOP_WORDS

with extra("research"):
    from pydantic import Field

Kind = Annotated[CaptionKind, Field(strict=False)]
"""A kind of caption component, by its name in a TOML file."""

_WORD = re.compile(r"\w+")
_NOUNS = ("NN", "NP")
"""The first letters of nouns' and names' tags in the CLAWS 5 tag set."""


class Captions(TomlTable):
    """Which caption components there are, and which of their words."""

    kinds: list[Kind] = Field(default=[], description="the caption components; default: all that the recipe reads")
    languages: list[str] = Field(default=[], description="ISO 639-1 codes; default: all")
    words: Literal["all", "content", "nouns"] = Field(
        default="all", description="content: without stop words and punctuation; nouns: by a part-of-speech tagger"
    )

    def of(self, document: ImageDocument) -> ImageDocument:
        """The document with these captions alone; a component without such words is left out."""
        spoken = narrowed(document, frozenset(self.languages) or None)
        there = spoken.captions if isinstance(spoken, ImageDocument) else ()
        chosen = (one for one in there if not self.kinds or one.kind in self.kinds)
        kept = _WORDS[self.words]
        captions = (Caption(kept(one.text), one.kind, one.language) for one in chosen)
        return replace(document, captions=tuple(one for one in captions if one.text))

    def __str__(self) -> str:
        """As in a table: ``title, alt; in de; nouns alone``."""
        kinds = ", ".join(self.kinds) or "all components"
        languages = f"in {', '.join(self.languages)}" if self.languages else ""
        return "; ".join(part for part in (kinds, languages, _SAID[self.words]) if part)


@dataclass(frozen=True)
class Limited(Wrapped):
    """A source whose images have other captions than their own.

    Args:
        source: The source.
        captions: The captions that they have.
    """

    captions: Captions

    def documents(self) -> Iterator[Item]:
        """The source's documents with these captions; rejected and left-out records are passed on."""
        for item in self.source.documents():
            yield self.captions.of(item) if isinstance(item, ImageDocument) else item


def _content(text: str) -> str:
    return " ".join(word for word in _WORD.findall(text) if word.lower() not in STOP_WORDS)


def _nouns(text: str) -> str:
    tagged = _tagger().tag_sent(_WORD.findall(text))
    return " ".join(word for word, _, tag in tagged if tag.startswith(_NOUNS))


@cache
def _tagger() -> Any:
    """The Hanover Tagger, whose English model is in its package."""
    with extra("research"):
        from HanTa.HanoverTagger import HanoverTagger
    return HanoverTagger("morphmodel_en.pgz")


_WORDS: Mapping[str, Callable[[str], str]] = MappingProxyType({"all": str, "content": _content, "nouns": _nouns})
_SAID: Mapping[str, str] = MappingProxyType(
    {"all": "", "content": "without stop words and punctuation", "nouns": "nouns alone"}
)
