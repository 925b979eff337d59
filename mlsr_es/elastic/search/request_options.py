"""What stands around a query: filters, a page of the hits, collapsing, highlighting, and the user's own search body."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mlsr_es.errors import InputError

WINDOW = 10_000
"""Hits that Elasticsearch pages through, unless ``index.max_result_window`` says otherwise."""

_PLACE: Mapping[str, Any] = {"mlsr": {}}
_WRITTEN = '{"mlsr": {}}'
"""In the user's own query: where this package's goes."""

_OTHER_ORDERS = ("sort", "rescore", "search_after", "pit", "slice", "knn", "retriever", "rank", "sub_searches")


@dataclass(frozen=True, slots=True)
class RequestOptions:
    """What stands around a query.

    Args:
        start: How many of the best hits are passed over.
        filters: Clauses of the query language that every hit has to match.
        collapse: A field of which each value is shown once, by its best hit; "" for none.
        highlight: As Elasticsearch takes it; empty for none.
        own: The user's own search body; its query and this package's are put together. None where there is none.
        needed: Fields that hits bring beside their documents, whatever the own body says of ``_source``.
        allow_partial: Whether an answer counts that lacks some shards, or ran out of time.
    """

    start: int = 0
    filters: Sequence[Mapping[str, Any]] = ()
    collapse: str = ""
    highlight: Mapping[str, Any] | None = None
    own: Mapping[str, Any] | None = None
    needed: Sequence[str] = ()
    allow_partial: bool = False


def check_page(start: int, size: int) -> None:
    """See that a page is within what a cluster pages through.

    Raises:
        InputError: It is not.
    """
    if start + size > WINDOW:
        raise InputError(
            f"hits {start + 1:,} to {start + size:,} are out of reach: Elasticsearch pages through {WINDOW:,}.",
            advice="Narrow the search with --filter, or ask for fewer.",
        )


def check_own(own: Any) -> Mapping[str, Any]:
    """See that the user's own search body can be put together with a query of this package.

    Raises:
        InputError: It is no search body, or it orders hits by something else than their scores.
    """
    if not isinstance(own, Mapping) or not isinstance(own.get("query", {}), Mapping):
        raise InputError(
            "what is to be wrapped is no search body.", advice='It is a JSON object, as in {"query": {"match": ...}}.'
        )
    if others := [name for name in _OTHER_ORDERS if name in own]:
        raise InputError(
            f"the search body orders its hits by something else than their scores: {', '.join(others)}.",
            advice="Leave that out: suggestions are ordered by score.",
        )
    if (places := _places(own.get("query", {}))) > 1:
        raise InputError(f"the search body has {places} places for {_WRITTEN}.", advice="Leave one.")
    return own


def with_request_options(body: Mapping[str, Any], request_options: RequestOptions) -> dict[str, Any]:
    """A search of ``build_query`` within its request_options.

    Where the user's own query has a place ``{"mlsr": {}}``, this package's query stands there. Where it has none, the
    own query says which documents are found, and the scores of both are added.

    Args:
        body: Of ``build_query``, its size being that of all pages up to the one that is wanted.
        request_options: What stands around it.
    """
    own = dict(request_options.own or {})
    query = _together(own.pop("query", None), body["query"])
    if request_options.filters:
        query = {"bool": {"must": [query], "filter": list(request_options.filters)}}
    sent = {**body, **own, "query": query, "size": body["size"] - request_options.start}
    sent.pop("from", None)
    if request_options.start:
        sent["from"] = request_options.start
    if request_options.collapse:
        sent["collapse"] = {"field": request_options.collapse}
    if request_options.needed:
        sent["fields"] = [*sent.get("fields", ()), *request_options.needed]
    if request_options.highlight:
        sent["highlight"] = dict(request_options.highlight)
    return sent


def _together(own: Mapping[str, Any] | None, ours: Mapping[str, Any]) -> Mapping[str, Any]:
    if not own:
        return ours
    if _places(own):
        placed: Mapping[str, Any] = _placed(own, ours)
        return placed
    return {"bool": {"must": [own], "should": [ours]}}


def _places(node: Any) -> int:
    if node == _PLACE:
        return 1
    children = node.values() if isinstance(node, Mapping) else node if isinstance(node, list) else ()
    return sum(map(_places, children))


def _placed(node: Any, ours: Mapping[str, Any]) -> Any:
    if node == _PLACE:
        return ours
    if isinstance(node, Mapping):
        return {name: _placed(child, ours) for name, child in node.items()}
    return [_placed(child, ours) for child in node] if isinstance(node, list) else node
