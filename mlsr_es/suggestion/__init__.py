"""From a section to images: encode, query, explain each hit by the terms that matched.

A request is encoded first and sent second, so that it can be shown without being sent.
"""

from mlsr_es.suggestion.hybrid import hybrid_for, word_clauses
from mlsr_es.suggestion.section import check_query, read_section
from mlsr_es.suggestion.strategy import exact_strategy_for, strategy_for
from mlsr_es.suggestion.suggest import (
    Request,
    SuggestedImage,
    Suggestions,
    check_model,
    encode_request,
    send,
    serving_version,
)

__all__ = [
    "Request",
    "SuggestedImage",
    "Suggestions",
    "check_model",
    "check_query",
    "encode_request",
    "exact_strategy_for",
    "hybrid_for",
    "read_section",
    "send",
    "serving_version",
    "strategy_for",
    "word_clauses",
]
