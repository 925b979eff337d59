"""What keeps an image from being shown, and how that is said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import orjson

from mlsr_es.elastic.search import SearchRank, Strategy
from mlsr_es.suggestion.request import Request


class Reason(StrEnum):
    """What keeps an image from being shown; the first that holds."""

    UNREFRESHED = "unrefreshed"
    """It was written, and no refresh has made it searchable yet, or an alias' own filter hides it."""

    FILTERED = "filtered"
    """A filter of the search leaves it out."""

    WITHOUT_WEIGHTS = "without-weights"
    """It has no term weights at all."""

    UNMATCHED = "unmatched"
    """It has none of the query's terms."""

    LEFT_OUT = "left-out"
    """It has terms of the query, and the strategy does not ask for them, or for too few in the first phase."""

    COLLAPSED = "collapsed"
    """Another image of the same page, or what is collapsed by, is shown in its place."""

    OUTRANKED = "outranked"
    """It matches, and others score higher."""

    SHOWN = "shown"
    """Nothing: it is among the hits."""


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why an image is not among the hits.

    Args:
        request: The search.
        id: The image's id.
        reason: Why.
        rank: Where the image stands in the search, without the filters that leave it out; None where it matches
            nothing.
        whole: Where it stands when all of the query's terms are asked; the same under an exact strategy, and in two
            phases, where what the first one misses counts all the same.
        last: The score of the last image that is shown; None where fewer are found than are wanted.
        terms: Word piece to what it contributed, heaviest first; with ``bm25`` they add up to the score of
            ``rank``, or of ``whole`` where that is None.
        bm25: What BM25 contributed; None where it was not asked.
        missing: The query's terms that the image lacks, term to query weight, heaviest first.
        unasked: Terms that it has and the strategy does not ask for.
        excluding: The filters that leave it out.
        source: The stored document without its weights; None where searches do not see it.
        captions: Its texts.
        shown_instead: The id of the one that it is collapsed into; "" for none.
    """

    request: Request
    id: str
    reason: Reason
    rank: SearchRank | None = None
    whole: SearchRank | None = None
    last: float | None = None
    terms: Mapping[str, float] | None = None
    bm25: float | None = None
    missing: Mapping[str, float] | None = None
    unasked: tuple[str, ...] = ()
    excluding: tuple[Mapping[str, Any], ...] = ()
    source: Mapping[str, Any] | None = None
    captions: tuple[str, ...] = ()
    shown_instead: str = ""

    @property
    def wanted(self) -> int:
        """How many hits the search shows, those that it passes over among them."""
        return int(self.request.body["size"])

    @property
    def strategy(self) -> Strategy:
        """How the search is executed."""
        return self.request.strategy

    @property
    def sentence(self) -> str:
        """What keeps it from being shown, and where it stands, in words."""
        match self.reason:
            case Reason.UNREFRESHED:
                told = "It is in the index, and searches do not see it: it waits for a refresh, or an alias hides it."
            case Reason.FILTERED:
                filters = "filter" if len(self.excluding) == 1 else "filters"
                place = f" Without that it would be number {self.rank.rank:,}." if self.rank else ""
                told = f"It is left out by the {filters} {' and '.join(map(_as_text, self.excluding))}.{place}"
            case Reason.WITHOUT_WEIGHTS:
                told = "It has no term weights: the model gave it none, or it was never encoded."
            case Reason.UNMATCHED:
                told = "It has none of the query's terms."
            case Reason.LEFT_OUT:
                place = f" With all terms it would be number {self.whole.rank:,}." if self.whole else ""
                told = f"The strategy {self.strategy} does not reach it.{place}"
            case Reason.COLLAPSED:
                told = f"{self.shown_instead} is shown in its place: it has the same value and a higher score."
            case Reason.OUTRANKED:
                told = self._outranked
            case Reason.SHOWN:
                told = f"It is shown, as number {self.rank.rank:,}." if self.rank else "It is shown."
        return told

    @property
    def _outranked(self) -> str:
        own = self.rank
        if own is None:
            return ""
        among = "the one that is shown" if self.wanted == 1 else f"the last of the {self.wanted:,} that are shown"
        last = f"; {among} has {self.last:.2f}" if self.last is not None else ""
        tied = f", level with {own.tied - 1:,} more" if own.tied > 1 else ""
        return f"It is number {own.rank:,}{tied} of {own.matching:,} that match, with a score of {own.score:.2f}{last}."


def _as_text(clause: Mapping[str, Any]) -> str:
    """A filter as it was given."""
    (kind, asked), *others = clause.items()
    if kind in {"term", "terms"} and not others and len(asked) == 1:
        ((field, value),) = asked.items()
        return " or ".join(f"{field}={each}" for each in (value if isinstance(value, list) else [value]))
    return orjson.dumps(clause).decode()
