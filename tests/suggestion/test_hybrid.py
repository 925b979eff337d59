"""BM25 beside the model, as the user asks for it."""

from __future__ import annotations

import pytest

from mlsr_es.collection import Section
from mlsr_es.elastic import WordClauses
from mlsr_es.errors import InputError
from mlsr_es.suggestion import Hybrid


def test_a_field_and_a_weight() -> None:
    """A field's name may hold anything but the last colon."""
    assert Hybrid.parse("caption_all:0.3") == Hybrid("caption_all", 0.3)
    assert Hybrid.parse("a:b:2") == Hybrid("a:b", 2.0)


@pytest.mark.parametrize(
    "given", ["", "caption_all", "caption_all:", ":1", "caption_all:-1", "caption_all:nan", "f:inf"]
)
def test_anything_else_is_the_users_mistake(given: str) -> None:
    """With an example."""
    with pytest.raises(InputError, match=r"is not FIELD:WEIGHT.*caption_all:0.3"):
        Hybrid.parse(given)


def test_words_of_titles_count_more() -> None:
    """The section's words go to the field with their weights."""
    clauses = Hybrid("caption_all", 0.5).clauses(Section("s", "Crop it", page_title="Tool"))
    assert clauses == WordClauses({"tool": 4.5, "crop": 1.0}, 0.5, "caption_all")
