"""Rows of files, one at a time, good ones and bad ones."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mlsr_es.errors import RecordError
from mlsr_es.sources.rows import columns, read_rows, row_count, stem


def contents(path: Path) -> list[dict[str, Any] | str]:
    return [str(row) if isinstance(row, RecordError) else row for _, row in read_rows(path)]


def test_json_lines(tmp_path: Path) -> None:
    """A bad line is named by file and number, the next one is read, and empty lines are skipped."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"id": 1}\n\n{"id": \n[1]\n{"id": 2}')
    first, bad, no_object, last = contents(path)
    assert (first, last) == ({"id": 1}, {"id": 2})
    assert str(bad).startswith("read: a.jsonl:3: the line is no JSON")
    assert no_object == "read: a.jsonl:4: the line is no JSON object"


def test_gzip(tmp_path: Path) -> None:
    """A compressed file is read, and a truncated one as far as it goes."""
    path = tmp_path / "a.jsonl.gz"
    whole = gzip.compress(b'{"id": 1}\n' * 1000)
    path.write_bytes(whole)
    assert len(contents(path)) == 1000
    path.write_bytes(whole[:-12])
    assert "from here on the file cannot be read" in str(contents(path)[-1])


@pytest.mark.parametrize(("name", "mark"), [("a.csv", ","), ("a.tsv", "\t")])
def test_tables(tmp_path: Path, name: str, mark: str) -> None:
    """CSV and TSV: a row of the wrong length or encoding is bad, but a long cell is allowed."""
    path = tmp_path / name
    lines = [b"id,a", b"1,x", b"2", b"3,x,y", b"4,\xff", b"5," + b"z" * 200_000]
    path.write_bytes(b"\n".join(lines).replace(b",", mark.encode()))
    rows = contents(path)
    assert rows[0] == {"id": "1", "a": "x"}
    assert ["cells" in str(row) for row in rows[1:3]] == [True, True]
    assert str(rows[3]).endswith("the row is not UTF-8, but likely cp1252: give --encoding cp1252")
    assert isinstance(rows[4], dict)
    assert len(rows[4]["a"]) == 200_000


def test_parquet(tmp_path: Path) -> None:
    """Parquet rows are read in order and counted from the metadata; a damaged file is one bad record."""
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"id": list(range(200))}), path)
    assert contents(path) == [{"id": number} for number in range(200)]
    assert row_count(path) == 200
    assert columns(path) == ["id"]
    path.write_bytes(b"PAR1 no PAR1")
    (bad,) = contents(path)
    assert "cannot be read" in str(bad)


def test_stem() -> None:
    """A collection has the name of its file without the suffixes."""
    assert [stem(Path(name)) for name in ("a.jsonl.gz", "a.b.csv", "a")] == ["a", "a.b", "a"]
