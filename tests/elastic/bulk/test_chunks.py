"""How lines are gathered into chunks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mlsr_es.elastic.bulk import chunks as chunks_module
from mlsr_es.elastic.bulk.chunks import ChunkSize, Line, chunks


def lines(*sizes: int) -> list[Line]:
    return [Line(str(place), b"x" * (size - 1), deletes=False) for place, size in enumerate(sizes)]


def lengths(made: Iterator[list[Line]]) -> list[list[int]]:
    return [[len(line.ndjson) + 1 for line in chunk] for chunk in made]


def test_a_chunk_is_as_large_as_is_allowed() -> None:
    """A chunk stays within its size; a line that is larger by itself is a chunk of its own."""
    assert lengths(chunks(lines(4, 6, 1, 30, 2, 8), ChunkSize(10))) == [[4, 6], [1], [30], [2, 8]]
    assert lengths(chunks([], ChunkSize(10))) == []


def test_a_line_does_not_wait_long_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """A chunk is sent after a few seconds even if it is not full, so that a slow encoder's work is not lost."""
    now = 0.0
    monkeypatch.setattr(chunks_module, "monotonic", lambda: now)

    def slowly() -> Iterator[Line]:
        nonlocal now
        for line in lines(1, 2, 3, 4, 5):
            yield line
            now += chunks_module.LONGEST_WAIT_S / 2

    assert lengths(chunks(slowly(), ChunkSize(1000))) == [[1, 2, 3], [4, 5]]
