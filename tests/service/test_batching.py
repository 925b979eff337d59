"""Queries of several threads, encoded together."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import cast

import pytest

from mlsr_es.collection import Section
from mlsr_es.service.batching import BatchingEncoder
from mlsr_es.suggestion import QueryEncoder
from mlsr_es.vectors import SparseVectors


class Slow:
    """Encodes a section as its number; the first call waits until it is let go."""

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.go = threading.Event()

    def encode_sections(self, sections: Sequence[Section]) -> SparseVectors:
        """Give each section one term: its number."""
        self.batches.append(len(sections))
        self.go.wait(10)
        if any(section.text == "bad" for section in sections):
            raise ValueError("bad")
        return SparseVectors.from_mappings([{int(section.text): 1.0} for section in sections], vocabulary_size=100)


def test_those_that_come_meanwhile_are_the_next_batch() -> None:
    """Each gets its own rows."""
    slow = Slow()
    encoder = BatchingEncoder(cast("QueryEncoder", slow))
    with ThreadPoolExecutor(8) as threads:
        first = threads.submit(encoder.encode_sections, [Section("", "0")])
        while not slow.batches:
            pass
        others = [
            threads.submit(encoder.encode_sections, [Section("", str(n)), Section("", str(n + 50))])
            for n in range(1, 7)
        ]
        while len(encoder._together._waiting) < 6:
            pass
        slow.go.set()
        assert first.result()[0][0].tolist() == [0]
        for number, other in enumerate(others, 1):
            rows = other.result()
            assert [rows[row][0].tolist() for row in range(2)] == [[number], [number + 50]]
    assert slow.batches == [1, 12]


def test_an_error_reaches_all_of_its_batch_and_none_after() -> None:
    """A batch fails as a whole."""
    slow = Slow()
    slow.go.set()
    encoder = BatchingEncoder(cast("QueryEncoder", slow))
    with pytest.raises(ValueError, match="bad"):
        encoder.encode_sections([Section("", "bad")])
    assert len(encoder.encode_sections([Section("", "3")])) == 1
