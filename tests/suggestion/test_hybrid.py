"""BM25 beside the model: what is asked for, and what it adds to a query."""

from __future__ import annotations

import pytest

from mlsr_es.collection import Section
from mlsr_es.elastic.mapping import IndexMeta
from mlsr_es.elastic.search import WordClauses
from mlsr_es.elastic.versions import Version
from mlsr_es.errors import IndexMismatchError
from mlsr_es.hybrid import Hybrid
from mlsr_es.suggestion import hybrid_for

STORED = Hybrid("caption_stems", 0.12, "256 training sections of gimp-manual")


def version(hybrid: dict[str, object]) -> Version:
    return Version("photos-v0001", IndexMeta("demo", "r", "v", "mlp", "mlp", hybrid=hybrid))


def test_words_of_titles_count_more() -> None:
    """The section's words go to the field with their weights."""
    clauses = WordClauses.of(Hybrid("caption_all", 0.5), Section("s", "Crop it", page_title="Tool"))
    assert clauses == WordClauses({"tool": 4.5, "crop": 1.0}, 0.5, "caption_all")


def test_words_are_cut_as_the_field_is() -> None:
    """Stems for the field of stems; another field has an analyser of its own."""
    section = Section("s", "Cropping tools")
    assert WordClauses.of(STORED, section).words.keys() == {"crop", "tool"}
    assert WordClauses.of(Hybrid("caption_all", 1.0), section).words.keys() == {"cropping", "tools"}


def test_auto_is_what_the_index_says() -> None:
    """What is typed is what it is; nothing is nothing."""
    assert hybrid_for(version(STORED.to_json()), "auto") == STORED
    assert hybrid_for(version(STORED.to_json()), "caption_all:0.3") == Hybrid("caption_all", 0.3)
    assert hybrid_for(version({}), "") is None


@pytest.mark.parametrize(
    ("stored", "complaint"),
    [({}, "holds no weight for BM25"), ({"field": "caption_all"}, "was changed"), ({"weight": -1}, "was changed")],
)
def test_an_index_that_says_nothing_is_told_how_to(stored: dict[str, object], complaint: str) -> None:
    """By the command that finds the weight."""
    with pytest.raises(IndexMismatchError, match=f"{complaint}.*mlsr-es tune hybrid --index photos-v0001"):
        hybrid_for(version(stored), "auto")
