"""Searching, and what the hits say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from mlsr_es.elastic.client import PASSING, address_of, reason, refusal, translated
from mlsr_es.elastic.search.queries import Dropped, lightened
from mlsr_es.elastic.search.request_options import RequestOptions, with_request_options
from mlsr_es.errors import MlsrError, or_error
from mlsr_es.vectors import quantised, term_of

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

_CLAUSE_LIMIT = re.compile(r"maxClauseCount is set to (\d+)")

_SEARCHES_AT_ONCE = 50
"""In one request: 2.5 times the searches a second of one at a time; more gain nothing."""


@dataclass(frozen=True)
class Hit:
    """One image that was found.

    Args:
        id: The image's id.
        score: The dot product of the query's weights and the stored ones, plus what BM25 adds.
        source: The stored document, as far as it was asked for.
        beside: What else the cluster says of it: ``highlight``, ``fields``, ``inner_hits``...
        index: The concrete index that holds it.
    """

    id: str
    score: float
    source: dict[str, Any]
    beside: Mapping[str, Any] = field(default_factory=dict)
    index: str = ""

    def weights(self, field: str) -> dict[str, float]:
        """Its stored weights, feature name to weight, as a field beside the document or in it; empty if not asked for.

        Args:
            field: The path of the field that holds them.
        """
        return weights_beside(self.beside, field) or weights_in(self.source, field)


@dataclass(frozen=True)
class Search:
    """A search, for ``search_many``; the arguments are those of ``search``."""

    body: Mapping[str, Any]
    exact: Mapping[str, Any] | None = None
    request_options: RequestOptions = RequestOptions()


@dataclass(frozen=True, slots=True)
class Partial:
    """What an answer lacks.

    Args:
        failed: How many shards failed.
        shards: How many were asked.
        timed_out: Whether some had no time to look at all of their images.
        reason: Why the first shard failed, in the cluster's words; "" where none did.
    """

    failed: int
    shards: int
    timed_out: bool
    reason: str = ""

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> Partial | None:
        """From the answer of a cluster; None where it is whole."""
        shards = raw.get("_shards", {})
        failed, timed_out = shards.get("failed", 0), bool(raw.get("timed_out"))
        if not failed and not timed_out:
            return None
        failures = shards.get("failures") or [{}]
        return cls(failed, shards.get("total", failed), timed_out, failures[0].get("reason", {}).get("reason") or "")

    def __str__(self) -> str:
        parts = [f"{self.failed} of {self.shards} shards failed"] if self.failed else []
        parts += ["the time for it ran out"] if self.timed_out else []
        return f"the answer is partial: {' and '.join(parts)}{f' ({self.reason})' if self.reason else ''}"


@dataclass(frozen=True)
class Answer:
    """What a search gave.

    Args:
        hits: Best first.
        total: How many images match at all; None where that was not counted.
        took_ms: The cluster's own time, in milliseconds.
        dropped_terms: Query terms left out because the cluster allows fewer, heaviest first.
        dropped_words: Words of the BM25 part that were left out for the same reason, before any term was.
        asked_again: It is the answer to the exact search that ``search`` had in reserve.
        aggregations: Of the user's own search body.
        partial: What it lacks, where that was allowed; None for a whole answer.
    """

    hits: list[Hit]
    total: int | None
    took_ms: int
    dropped_terms: tuple[str, ...] = ()
    dropped_words: tuple[str, ...] = ()
    asked_again: bool = False
    aggregations: Mapping[str, Any] = field(default_factory=dict)
    partial: Partial | None = None


def search(
    client: Elasticsearch,
    index: str,
    body: Mapping[str, Any],
    *,
    exact: Mapping[str, Any] | None = None,
    request_options: RequestOptions = RequestOptions(),
) -> Answer:
    """Send a search of ``build_query``; where it has too many terms for the cluster, once more without the lightest.

    Args:
        client: Of ``connect``.
        index: An index or alias.
        body: Of ``build_query``.
        exact: The same search under an exact strategy, where that of ``body`` is none: it is sent where ``body`` finds
            fewer images than it wants, because its few terms match no more.
        request_options: What stands around the query.

    Raises:
        IndexMismatchError: The index does not exist.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    return _alone(client, index, Search(body, exact, request_options))


def search_many(
    client: Elasticsearch,
    index: str,
    searches: Iterable[Search],
) -> Iterator[Answer]:
    """Send many searches, some at a time in one request; the answers come in their order, as they are consumed.

    Args:
        client: Of ``connect``.
        index: An index or alias.
        searches: Taken as they are needed.

    Raises:
        IndexMismatchError: The index does not exist.
        ClusterError: The cluster cannot be reached, or refuses one of them.
    """
    waiting = iter(searches)
    while some := list(islice(waiting, _SEARCHES_AT_ONCE)):
        for each in search_together(client, index, some):
            if isinstance(each, MlsrError):
                raise each
            yield each


