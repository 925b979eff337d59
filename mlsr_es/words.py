"""The words that BM25 reads in captions and sections, both on this machine and in a cluster."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from mlsr_es.collection import CaptionKind, ImageDocument, Section

Analyser = Callable[[str], list[str]]
"""Cuts a text into its words, in order."""

_LUCENE_ENGLISH = """a an and are as at be but by for if in into is it no not of on or such that the their then there
these they this to was will with"""

STOP_WORDS = frozenset(_LUCENE_ENGLISH.split())
"""Lucene's English stop words."""

_QUESTIONING = """am any anybody anyone anything aren because been being both can cannot could couldn did didn do
does doesn doing don each either else ever every from get gets had hadn has hasn have haven having he her here hers
herself him himself his how however i isn its itself just let lets ll may me might mine must my myself neither
nobody nor nothing now oh ok okay once only onto other others ought our ours ourselves please quite rather re
really s shall she should shouldn since so some somebody someone something somewhere still t than theirs them
themselves those though thus too until us ve very wasn we well were weren what whatever when whenever where
wherever whether which while who whoever whom whose why won would wouldn yes yet you your yours yourself yourselves"""

FUNCTION_WORDS = STOP_WORDS | frozenset(_QUESTIONING.split())
"""English words that say how a sentence is built, not what it is about: questions are full of them."""

FIELD_BOOSTS: Mapping[str, float] = MappingProxyType({"page_title": 8.0, "section_title": 4.0, "text": 1.0})
"""How many times a word counts, by the field of the section that holds it."""

SATURATION = 8.0
"""BM25's k3, by which repeated query words count less and less."""

_WORD = re.compile(r"\b\w\w+\b")

_SAID = (
    CaptionKind.TITLE,
    CaptionKind.ALT,
    CaptionKind.DESCRIPTION,
    CaptionKind.HEADING,
    CaptionKind.INTRODUCTION,
    CaptionKind.NAME,
)
_SEEN = (CaptionKind.LABEL, CaptionKind.GENERATED, CaptionKind.READ)


def caption_text(document: ImageDocument) -> str:
    """The words of an image that BM25 reads as one text: all caption components but attributions.

    Where a machine has seen something in the picture, what is said of it (by people, and by the file's name) stands in
    the text twice, and a word of what was seen once: screenshots repeat their words. In one text BM25's saturation
    weighs them better than any factor for a field of their own (docs/architecture.md, decision 38).
    """
    said, seen = (
        " ".join(caption.text for kind in kinds for caption in document.captions if caption.kind is kind)
        for kinds in (_SAID, _SEEN)
    )
    once = dict.fromkeys(words(seen))
    return " ".join((said, said, *once)) if once else said


def tokens(text: str) -> list[str]:
    """The words of a text in any language, in order, in lower case, without single characters."""
    return _WORD.findall(text.lower())


def words(text: str) -> list[str]:
    """The words of a text in order, in lower case, without stop words and single characters."""
    return [word for word in tokens(text) if word not in STOP_WORDS]


def stems(text: str) -> list[str]:
    """The words of a text without stop words, and with English endings cut off."""
    stemmed: list[str] = _stemmer().stemWords(words(text))
    return stemmed


def content_words(text: str) -> list[str]:
    """The words of a query in order, without function words, which would decide what a short question finds."""
    return [word for word in words(text) if word not in FUNCTION_WORDS]


def content_stems(text: str) -> list[str]:
    """The content words of a query, with English endings cut off."""
    stemmed: list[str] = _stemmer().stemWords(content_words(text))
    return stemmed


def word_weights(
    section: Section,
    *,
    boosts: Mapping[str, float] = FIELD_BOOSTS,
    k3: float = SATURATION,
    analyse: Analyser = words,
) -> dict[str, float]:
    """A section's words, weighted by the fields that hold them.

    A word's frequency f is the sum of its fields' boosts over its occurrences. Its weight is (k3 + 1) f / (k3 + f), as
    in BM25's own formula for queries, and is in (0, k3 + 1).

    Args:
        section: The query.
        boosts: From each field of the section to its boost; fields that are not named do not count.
        k3: How slowly repetitions saturate; above 0.
        analyse: Cuts a text into words.

    Returns:
        A mapping of word to weight, in the order of first occurrence, field by field as in ``boosts``.
    """
    frequencies: Counter[str] = Counter()
    for name, boost in boosts.items():
        for word in analyse(getattr(section, name)):
            frequencies[word] += boost  # type: ignore[assignment]
    return saturated(frequencies, k3)


def saturated(frequencies: Mapping[str, float], k3: float = SATURATION) -> dict[str, float]:
    """The weights of a query's words, (k3 + 1) f / (k3 + f), from their frequencies f."""
    return {word: (k3 + 1) * frequency / (k3 + frequency) for word, frequency in frequencies.items()}


@cache
def _stemmer() -> Any:
    import Stemmer

    return Stemmer.Stemmer("english")
