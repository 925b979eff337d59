"""The ids that a run has seen."""

from __future__ import annotations

from contextlib import closing

from mlsr_es.indexing.sinks.seen import SeenIds


def test_what_was_added_is_in_it() -> None:
    """Added ids are in the set; adding one twice changes nothing, and similar ids stay apart."""
    with closing(SeenIds()) as seen:
        seen.add(["a", "b", "a"])
        seen.add(iter(["b", "ä", "a "]))
        assert [each for each in ("a", "b", "ä", "a ", "A", "", "a'") if each in seen] == ["a", "b", "ä", "a "]
