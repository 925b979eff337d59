"""Sentences for the service's owner, each seldom."""

from __future__ import annotations

from mlsr_es.service.telling import Telling


def test_a_sentence_is_told_once_a_minute() -> None:
    """With how often it was said meanwhile; another one is told at once."""
    said: list[str] = []
    times = iter([0, 1, 2, 59.9, 60, 61, 121])
    tell = Telling(said.append, lambda: next(times))
    for sentence in ("gone.", "gone.", "refused.", "gone.", "gone.", "refused.", "gone."):
        tell(sentence)
    assert said == ["gone.", "refused.", "gone. (This happened 2 times more since it was last told.)", "gone."]


def test_sentences_that_always_differ_take_no_memory() -> None:
    """All of them are told."""
    said: list[str] = []
    tell = Telling(said.append, lambda: 0)
    for number in range(1000):
        tell(f"shard {number} failed.")
    assert len(said) == 1000
    assert len(tell._told) <= 100
