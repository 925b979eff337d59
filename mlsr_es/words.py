"""Words, as BM25 reads captions and sections: on this machine and in a cluster alike."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from mlsr_es.collection import CaptionKind, ImageDocument, Section

Analyser = Callable[[str], list[str]]
"""Text to its words, in order."""

_LUCENE_ENGLISH = """a an and are as at be but by for if in into is it no not of on or such that the their then there
these they this to was will with"""

STOP_WORDS = frozenset(_LUCENE_ENGLISH.split())
"""Lucene's English list."""

FIELD_BOOSTS: Mapping[str, float] = MappingProxyType({"page_title": 8.0, "section_title": 4.0, "text": 1.0})
"""How often a word counts, by the field of the section that it stands in."""

SATURATION = 8.0
"""BM25's k3: repeated query words count less and less."""

_WORD = re.compile(r"\b\w\w+\b")

_KINDS = (CaptionKind.TITLE, CaptionKind.ALT, CaptionKind.DESCRIPTION)


def caption_text(document: ImageDocument) -> str:
    """What BM25 reads of an image: figure title, alternative text and caption; not who made it."""
    return " ".join(caption.text for kind in _KINDS for caption in document.captions if caption.kind is kind)


def words(text: str) -> list[str]:
    """The words of a text in order, lower case, without stop words and single characters."""
    return [word for word in _WORD.findall(text.lower()) if word not in STOP_WORDS]


def stems(text: str) -> list[str]:
    """The words of a text without stop words, English endings cut off."""
    stemmed: list[str] = _stemmer().stemWords(words(text))
    return stemmed


def word_weights(
    section: Section,
    *,
    boosts: Mapping[str, float] = FIELD_BOOSTS,
    k3: float = SATURATION,
    analyse: Analyser = words,
) -> dict[str, float]:
    """A section's words, weighted by the fields that they stand in.

    A word's frequency f is the sum of its fields' boosts over its occurrences; its weight is (k3 + 1) f / (k3 + f),
    BM25's own formula for queries, which lies in (0, k3 + 1).

    Args:
        section: The query.
        boosts: Field of the section to boost; fields that are not named do not count.
        k3: How late repetitions saturate; above 0.
        analyse: Cuts a text into words.

    Returns:
        Word to weight, in the order of first occurrence by ``boosts``.
    """
    frequencies: Counter[str] = Counter()
    for name, boost in boosts.items():
        for word in analyse(getattr(section, name)):
            frequencies[word] += boost  # type: ignore[assignment]
    return {word: (k3 + 1) * frequency / (k3 + frequency) for word, frequency in frequencies.items()}


@cache
def _stemmer() -> Any:
    import Stemmer

    return Stemmer.Stemmer("english")
