"""Rows of CSV and TSV files: which character separates the cells, and whether quotes enclose them, is found out."""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from mlsr_es.errors import RecordError
from mlsr_es.sources.encodings import encoding_of, not_in

_NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
_SAMPLE = 2**18  # characters: some rows, also where cells hold small images
_SAMPLED_ROWS = 20
_FEWEST_CELLS = 2
_SEARCHED = 2**26  # bytes of a file that are searched for lines in another encoding
_GUESSED_FROM = 2**16  # bytes of such lines that are enough to guess from
_NOT_DECODED = re.compile("[\udc80-\udcff]")  # what surrogateescape makes of such bytes


@dataclass(frozen=True, slots=True)
class Form:
    """The form of a file of separated cells.

    Args:
        encoding: The encoding, by its name in Python.
        delimiter: The character between cells.
        quoted: Whether quotes enclose cells; if not, a quote is a character as any other.
    """

    encoding: str
    delimiter: str
    quoted: bool = True

    def oddities(self, path: Path) -> str:
        """What is not as the file's suffix says, as a clause; "" where nothing is odd."""
        odd = []
        if self.delimiter != _usual(path):
            odd.append(f"its cells are separated by {_NAMES[self.delimiter]}")
        if self.encoding == "utf-16":
            odd.append("its encoding is UTF-16")
        return " and ".join(odd)


def form_of(path: Path, encoding: str = "") -> Form:
    """Find out a file's form from its first rows.

    Args:
        path: A CSV or TSV file.
        encoding: The encoding that the user names; "" for UTF-8. A byte order mark counts more.
    """
    with path.open("rb") as file:
        encoding = encoding_of(file.read(3), encoding)
    with path.open(encoding=encoding, errors="surrogateescape", newline="") as text:
        sample = text.read(_SAMPLE)
        is_whole = not text.read(1)
    usual = _usual(path)
    forms = [Form(encoding, mark) for mark in sorted(_NAMES, key=lambda mark: mark != usual)]
    # TSV files by programs often have no quotes around cells, and quotes as characters in them.
    forms.append(Form(encoding, "\t", quoted=False))
    return max(forms, key=lambda form: _fit(sample, form, is_whole=is_whole))


def read_delimited(path: Path, encoding: str = "") -> Iterator[tuple[str, dict[str, Any] | RecordError]]:
    """Read the rows under the header, each with its place; rows without any text are skipped.

    Args:
        path: A CSV or TSV file.
        encoding: As in ``form_of``.
    """
    form = form_of(path, encoding)
    complaint = ""
    header: list[str] | None = None
    with path.open(encoding=form.encoding, errors="surrogateescape", newline="") as file:
        for first, last, cells in _rows(file, form):
            place = f"{path.name}:{last}"
            if isinstance(cells, csv.Error):
                yield place, RecordError(place, "read", f"{_where(first, last)} a quote is not closed, or not doubled")
                if header is None:
                    return
            elif not _is_decoded(cells):
                complaint = complaint or not_in(encoding, _beyond(path, form.encoding))
                yield place, RecordError(place, "read", f"the {'row' if header else 'header'} is {complaint}")
                if header is None:
                    return
            elif header is None:
                header = [cell.strip() for cell in cells]
            elif len(cells) != len(header):
                said = f"{_where(first, last)} are more or fewer cells than in the header"
                yield place, RecordError(place, "read", said)
            else:
                yield place, dict(zip(header, cells, strict=True))


def header_of_table(path: Path, encoding: str = "") -> list[str]:
    """The names of a file's columns as they stand there, also twice; empty where it has none, or is not decoded."""
    form = form_of(path, encoding)
    with path.open(encoding=form.encoding, errors="surrogateescape", newline="") as file:
        cells = next((cells for *_, cells in _rows(file, form)), [])
    if isinstance(cells, csv.Error) or not _is_decoded(cells):
        return []
    return [cell.strip() for cell in cells]


def _rows(file: Iterable[str], form: Form) -> Iterator[tuple[int, int, list[str] | csv.Error]]:
    """Rows with any text, or what is wrong with them, each with the lines where it begins and ends."""
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))  # a cell may hold an image
    # Strict, or else a quote that is not closed would swallow the rows after it silently.
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if form.quoted else csv.QUOTE_NONE
    reader = csv.reader(file, delimiter=form.delimiter, quoting=quoting, strict=True)
    while True:
        first = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield first, reader.line_num, error
            continue
        if any(cell.strip() for cell in cells):
            yield first, reader.line_num, cells


def _usual(path: Path) -> str:
    return "\t" if path.suffix.lower() == ".tsv" else ","


def _fit(sample: str, form: Form, *, is_whole: bool) -> tuple[float, int]:
    """How well a form fits: the share of rows with as many cells as the header, and its cells; less than two fit not.

    Where forms fit equally, the first of them counts: the usual one.
    """
    rows = [cells for *_, cells in islice(_rows(io.StringIO(sample, newline=""), form), _SAMPLED_ROWS + 1)]
    if not is_whole and 1 < len(rows) <= _SAMPLED_ROWS:
        rows.pop()  # it is cut off
    if not rows or isinstance(rows[0], csv.Error) or len(rows[0]) < _FEWEST_CELLS:
        return 0.0, 0
    count = len(rows[0])
    fitting = sum(not isinstance(cells, csv.Error) and len(cells) == count for cells in rows)
    return fitting / len(rows), count


def _where(first: int, last: int) -> str:
    return "in this row" if first == last else f"in the row from line {first} on"


def _is_decoded(cells: list[str]) -> bool:
    return not any(_NOT_DECODED.search(cell) for cell in cells)


def _beyond(path: Path, encoding: str) -> bytes:
    """Lines of a file that are not in an encoding, to guess the right one from."""
    found, size, searched = [], 0, 0
    with path.open("rb") as file:
        for line in file:
            searched += len(line)
            try:
                line.decode(encoding)
            except UnicodeDecodeError:
                found.append(line[:_GUESSED_FROM])
                size += len(found[-1])
            if size >= _GUESSED_FROM or searched >= _SEARCHED:
                break
    return b"".join(found)
