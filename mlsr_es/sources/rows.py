"""Rows of JSON Lines, CSV, TSV and Parquet files, as dictionaries, one at a time."""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Iterator
from contextlib import nullcontext
from itertools import islice
from pathlib import Path
from typing import IO, Any

import orjson

from mlsr_es.errors import RecordError
from mlsr_es.sources.delimited import form_of, header_of_table, read_delimited
from mlsr_es.sources.object_store import StorePath
from mlsr_es.sources.reading import PLAIN, Reading

SUFFIXES = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz", ".csv", ".tsv", ".parquet")
"""The suffixes of files with rows."""

_LONGEST_LINE = 64 * 2**20
_SMALL = 64 * 2**20
_LOOKED_AT = 100
_BUFFER = 2**20  # of a column that is read, so that a row group is never in memory as a whole
_PARQUET_ROWS = 64  # rows hold images, and a batch should stay in the tens of megabytes

Row = tuple[str, dict[str, Any] | RecordError]
"""The place of a row, such as "documents.jsonl:17", and its values or the error."""


def is_rows(path: Path) -> bool:
    """Whether a file has the suffix of a file with rows."""
    return path.name.lower().endswith(SUFFIXES)


def stem(path: Path) -> str:
    """A file's name without the suffix that says its format."""
    name = path.name
    ending = next((suffix for suffix in sorted(SUFFIXES, key=len, reverse=True) if name.lower().endswith(suffix)), "")
    return name[: len(name) - len(ending)]


def read_rows(path: Path, reading: Reading = PLAIN) -> Iterator[Row]:
    """Read a file's rows in order; a bad row, or the rest of an unreadable file, is a ``RecordError``.

    Args:
        path: The file.
        reading: Its encoding, for CSV and TSV, and which columns have which fields.
    """
    place = path.name
    try:
        for place, row in _rows(path, reading.encoding):
            yield place, row if isinstance(row, RecordError) else reading.renamed(row)
    except (OSError, EOFError, ValueError, zlib.error, csv.Error) as error:
        yield place, RecordError(place, "read", f"from here on the file cannot be read: {_first_line(error)}")


def _rows(path: Path, encoding: str) -> Iterator[Row]:
    name = path.name.lower()
    if name.endswith((".csv", ".tsv")):
        return read_delimited(path, encoding)
    return _parquet(path) if name.endswith(".parquet") else _json_lines(path)


def row_count(path: Path) -> int | None:
    """How many rows a Parquet file or a small file of JSON lines has; None where counting is expensive."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    name = path.name.lower()
    try:
        if name.endswith((".jsonl", ".ndjson")) and path.stat().st_size <= _SMALL:
            with path.open("rb") as file:
                return sum(1 for line in file if line.strip())
        return int(pq.read_metadata(_for_arrow(path)).num_rows) if name.endswith(".parquet") else None
    except (OSError, pa.ArrowException):
        return None


def _json_lines(path: Path) -> Iterator[Row]:
    is_packed = path.suffix.lower() == ".gz"
    with path.open("rb") as stored, gzip.open(stored) if is_packed else nullcontext(stored) as file:
        for number, line in enumerate(_lines(file), start=1):
            place = f"{path.name}:{number}"
            if line is None:
                yield place, RecordError(place, "read", f"the line has more than {_LONGEST_LINE // 2**20} MiB")
            elif line.strip():
                yield place, _object(place, line)


def _lines(file: IO[bytes] | gzip.GzipFile) -> Iterator[bytes | None]:
    """Read lines without a byte order mark; None for a line that is too long."""
    first = True
    while line := file.readline(_LONGEST_LINE):
        if len(line) == _LONGEST_LINE and not line.endswith(b"\n"):
            while (rest := file.readline(_LONGEST_LINE)) and not rest.endswith(b"\n"):
                pass
            yield None
        else:
            yield line.removeprefix(b"\xef\xbb\xbf") if first else line
        first = False


def _object(place: str, line: bytes) -> dict[str, Any] | RecordError:
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return RecordError(place, "read", f"the line is no JSON: {error}")
    return value if isinstance(value, dict) else RecordError(place, "read", "the line is no JSON object")


def _parquet(path: Path) -> Iterator[Row]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    number = 0
    try:
        with pq.ParquetFile(_for_arrow(path), pre_buffer=False, buffer_size=_BUFFER) as file:
            for batch in file.iter_batches(batch_size=_PARQUET_ROWS, use_threads=False):
                for row in batch.to_pylist():
                    number += 1
                    yield f"{path.name}:{number}", row
    except pa.ArrowException as error:
        place = f"{path.name}:{number + 1}"
        yield place, RecordError(place, "read", f"from here on the file cannot be read: {_first_line(error)}")


def _for_arrow(path: Path) -> Any:
    return path.opened if isinstance(path, StorePath) else path


def columns(path: Path, encoding: str = "") -> list[str]:
    """The names of a file's columns as they stand there; of JSON lines, those of the first hundred rows.

    Args:
        path: The file.
        encoding: Its encoding, for CSV and TSV.

    Returns:
        The names in their order; none where the file cannot be read.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    name = path.name.lower()
    try:
        if name.endswith(".parquet"):
            return list(pq.read_schema(_for_arrow(path)).names)
        if name.endswith((".csv", ".tsv")):
            return header_of_table(path, encoding)
    except (OSError, ValueError, csv.Error, pa.ArrowException):
        return []
    rows = (row for _, row in islice(read_rows(path), _LOOKED_AT) if isinstance(row, dict))
    return list(dict.fromkeys(column for row in rows for column in row))


def oddities(path: Path, encoding: str = "") -> str:
    """How a CSV or TSV file is read where its suffix does not say so, as a clause; "" where nothing is odd."""
    try:
        return form_of(path, encoding).oddities(path) if path.name.lower().endswith((".csv", ".tsv")) else ""
    except (OSError, ValueError):
        return ""


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)
