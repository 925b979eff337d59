"""What may be asked of a search beside its query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mlsr_es.elastic.search import WINDOW, Strategy, check_own, check_page
from mlsr_es.hybrid import check_hybrid
from mlsr_es.suggestion.adjusting import Adjustment
from mlsr_es.suggestion.picking import AMONG, Picking


@dataclass(frozen=True, slots=True)
class SuggestOptions:
    """What may be asked of a search beside its query.

    Args:
        size: How many images are wanted, at least 1.
        start: How many of the best are passed over.
        filters: Field to values: an image has one of them in each of the fields.
        clauses: Clauses of Elasticsearch's query language that every image has to match.
        exclude: The ids of images that are left out, such as those that a page has already.
        collapse: A field of which each value is shown once, by its best image; "" for none.
        distinct: Whether copies are shown once, by the best of them: pictures that look alike; where that is not known,
            images with the same captions.
        diverse: How much images are to differ from those that are shown before them: from 0, not at all, to 1.
        highlight: Whether the images bring their captions with the query's words marked.
        own: A search body of the user's own, put together with the query; None for none.
        hybrid: What BM25 adds to the scores: ``auto`` for what the index says, ``FIELD:WEIGHT``, or "" for nothing.
        adjustment: Words that count more, less or not at all.
        strategy: How the cluster executes the query, as ``Strategy.parse`` reads it; "" for what suits the index.
        explain: Whether each image comes with what its terms contributed.
        thumbnails: Whether the images bring their small pictures.
        allow_partial: Whether an answer counts that lacks some shards, or ran out of time; else it is an error.

    Raises:
        InputError: One of them cannot be asked, whatever the index.
    """

    size: int = 10
    start: int = 0
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    clauses: Sequence[Mapping[str, Any]] = ()
    exclude: Sequence[str] = ()
    collapse: str = ""
    distinct: bool = False
    diverse: float = 0.0
    highlight: bool = False
    own: Mapping[str, Any] | None = None
    hybrid: str = ""
    adjustment: Adjustment = Adjustment()
    strategy: str = ""
    explain: bool = False
    thumbnails: bool = False
    allow_partial: bool = False

    def __post_init__(self) -> None:
        check_page(self.start, self.size)
        if self.own is not None:
            check_own(self.own)
        check_hybrid(self.hybrid)
        Picking(diverse=self.diverse)
        if self.strategy:
            Strategy.parse(self.strategy)

    @property
    def all_clauses(self) -> tuple[Mapping[str, Any], ...]:
        """All that an image has to match, as Elasticsearch takes it."""
        excluded = [{"bool": {"must_not": {"ids": {"values": list(self.exclude)}}}}] if self.exclude else []
        return (*self.clauses, *(_clause(name, values) for name, values in self.filters.items()), *excluded)

    @property
    def looked_at(self) -> int:
        """How many of the best hits are asked for: more than are shown where some of them may be left out."""
        wanted = self.start + self.size
        return max(wanted, min(WINDOW, AMONG * wanted)) if self.picking.is_needed else wanted

    @property
    def picking(self) -> Picking:
        """Which of the hits are shown."""
        return Picking(self.start, self.size, self.distinct, self.diverse)

    @property
    def one_phase(self) -> bool:
        """Whether a query of two phases is refused, or would not rank the same."""
        return bool(self.collapse or self.own)

    @property
    def whole_fields(self) -> list[str]:
        """The fields of which whole values are compared."""
        return [*self.filters, *([self.collapse] if self.collapse else [])]


def _clause(name: str, values: Sequence[str]) -> Mapping[str, Any]:
    if isinstance(values, str) or len(values) == 1:
        return {"term": {name: values if isinstance(values, str) else values[0]}}
    return {"terms": {name: list(values)}}
