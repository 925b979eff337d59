"""The measures of each topic, by the names in studies, results and tables."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

QUALITY = ("nDCG@10", "R@10", "RR@10", "AP@10")
"""Measures of quality, in the notation of ``ir_measures``."""

CO_ACTIVATION = "co-activation"
CONTENT_WORDS = "content words"
OWN_WORDS = "own words"
QUERY_TERMS = "query terms"

OF_VECTORS: Mapping[str, str] = MappingProxyType(
    {
        CO_ACTIVATION: "how many terms the query shares with an image, on average over all images",
        CONTENT_WORDS: "the share of whole words, without stop words, among the query's ten heaviest terms, whether "
        "they have to do with the section or not",
        OWN_WORDS: "the share of the query's weight on terms that the section itself has: all of it under an MLP head, "
        "by its making",
        QUERY_TERMS: "how many terms the query has",
    }
)
"""Measures of the query vectors; systems without a model do not have them."""

MEASURES = (*QUALITY, *OF_VECTORS)
