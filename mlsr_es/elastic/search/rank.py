"""The rank of one document in a search: whether it can be found, its score, and how many score higher."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlsr_es.elastic.client import translated
from mlsr_es.elastic.mapping import TermField
from mlsr_es.elastic.search.hits import Hit, search, weights_beside
from mlsr_es.elastic.search.request_options import RequestOptions

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

_ROUNDING = 1e-6
"""Of a score: two ways of adding the same numbers differ by less, so that such scores are called equal."""

_NEAR = 3

_BEYOND_NAMES = str.maketrans({"\\": r"\\", "*": r"\*", "?": r"\?"})


@dataclass(frozen=True, slots=True)
class SearchRank:
    """Where a document stands among all that a search matches.

    Args:
        score: Its own.
        rank: 1 and as many as score higher.
        tied: How many score the same, it among them; the order of these is the index's.
        matching: How many match at all.
    """

    score: float
    rank: int
    tied: int
    matching: int


@dataclass(frozen=True, slots=True)
class VisibleDocument:
    """A document, looked up where a search would meet it.

    Args:
        source: As it is stored, as far as it was asked for.
        weights: Feature name to stored weight; empty where it has none.
        excluding: The filters that it does not pass, of those that were asked.
    """

    source: dict[str, Any]
    weights: dict[str, float]
    excluding: tuple[Mapping[str, Any], ...]


def find_document(
    client: Elasticsearch,
    index: str,
    document_id: str,
    *,
    field: TermField,
    filters: Sequence[Mapping[str, Any]],
    source: Any = True,
) -> VisibleDocument | None:
    """A document, if a search sees it, and which filters leave it out.

    Args:
        client: Of ``connect``.
        index: An index or alias.
        document_id: The document's.
        field: With the weights.
        filters: Clauses of the query language.
        source: What of the document is wanted, as Elasticsearch takes it.

    Raises:
        IndexMismatchError: The index does not exist.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    named = [{"bool": {"filter": [each], "_name": str(place)}} for place, each in enumerate(filters)]
    query = {"bool": {"filter": [{"ids": {"values": [document_id]}}], "should": named}}
    body = {"query": query, "size": 1, "_source": source, "fields": [field.path]}
    with translated(client, f"look up {document_id} in {index}"):
        found = client.search(index=index, body=body, allow_partial_search_results=False)["hits"]["hits"]
    if not found:
        return None
    passed = set(found[0].get("matched_queries", ()))
    excluding = tuple(each for place, each in enumerate(filters) if str(place) not in passed)
    return VisibleDocument(found[0].get("_source", {}), weights_beside(found[0], field.path), excluding)


def first_phase(body: Mapping[str, Any]) -> dict[str, Any]:
    """A search of ``build_query`` by the terms that find images alone."""
    return {name: part for name, part in body.items() if name != "rescore"}


def hit_of(
    client: Elasticsearch,
    index: str,
    document_id: str,
    body: Mapping[str, Any],
    request_options: RequestOptions = RequestOptions(),
) -> Hit | None:
    """A document as a hit of a search, however far down it would come; None where the search does not match it.

    Args:
        client: Of ``connect``.
        index: An index or alias.
        document_id: The document's.
        body: Of ``build_query``.
        request_options: Filters, and a query of the user's own.

    Raises:
        IndexMismatchError: The index does not exist.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    # A post_filter leaves the query as it is, and so the score.
    only = {**body, "size": 1, "post_filter": {"ids": {"values": [document_id]}}}
    hits = search(client, index, only, request_options=request_options).hits
    return hits[0] if hits else None


def rank_in_search(
    client: Elasticsearch,
    index: str,
    score: float,
    body: Mapping[str, Any],
    request_options: RequestOptions = RequestOptions(),
) -> SearchRank:
    """Where a score stands in a search: the cluster counts what scores more, and fetches nothing.

    Args:
        client: Of ``connect``.
        index: An index or alias.
        score: Above 0.
        body: Of ``build_query``, in one phase.
        request_options: Filters, and a query of the user's own.

    Raises:
        IndexMismatchError: The index does not exist.
        ClusterError: The cluster cannot be reached, or refuses.
    """

    def count(least: float | None) -> int:
        limited = {} if least is None else {"min_score": least}
        counted = {**body, "size": 0, "track_total_hits": True, **limited}
        return search(client, index, counted, request_options=request_options).total or 0

    higher = count(score * (1 + _ROUNDING))
    return SearchRank(score, 1 + higher, count(score * (1 - _ROUNDING)) - higher, count(None))


def images_with(
    client: Elasticsearch, index: str, field: TermField, groups: Sequence[Collection[str]]
) -> tuple[int, ...]:
    """How many documents of an index have all terms of a group, for each group.

    Args:
        client: Of ``connect``.
        index: An index or alias.
        field: With the stored weights.
        groups: Feature names, at least one each.

    Raises:
        IndexMismatchError: The index does not exist.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    if not groups:
        return ()
    filters = [
        {"bool": {"filter": [clause for name in names for clause in field.clauses({name: 1.0})]}} for names in groups
    ]
    body = {"size": 0, "track_total_hits": False, "aggs": {"having": {"filters": {"filters": filters}}}}
    with translated(client, f"count the terms of {index}"):
        answer = client.search(index=index, body=body, allow_partial_search_results=False)
    return tuple(each["doc_count"] for each in answer["aggregations"]["having"]["buckets"])


def ids_like(client: Elasticsearch, index: str, document_id: str) -> tuple[str, ...]:
    """Ids of an index of this package's that hold a text that looks like an id, some of them.

    Raises:
        IndexMismatchError: The index does not exist.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    within = document_id.rpartition("/")[2].translate(_BEYOND_NAMES)
    query = {"wildcard": {"image_id": {"value": f"*{within}*", "case_insensitive": True}}}
    with translated(client, f"look for {document_id} in {index}"):
        found = client.search(index=index, query=query, size=_NEAR, source=False, allow_partial_search_results=False)
    return tuple(hit["_id"] for hit in found["hits"]["hits"])
