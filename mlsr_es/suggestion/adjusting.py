"""The user's own say in a query: words that count more, or less, and words that do not count."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Self

from mlsr_es.errors import InputError, QueryError
from mlsr_es.word_pieces import is_part

MOST = 1_000.0
"""The largest factor; the smallest is one by it. Beyond, the word alone would be the query."""

_NEAR = 3

_AS_IN = f"As in --boost layer=2, with a factor of {1 / MOST:g} to {MOST:,.0f}."

Parts = Callable[[str], Collection[str]]
"""A word to what it is called in a query: its word pieces, or the words of BM25; none where there it is unknown."""


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What is to be different from what the model says.

    A word is known to a query by its word pieces. Those that have a weight are multiplied; where none has, all are
    added, and share the mean weight of the query's terms times the factor. A vetoed word's pieces are left out,
    whatever else of the query they belong to.

    Args:
        boosts: Word to factor, each from 1 / ``MOST`` to ``MOST``.
        vetoes: Words.
    """

    boosts: Mapping[str, float] = field(default_factory=dict)
    vetoes: Sequence[str] = ()

    def __post_init__(self) -> None:
        for word, factor in self.boosts.items():
            if not 1 / MOST <= factor <= MOST:
                raise InputError(f"the factor of {word!r} is not from {1 / MOST:g} to {MOST:,.0f}.", advice=_AS_IN)

    @classmethod
    def parse(cls, boosts: Sequence[str], vetoes: Sequence[str]) -> Self:
        """From ``WORD=FACTOR`` each, and words, as the user types them.

        Raises:
            InputError: One is something else, or a word is both boosted and vetoed.
        """
        factors = {}
        for given in boosts:
            word, _, number = given.rpartition("=")
            factor = _number(number)
            if not word.strip() or not 1 / MOST <= factor <= MOST:
                raise InputError(f"--boost takes WORD=FACTOR, not {given!r}.", advice=_AS_IN)
            factors[word.strip()] = factor
        unwanted = tuple(word.strip() for word in vetoes)
        if not all(unwanted):
            raise InputError("--veto has no word.", advice="As in --veto layer.")
        if both := factors.keys() & set(unwanted):
            raise InputError(f"{min(both)!r} is boosted and vetoed.", advice="Choose one.")
        return cls(factors, unwanted)

    def __bool__(self) -> bool:
        return bool(self.boosts or self.vetoes)

    def of(self, weights: Mapping[str, float], parts: Parts) -> dict[str, float]:
        """A query's weights with these changes, heaviest first.

        Args:
            weights: Term, or word of BM25, to weight.
            parts: What a word is called among them.
        """
        changed = {**weights}
        mean = sum(weights.values()) / len(weights) if weights else 1.0
        for word, factor in self.boosts.items():
            called = parts(word)
            there = [part for part in called if part in weights]
            changed |= {part: changed[part] * factor for part in there} or {
                part: mean * factor / len(called) for part in called
            }
        gone = {part for word in self.vetoes for part in parts(word)}
        return dict(sorted(((part, each) for part, each in changed.items() if part not in gone), key=lambda it: -it[1]))


@dataclass(frozen=True, slots=True)
class Added:
    """A boosted word that the query did not have.

    Args:
        word: As it was typed.
        terms: Its word pieces and the weight that each was given.
        near: Words of the query that look like it, the likest first: one may have been meant.
    """

    word: str
    terms: Mapping[str, float]
    near: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Adjusted:
    """A query with the user's changes.

    Args:
        terms: Term to weight, heaviest first.
        words: Word of BM25 to weight, heaviest first; None without it.
        added: Boosted words that the query did not have.
    """

    terms: Mapping[str, float]
    words: Mapping[str, float] | None
    added: tuple[Added, ...] = ()


def adjusted(
    adjustment: Adjustment,
    terms: Mapping[str, float],
    words: Mapping[str, float] | None = None,
    *,
    said: Mapping[str, float],
    pieces: Parts,
    cut: Parts,
) -> Adjusted:
    """A query with the user's changes.

    Args:
        adjustment: What is wanted.
        terms: The query's, term to weight.
        words: Those of BM25, word to weight; None without it.
        said: The query's words as people read them, each with its weight, heaviest first: named in messages.
        pieces: A word to its word pieces.
        cut: A word to those of BM25.

    Raises:
        QueryError: A boosted word is unknown to the model, a vetoed one is not in the query, or nothing is left.
    """
    everything = {**said, **(words or {})}
    for word in adjustment.boosts:
        if not pieces(word):
            raise QueryError(
                f"the model knows no part of {word!r}, which was to be boosted.", advice=_instead(word, everything)
            )
    for word in adjustment.vetoes:
        if terms.keys().isdisjoint(pieces(word)) and (words or {}).keys().isdisjoint(cut(word)):
            raise QueryError(f"the query has no {word!r} to veto.", advice=_instead(word, everything))
    left = adjustment.of(terms, pieces)
    left_words = adjustment.of(words, cut) if words is not None else None
    if not left and not left_words:
        raise QueryError("the vetoes leave nothing of the query.", advice="Veto fewer words.")
    new = {word: called for word in adjustment.boosts if terms.keys().isdisjoint(called := pieces(word))}
    added = (
        Added(word, {term: left[term] for term in called if term in left}, near(word, everything))
        for word, called in new.items()
    )
    return Adjusted(left, left_words, tuple(added))


def near(word: str, weights: Mapping[str, float]) -> tuple[str, ...]:
    """The words that look like a word, the likest first; parts of words are none."""
    whole = [each for each in weights if not is_part(each)]
    return tuple(get_close_matches(word.lower(), whole, _NEAR))


def _instead(word: str, weights: Mapping[str, float]) -> str:
    if found := near(word, weights):
        return f"Was {' or '.join(found)} meant?"
    heaviest = [each for each in weights if not is_part(each)][: 2 * _NEAR]
    return f"The query has, heaviest first: {', '.join(heaviest)}." if heaviest else ""


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
