"""The ids that a run has met."""

from __future__ import annotations

from contextlib import closing

from mlsr_es.indexing.sinks.seen import SeenIds


def test_what_was_added_is_in_it() -> None:
    """Twice is the same as once, and ids that look alike stay apart."""
    with closing(SeenIds()) as seen:
        seen.add(["a", "b", "a"])
        seen.add(iter(["b", "ä", "a "]))
        assert [each for each in ("a", "b", "ä", "a ", "A", "", "a'") if each in seen] == ["a", "b", "ä", "a "]
