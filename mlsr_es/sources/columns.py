"""Warnings of columns that nothing reads, most often misspelt ones, whose captions would be missing silently."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path

from mlsr_es.sources.caption_names import is_caption_name
from mlsr_es.sources.reading import PLAIN, Reading
from mlsr_es.sources.rows import columns, oddities


def remarks(
    files: Iterable[Path], forms: tuple[Collection[str], Collection[str]], reading: Reading = PLAIN
) -> Iterator[str]:
    """A line for each oddity of each file: how it is read, columns that stand twice, columns that nothing reads.

    Args:
        files: Files of rows.
        forms: ``DOCUMENT_COLUMNS`` or ``SECTION_COLUMNS``.
        reading: How the files are read.
    """
    for path in files:
        there = columns(path, reading.encoding)
        if odd := oddities(path, reading.encoding):
            yield f"{path}: {odd}."
        if twice := [column for column, count in Counter(there).items() if column and count > 1]:
            yield f"{path}: columns that stand twice: {', '.join(twice)}. The last one is read."
        own, atomic = forms
        known = atomic if next(iter(atomic)) in reading.renamed(dict.fromkeys(there)) else own
        unread = [column for column in dict.fromkeys(there) if not _is_read(column, known, there, reading)]
        if unread:
            told = ", ".join(with_meant(column, known) for column in unread)
            yield f"{path}: columns that are not read: {told}. Those that are: {', '.join(known)}."


def with_meant(name: str, known: Collection[str]) -> str:
    """A name that is not read, with the one that was likely meant."""
    likely = get_close_matches(name.lower(), known, n=1)
    return f"{name or 'one without a name'}{f' ({likely[0]}?)' if likely else ''}"


def _is_read(column: str, known: Collection[str], there: Collection[str], reading: Reading) -> bool:
    """Whether a column is read under the names that it has after renaming."""
    fields = [name for name, mapped in reading.columns.items() if mapped == column]
    is_replaced = reading.columns.get(column) in there
    names = fields or ([] if is_replaced else [column])
    return any(name in known or ("captions" in known and is_caption_name(name)) for name in names)
