"""Which words of captions are marked: those of the section, and the model's terms that are whole words."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any

from mlsr_es.collection import MACHINE_MADE, Section
from mlsr_es.elastic.mapping import IndexMeta
from mlsr_es.words import word_weights

_MOST_WORDS = 64

_WHOLE = {"number_of_fragments": 0}
_PASSAGES = {"number_of_fragments": 3, "fragment_size": 60}
"""What is read in a screenshot may be a page long."""


def highlighting(section: Section, terms: Mapping[str, float], meta: IndexMeta) -> dict[str, Any]:
    """What a search asks, so that each hit brings its captions with the words of the query marked.

    Args:
        section: The query.
        terms: Word piece to query weight, heaviest first.
        meta: Of the index.
    """
    weights = word_weights(section)
    heaviest = sorted(weights, key=lambda word: (-weights[word], word))
    pieces = (term for term in terms if term.isalnum())
    words = list(dict.fromkeys([*islice(heaviest, _MOST_WORDS), *islice(pieces, _MOST_WORDS)]))
    fields = meta.caption_fields
    return {
        "fields": {field: _PASSAGES if kind in MACHINE_MADE else _WHOLE for field, kind in fields.items()},
        "highlight_query": {"multi_match": {"query": " ".join(words), "fields": list(fields), "type": "most_fields"}},
    }
