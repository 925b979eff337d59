"""Reasons to doubt an answer: the query is in another language, or the model knows no word of it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlsr_es.languages import names_of, other_language
from mlsr_es.words import FUNCTION_WORDS, content_stems

if TYPE_CHECKING:
    from mlsr_es.suggestion.request import Request
    from mlsr_es.suggestion.suggest import Suggestions

_SHOWN_PIECES = 6

_ENGLISH_PART = 3
"""A text of which more than one word in so many is an English function word is English."""

_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Doubts:
    """Reasons to doubt an answer.

    Args:
        language: The English name of the query's language, if the model surely reads others only; else "".
        read: The names of the languages that the model reads; "" where ``language`` is.
        pieces: The query's words with their word pieces, if the model knows no word of the query and no caption shown
            has one; else empty.
    """

    language: str = ""
    read: str = ""
    pieces: Mapping[str, tuple[str, ...]] | None = None

    def __bool__(self) -> bool:
        return bool(self.language or self.pieces)

    def __str__(self) -> str:
        """One sentence a doubt; "" without any."""
        told = []
        if self.language:
            told.append(f"The query seems to be {self.language}, the model reads {self.read}: matches are by chance.")
        if self.pieces:
            parts = list(dict.fromkeys(piece for pieces in self.pieces.values() for piece in pieces))
            shown = ", ".join(parts[:_SHOWN_PIECES]) + (", ..." if len(parts) > _SHOWN_PIECES else "")
            told.append(f"No word of the query is known, or in a caption shown: it matches by pieces only ({shown}).")
        return "\n".join(told)


def doubts_about(found: Suggestions) -> Doubts:
    """Find reasons to doubt an answer. The first call in another language loads the detector, which takes seconds.

    A query whose words are all in the vocabulary is not examined further, so most searches cost nothing here.
    """
    request = found.request
    content = {word: pieces for word, pieces in request.cut.items() if _is_content(word)}
    split = {word: pieces for word, pieces in content.items() if len(pieces) > 1}
    if not split and request.text.isascii():
        return Doubts()
    language = "" if _is_plainly_english(request) else other_language(request.text, request.languages)
    unknown = bool(split) and len(split) == len(content) and _shown(found).isdisjoint(_stems(content))
    return Doubts(language, names_of(request.languages) if language else "", split if unknown else None)


def _shown(found: Suggestions) -> set[str]:
    """The stems of the captions that are shown."""
    return {stem for image in found.images for stem in _stems((*image.captions, *image.described.values()))}


def _is_plainly_english(request: Request) -> bool:
    """Whether the model reads English and the query has its function words: the detector need not be loaded for it.

    Run: that spares it for 44 % of the English texts of up to four words and for 86 % of those above twenty, and 2 % of
    the captions that are found to be in other languages are no longer found.
    """
    found = _WORD.findall(request.text.lower())
    return "en" in request.languages and sum(word in FUNCTION_WORDS for word in found) > len(found) / _ENGLISH_PART


def _is_content(word: str) -> bool:
    return word not in FUNCTION_WORDS and any(character.isalnum() for character in word)


def _stems(texts: Iterable[str]) -> set[str]:
    """The stems of texts without accents, as the vocabulary has words."""
    plain = (unicodedata.normalize("NFD", text) for text in texts)
    return {stem for text in plain for stem in content_stems("".join(c for c in text if not unicodedata.combining(c)))}
