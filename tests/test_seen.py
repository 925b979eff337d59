"""A set of strings that may not fit into memory."""

from __future__ import annotations

from contextlib import closing

from mlsr_es.seen import Seen


def test_a_string_is_new_only_the_first_time() -> None:
    """Adding says whether the string is new."""
    with closing(Seen()) as seen:
        assert [seen.add(text) for text in ("a", "b", "a")] == [True, True, False]


def test_what_was_added_is_in_it() -> None:
    """Added strings are in the set, and similar ones stay apart."""
    with closing(Seen()) as seen:
        for text in ("a", "b", "ä", "a ", "\ud800"):
            seen.add(text)
        asked = ("a", "b", "ä", "a ", "\ud800", "A", "", "a'", "\ud801")
        assert [each for each in asked if each in seen] == ["a", "b", "ä", "a ", "\ud800"]
