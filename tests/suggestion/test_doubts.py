"""Reasons to doubt an answer, each in a sentence."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import orjson
import pytest

from mlsr_es.collection import Section
from mlsr_es.shipped import shipped
from mlsr_es.suggestion import Doubts, doubts_about, suggest

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

Ask = Callable[[str], Doubts]


@pytest.fixture
def ask(client: Elasticsearch, sample_index: str) -> Ask:
    """Asks the sample's index and gives the doubts about the answer."""
    return lambda text: doubts_about(suggest(client, sample_index, Section("query", text)))


def test_a_query_in_another_language_is_told(ask: Ask) -> None:
    """The pieces of its words are found in captions by chance."""
    doubts = ask("Wie bindet man ein Seil an einen Pfahl?")
    assert (doubts.language, doubts.read) == ("German", "English")
    assert "The query seems to be German, the model reads English: matches are by chance." in str(doubts)


@pytest.mark.parametrize("text", ["xyzzyqqq", "How do I xyzzyqqq?", "xyzzyqqq zzyzx"])
def test_a_query_without_a_known_word_is_told(text: str, ask: Ask) -> None:
    """Function words are no words to find images by."""
    doubts = ask(text)
    assert doubts.pieces is not None
    assert set(doubts.pieces) >= {"xyzzyqqq"}
    assert str(doubts).startswith(
        "No word of the query is known, or in a caption shown: it matches by pieces only (x, ##y, "
    )


def test_a_word_that_a_caption_has_is_known(ask: Ask) -> None:
    """Even if the vocabulary has it in pieces only."""
    assert not ask("secateurs")
    assert not ask("Rowlock!")


def test_the_detector_is_not_loaded_for_a_plainly_english_query(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes seconds, and most questions and sections are full of English function words."""
    monkeypatch.setattr("mlsr_es.suggestion.doubts.other_language", lambda *_: pytest.fail("the detector is loaded"))
    assert not ask("How do I use secateurs in the garden?")


def test_one_known_word_is_enough(ask: Ask) -> None:
    """The rest is said by an explanation."""
    assert not ask("xyzzyqqq rope")


def test_the_short_queries_raise_no_doubt(ask: Ask) -> None:
    """Although many are about things that the sample does not show."""
    lines = shipped("experiments").joinpath("short_queries.jsonl").read_bytes().splitlines()
    queries = [orjson.loads(line)["query"] for line in lines]
    told = {query: str(doubts) for query in queries if (doubts := ask(query))}
    assert set(told) <= {"hotkeys"}, told
