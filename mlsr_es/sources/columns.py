"""Warnings of columns that nothing reads, most often misspelt ones, whose captions would be missing silently."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from difflib import get_close_matches
from itertools import islice
from pathlib import Path

from mlsr_es.sources.rows import columns, read_rows

_LOOKED_AT = 100


def remarks(files: Iterable[Path], forms: tuple[Collection[str], Collection[str]]) -> Iterator[str]:
    """A line for each file with columns that nothing reads, with suggestions of the columns that were meant.

    Args:
        files: Files of rows; the first hundred rows of each are checked.
        forms: ``DOCUMENT_COLUMNS`` or ``SECTION_COLUMNS``.
    """
    for path in files:
        there = _columns(path)
        own, atomic = forms
        known = atomic if next(iter(atomic)) in there else own
        unread = [f"{column}{_meant(column, known)}" for column in there if column not in known]
        if unread:
            yield f"{path}: columns that are not read: {', '.join(unread)}. Those that are: {', '.join(known)}."


def _columns(path: Path) -> list[str]:
    """The names of a file's columns, in the order of their first occurrence; all columns for a Parquet file."""
    if path.name.lower().endswith(".parquet"):
        return sorted(columns(path))
    rows = (row for _, row in islice(read_rows(path), _LOOKED_AT) if isinstance(row, dict))
    return list(dict.fromkeys(column for row in rows for column in row))


def _meant(column: str, known: Collection[str]) -> str:
    likely = get_close_matches(column.lower(), known, n=1)
    return f" ({likely[0]}?)" if likely else ""
