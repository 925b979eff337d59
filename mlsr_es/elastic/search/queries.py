"""Search requests: pure functions from weights to the JSON that Elasticsearch takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from mlsr_es.collection import Section
from mlsr_es.elastic.mapping import TermField, cut, names_in, stored_weights
from mlsr_es.elastic.search.strategy import Strategy
from mlsr_es.errors import QueryError
from mlsr_es.hybrid import STEMS, Hybrid
from mlsr_es.vectors import term_of

_ROOM = 64
"""One clause in so many stays free: the filter of an alias or of a role counts too, unseen from here."""

_BOOST_DIGITS = 6


@dataclass(frozen=True, slots=True)
class WordClauses:
    """The BM25 part of a query: each word's BM25 score, times its weight, is added to the dot product.

    Args:
        words: Word to weight, each above 0; the field's own analyser reads the words.
        weight: Of the whole part, at least 0.
        field: A text field.
    """

    words: Mapping[str, float]
    weight: float = 1.0
    field: str = "caption_all"

    @classmethod
    def of(cls, hybrid: Hybrid, section: Section) -> Self:
        """What BM25 adds for a section."""
        return cls(hybrid.word_weights(section), hybrid.weight, hybrid.field)

    def clauses(self) -> list[dict[str, Any]]:
        """A ``match`` clause a word, heaviest first."""
        heaviest_first = sorted(self.words.items(), key=lambda item: (-item[1], item[0]))
        return [
            {"match": {self.field: {"query": word, "boost": round(self.weight * weight, _BOOST_DIGITS)}}}
            for word, weight in heaviest_first
        ]


def build_query(
    weights: Mapping[str, float],
    *,
    size: int,
    text: WordClauses | None = None,
    field: TermField = TermField(),
    strategy: Strategy = Strategy(),
    source: Mapping[str, Any] | bool | None = None,
) -> dict[str, Any]:
    """The body of a search whose score is the dot product of query and document, plus the BM25 of words.

    Args:
        weights: Feature name to query weight, each finite and above 0; may be empty where there are words.
        size: How many hits are wanted.
        text: What BM25 adds; None for nothing.
        field: The field with the stored weights.
        strategy: How it is executed.
        source: What of their documents the hits bring, as Elasticsearch takes it; None for all but what only queries
            need: weights and stems.

    Raises:
        QueryError: Neither a term nor a word has a weight.
    """
    words = text.clauses() if text else []
    if not weights and not words:
        raise QueryError("the query has no term that the index could know.", advice="Say it in other words.")
    finding, ranking = strategy.split(stored_weights(weights))
    # What BM25 adds always finds images: how much a word weighs is known to the cluster alone.
    # Who pastes it and adds a filter would without a least number of matches get hits by the filter alone.
    body = {
        "query": {"bool": {"should": [*field.clauses(finding), *words], "minimum_should_match": 1}},
        "size": size,
        "track_total_hits": not strategy.dynamic,
        "_source": {"excludes": [field.path, STEMS]} if source is None else source,
    }
    if ranking and strategy.window is not None:
        # A hit behind the window would lack the other terms' share of its score.
        body["rescore"] = _rescore(field.clauses(ranking), max(strategy.window, size))
    return body


def _rescore(clauses: Sequence[Mapping[str, Any]], window: int) -> dict[str, Any]:
    """Adds these clauses' scores to those of the best hits."""
    return {"window_size": window, "query": {"rescore_query": {"bool": {"should": list(clauses)}}}}


@dataclass(frozen=True, slots=True)
class Dropped:
    """What a cluster's clause limit left no room for, heaviest first.

    Args:
        terms: Word pieces of the vocabulary.
        words: Of the BM25 part; all of them are dropped before the first term that finds images is.
    """

    terms: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


def lightened(body: Mapping[str, Any], limit: int) -> tuple[dict[str, Any], Dropped]:
    """A search of ``build_query`` with as many of its heaviest terms, then words, as a cluster's clause limit allows.

    The limit holds for each phase: where there are two, terms for which the first has no room rank in the second.

    Args:
        body: Of ``build_query``; it is not changed.
        limit: The clauses that the cluster allows in a query, at least 1.

    Returns:
        The lighter body, and what was dropped.
    """
    query = body["query"]["bool"]
    room = max(1, limit - limit // _ROOM)
    kept, left = cut(query["should"], room)
    lighter = {**body, "query": {"bool": {**query, "should": kept}}}
    terms = [clause for clause in left if names_in([clause])]
    if second := body.get("rescore"):
        ranking, terms = cut([*terms, *second["query"]["rescore_query"]["bool"]["should"]], room)
        lighter["rescore"] = _rescore(ranking, second["window_size"])
    words = [match["query"] for clause in left if "match" in clause for match in clause["match"].values()]
    return lighter, Dropped(tuple(map(term_of, names_in(terms))), tuple(words))
