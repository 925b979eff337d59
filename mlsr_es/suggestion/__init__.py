"""From a section to images: encode, query, explain each hit by the terms that matched.

``suggest`` does it in one call; ``prepare`` and ``send`` are its two halves, so that a request can be shown unsent.
"""

from mlsr_es.suggestion.adjusting import Added, Adjustment
from mlsr_es.suggestion.distilling import check_distillable, context_free, distil
from mlsr_es.suggestion.doubts import Doubts, doubts_about
from mlsr_es.suggestion.hybrid import bm25_field, hybrid_for
from mlsr_es.suggestion.missed import Missed
from mlsr_es.suggestion.options import SuggestOptions
from mlsr_es.suggestion.picture import IndexedImage, QueryImage, read_picture
from mlsr_es.suggestion.query_encoder import QueryEncoder, everywhere
from mlsr_es.suggestion.query_table import QueryTable
from mlsr_es.suggestion.reasons import Reason, WhyNot
from mlsr_es.suggestion.request import EncoderOf, Query, Request, prepare, prepare_together
from mlsr_es.suggestion.section import check_query, read_section, section_from
from mlsr_es.suggestion.serving import SearchedIndex, check_model, look_up, model_for, serving_version
from mlsr_es.suggestion.showing import Share, shown_source, texts_in, wanted_source
from mlsr_es.suggestion.strategy import exact_strategy_for, strategy_for
from mlsr_es.suggestion.suggest import Suggestions, send, send_together, suggest
from mlsr_es.suggestion.suggested import SuggestedImage
from mlsr_es.suggestion.table_file import read_table, write_table
from mlsr_es.suggestion.why_not import why_not

__all__ = [
    "Added",
    "Adjustment",
    "Doubts",
    "EncoderOf",
    "IndexedImage",
    "Missed",
    "Query",
    "QueryEncoder",
    "QueryImage",
    "QueryTable",
    "Reason",
    "Request",
    "SearchedIndex",
    "Share",
    "SuggestOptions",
    "SuggestedImage",
    "Suggestions",
    "WhyNot",
    "bm25_field",
    "check_distillable",
    "check_model",
    "check_query",
    "context_free",
    "distil",
    "doubts_about",
    "everywhere",
    "exact_strategy_for",
    "hybrid_for",
    "look_up",
    "model_for",
    "prepare",
    "prepare_together",
    "read_picture",
    "read_section",
    "read_table",
    "section_from",
    "send",
    "send_together",
    "serving_version",
    "shown_source",
    "strategy_for",
    "suggest",
    "texts_in",
    "wanted_source",
    "why_not",
    "write_table",
]
