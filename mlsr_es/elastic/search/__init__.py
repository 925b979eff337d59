"""Searching: strategies, queries, what stands around them, hits, and the rank of one document."""

from mlsr_es.elastic.search.any_index import term_field_of
from mlsr_es.elastic.search.checks import (
    clauses_allowed,
    count_without,
    count_without_weights,
    explained_document,
    sampled_features,
)
from mlsr_es.elastic.search.hits import (
    Answer,
    Hit,
    Partial,
    Search,
    contributions,
    search,
    search_many,
    search_together,
    weights_in,
)
from mlsr_es.elastic.search.known_fields import check_filter_fields, check_text_field, field_types, first_text_field
from mlsr_es.elastic.search.queries import WordClauses, build_query
from mlsr_es.elastic.search.rank import (
    SearchRank,
    VisibleDocument,
    find_document,
    first_phase,
    hit_of,
    ids_like,
    images_with,
    rank_in_search,
)
from mlsr_es.elastic.search.request_options import (
    WINDOW,
    RequestOptions,
    check_own,
    check_page,
    with_request_options,
)
from mlsr_es.elastic.search.strategy import Strategy

__all__ = [
    "WINDOW",
    "Answer",
    "Hit",
    "Partial",
    "RequestOptions",
    "Search",
    "SearchRank",
    "Strategy",
    "VisibleDocument",
    "WordClauses",
    "build_query",
    "check_filter_fields",
    "check_own",
    "check_page",
    "check_text_field",
    "clauses_allowed",
    "contributions",
    "count_without",
    "count_without_weights",
    "explained_document",
    "field_types",
    "find_document",
    "first_phase",
    "first_text_field",
    "hit_of",
    "ids_like",
    "images_with",
    "rank_in_search",
    "sampled_features",
    "search",
    "search_many",
    "search_together",
    "term_field_of",
    "weights_in",
    "with_request_options",
]
