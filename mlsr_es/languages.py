"""Which language a text is in, where that is sure: the detector is a package of the extra ``languages``."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lingua import LanguageDetector

_LATIN = ("ca", "cs", "da", "de", "en", "es", "fr", "it", "nl", "pl", "pt", "sv")
_OTHER_SCRIPTS = ("ar", "bn", "el", "gu", "he", "hi", "hy", "ja", "ka", "ko", "pa", "ru", "ta", "te", "th", "uk", "zh")

DETECTED = tuple(sorted((*_LATIN, *_OTHER_SCRIPTS)))
"""ISO 639-1 codes of the languages that are told apart.

A language of Latin script costs memory and time at every first use. These take 350 MB and 2.4 s; with Finnish,
Hungarian, Norwegian, Romanian and Turkish it is 520 MB and 3.4 s, and a text in one of these five may be told to be in
another. One of another script costs something only once a text has that script. The detector's low accuracy mode takes
40 MB, and has 611 false alarms in 9,955 English texts where this one has 4."""

_SURE, _SURE_OF_FEW = 5.0, 12.0
"""How many times likelier than the model's language another one has to be, and the same for at most ``_FEW`` words.

Run on 9,955 English texts (short queries, titles and their pairs of words, texts and whole sections of two manuals and
the sample, captions of Tux Paint's stamps): four are taken for others, "A sombrero.", a list of menu names, and a list
of authors twice. Of the stamps' captions in German, French, Spanish, Italian and Dutch, those of two and three words
exceed it in 48 % of all cases, of four and five words in 77 %, of six to eight in 93 %, longer ones in 98 %; 4 % of
those found are given the name of another language."""

_FEW = 3

_ADDRESS = re.compile(r"\S+[./]\S+")
"""Addresses and names of files, which are in no language."""

_LEAST = 2
"""One word, such as "Gamma" or "Metadata", is in many languages."""


def is_detected(languages: Collection[str]) -> bool:
    """Whether texts in other languages than these are found: the extra is installed, and it knows one of them.

    Args:
        languages: ISO 639-1 codes; empty for all languages, so that no text is in another one.
    """
    return bool(set(languages) & set(DETECTED)) and find_spec("lingua") is not None


def load_detector() -> None:
    """Load the detector now, if the extra is installed: a process that lives long should not do so during a request.

    A letter such as "ö" would rule languages out, and those would be loaded later.
    """
    if find_spec("lingua") is not None:
        _detector().compute_language_confidence_values("two words")


def other_language(text: str, languages: Collection[str]) -> str:
    """Find out whether a text is in another language than these.

    Args:
        text: A text of any length.
        languages: ISO 639-1 codes of the languages that a model reads.

    Returns:
        The English name of the text's language; "" if it is one of these, or if that is not sure.
    """
    plain = _ADDRESS.sub(" ", text)
    words = {word for word in plain.casefold().split() if any(map(str.isalpha, word))}
    if not is_detected(languages) or (len(words) < _LEAST and _is_latin(plain)):
        return ""
    likely = {found.language: found.value for found in _detector().compute_language_confidence_values(plain)}
    other = max(likely, key=lambda language: likely[language])
    own = max(value for language, value in likely.items() if _code(language) in languages)
    sure = likely[other] > own * (_SURE if len(words) > _FEW else _SURE_OF_FEW)
    return str(other.name).title() if sure and _code(other) not in languages else ""


def other_languages(texts: Iterable[str], languages: Collection[str]) -> Counter[str]:
    """Count the texts that are surely in another language than these, by the name of their language."""
    found = (other_language(text, languages) for text in texts)
    return Counter(name for name in found if name)


def names_of(languages: Iterable[str]) -> str:
    """The English names of languages, for messages; needs the extra."""
    from lingua import Language

    known = {_code(language): str(language.name).title() for language in Language.all()}
    return ", ".join(known.get(code, code) for code in languages)


def _is_latin(text: str) -> bool:
    """Whether all letters are Latin; others tell the language by themselves."""
    return all(unicodedata.name(letter, "").startswith("LATIN") for letter in text if letter.isalpha())


@cache
def _detector() -> LanguageDetector:
    from lingua import Language, LanguageDetectorBuilder

    detected = [language for language in Language.all() if _code(language) in DETECTED]
    return LanguageDetectorBuilder.from_languages(*detected).build()


def _code(language: Any) -> str:
    return str(language.iso_code_639_1.name).lower()