def search_together(client: Elasticsearch, index: str, searches: Sequence[Search]) -> list[Answer | MlsrError]:
    """Send some searches in one request.

    Args:
        client: Of ``connect``.
        index: An index or alias.
        searches: At least one.

    Returns:
        For each, in order, its answer; or the error of one that the cluster refuses, so that the others are not lost.

    Raises:
        ClusterError: The cluster cannot be reached, or refuses all of them.
    """
    from elasticsearch import BadRequestError

    if len(searches) == 1:  # as a plain search it is answered sooner
        return [or_error(partial(_alone, client, index, searches[0]))]
    lines = [
        line
        for each in searches
        for line in (
            {"allow_partial_search_results": each.request_options.allow_partial},
            with_request_options(each.body, each.request_options),
        )
    ]
    with translated(client, f"search {index}"):
        try:
            responses = client.msearch(index=index, searches=lines)["responses"]
        except BadRequestError:  # a cluster refuses all if it cannot read one of them
            return [or_error(partial(_alone, client, index, each)) for each in searches]
    return [
        or_error(partial(_answered, client, index, each, response))
        for each, response in zip(searches, responses, strict=True)
    ]


def _alone(client: Elasticsearch, index: str, asked: Search) -> Answer:
    return _completed(client, index, asked, _searched(client, index, asked.body, asked.request_options))


def _answered(client: Elasticsearch, index: str, asked: Search, response: Mapping[str, Any]) -> Answer:
    """The answer to one of several searches.

    Raises:
        IndexMismatchError: The index does not exist.
        ClusterError: The cluster refuses it.
    """
    if "error" not in response:
        return _completed(client, index, asked, _answer(response))
    if response["status"] in PASSING or _CLAUSE_LIMIT.search(reason(response, response["status"])):
        return _alone(client, index, asked)
    raise refusal(address_of(client), f"search {index}", response["status"], response)


def _completed(client: Elasticsearch, index: str, asked: Search, answer: Answer) -> Answer:
    """The answer, or that of the exact search where it has too few hits."""
    if asked.exact is None or len(answer.hits) >= asked.body["size"] - asked.request_options.start:
        return answer
    again = _searched(client, index, asked.exact, asked.request_options)
    return replace(again, took_ms=answer.took_ms + again.took_ms, asked_again=True)


def contributions(hit: Hit, query: Mapping[str, float], *, field: str = "mlsr.terms") -> dict[str, float]:
    """What each matching term gave to a hit's score, heaviest first.

    Their sum is the score, up to float32 rounding; where BM25 adds to the score, what is left is its part.

    Args:
        hit: That brings its stored weights, as a field beside its document or in it.
        query: Feature name to query weight.
        field: The field that was searched.

    Returns:
        Term (a word piece, not a feature name) to query weight times stored weight.
    """
    stored = hit.weights(field)
    names = [name for name in query if name in stored]
    kept = quantised(np.array([stored[name] for name in names], dtype=np.float32)).astype(np.float64)
    parts = kept * np.array([query[name] for name in names], dtype=np.float32)
    order = np.argsort(-parts, kind="stable")
    return {term_of(names[place]): float(parts[place]) for place in order}


def weights_in(source: Mapping[str, Any], field: str = "mlsr.terms") -> dict[str, float]:
    """The weights in a stored document, feature name to weight as it was sent; empty where it has none."""
    value: Any = source
    for name in field.split("."):
        value = value.get(name, {}) if isinstance(value, Mapping) else {}
    return _merged(value if isinstance(value, list) else [value])


def weights_beside(beside: Mapping[str, Any], field: str = "mlsr.terms") -> dict[str, float]:
    """The weights that a hit brings because ``fields`` of the search names their field; empty where it has none.

    A cluster may leave weights out of the documents that it shows (from 9.2 on it does so for a ``sparse_vector``), and
    gives them, rounded to the bits that scores use, to whoever names the field.
    """
    return _merged(beside.get("fields", {}).get(field, []))


def _merged(parts: Iterable[Mapping[str, float]]) -> dict[str, float]:
    merged: dict[str, float] = {}
    for part in parts:
        merged |= part
    return merged


def _searched(client: Elasticsearch, index: str, body: Mapping[str, Any], request_options: RequestOptions) -> Answer:
    from elasticsearch import BadRequestError

    with translated(client, f"search {index}"):
        try:
            return _answer(_send(client, index, body, request_options))
        except BadRequestError as error:
            limit = _CLAUSE_LIMIT.search(reason(error.body, error.meta.status))
            if not limit:
                raise
        lighter, dropped = lightened(body, int(limit[1]))
        return _answer(_send(client, index, lighter, request_options), dropped)


def _send(
    client: Elasticsearch, index: str, body: Mapping[str, Any], request_options: RequestOptions
) -> dict[str, Any]:
    # A shard that fails makes the search fail: hits that lack a part of the collection are worse than an error.
    answer: dict[str, Any] = client.search(
        index=index,
        body=with_request_options(body, request_options),
        allow_partial_search_results=request_options.allow_partial,
    ).body
    return answer


def _answer(raw: Mapping[str, Any], dropped: Dropped = Dropped()) -> Answer:
    found = raw["hits"]
    hits = [
        Hit(
            hit["_id"],
            float(hit["_score"]),
            hit.get("_source", {}),
            {name: value for name, value in hit.items() if not name.startswith("_")},
            hit.get("_index", ""),
        )
        for hit in found["hits"]
    ]
    total = found.get("total", {}).get("value")
    return Answer(
        hits,
        total,
        raw["took"],
        dropped.terms,
        dropped.words,
        aggregations=raw.get("aggregations", {}),
        partial=Partial.of(raw),
    )
