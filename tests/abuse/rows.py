"""Files of rows that somebody may have, each with what is read of it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq


class Row(NamedTuple):
    """A file.

    Args:
        name: The file's name.
        make: Writes it at a path.
        read: How many images are read from it.
        faults: A part of each reason for which a row is not, in order.
    """

    name: str
    make: Callable[[Path], object]
    read: int
    faults: tuple[str, ...] = ()


NO_PATH = ("neither base64 nor a path",)
GOOD = {"id": "good", "title": "An owl"}


def lines(*rows: Mapping[str, Any] | bytes) -> Callable[[Path], object]:
    content = b"\n".join(row if isinstance(row, bytes) else json.dumps(row).encode() for row in rows)
    return lambda path: path.write_bytes(content)


def packed(content: bytes, keep: int | None = None) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(gzip.compress(content)[:keep])


def text(content: str, encoding: str = "utf-8") -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content.encode(encoding))


def table(**columns: Any) -> Callable[[Path], object]:
    return lambda path: pq.write_table(pa.table(columns), path)


ROWS = (
    Row("no-json.jsonl", lines(GOOD, b"{oops"), 1, ("the line is no JSON",)),
    Row("list.jsonl", lines(GOOD, b"[1, 2]"), 1, ("the line is no JSON object",)),
    Row("number.jsonl", lines(GOOD, b"17"), 1, ("the line is no JSON object",)),
    Row("nan.jsonl", lines(GOOD, b'{"id": NaN}'), 1, ("the line is no JSON",)),
    Row("deep.jsonl", lines(GOOD, b'{"id": ' + b"[" * 100_000), 1, ("the line is no JSON",)),
    Row("nul.jsonl", lines(GOOD, b"\0\0\0"), 1, ("the line is no JSON",)),
    Row("latin.jsonl", lines(GOOD, b'{"id": "\xfc", "title": "x"}'), 1, ("the line is no JSON",)),
    Row("mark.jsonl", lines(b"\xef\xbb\xbf" + json.dumps(GOOD).encode()), 1),
    Row("wide.jsonl", lambda path: path.write_bytes(json.dumps(GOOD).encode("utf-16")), 0, ("the line is no JSON",)),
    Row("no-id.jsonl", lines(GOOD, {"title": "An owl"}), 1, ("it has no 'id'",)),
    Row("empty-id.jsonl", lines(GOOD, {"id": " ", "title": "An owl"}), 1, ("it has no 'id'",)),
    Row("list-id.jsonl", lines(GOOD, {"id": ["a"], "title": "An owl"}), 1, ("it has no 'id'",)),
    Row("twice.jsonl", lines(GOOD, GOOD), 1, ("its id stands twice",)),
    Row("long-id.jsonl", lines(GOOD, {"id": "a" * 513, "title": "An owl"}), 2),
    Row("surrogate.jsonl", lines(GOOD, b'{"id": "\\ud800", "title": "An owl"}'), 1, ("the line is no JSON",)),
    Row("zero.jsonl", lines(GOOD, {"id": "a\0b", "title": "An\0owl"}), 2),
    Row("number-title.jsonl", lines(GOOD, {"id": "a", "title": 5}), 1, ("'title'",)),
    Row("object-title.jsonl", lines(GOOD, {"id": "a", "title": {"x": 1}}), 1, ("'title'",)),
    Row("up.jsonl", lines(GOOD, {"id": "a", "title": "x", "image": "../../etc/passwd"}), 1, ("leaves the source",)),
    Row(
        "absolute.jsonl",
        lines(GOOD, {"id": "a", "title": "x", "image": "/etc/passwd"}),
        1,
        ("neither base64 nor a path",),
    ),
    Row(
        "url.jsonl",
        lines(GOOD, {"id": "a", "title": "x", "image": "file:///etc/passwd"}),
        1,
        ("neither base64 nor a path",),
    ),
    Row("nul-path.jsonl", lines(GOOD, {"id": "a", "title": "x", "image": "a\0b.png"}), 1, ("none that is read",)),
    Row(
        "device.jsonl", lines(GOOD, {"id": "a", "title": "x", "image": "/dev/zero"}), 1, ("neither base64 nor a path",)
    ),
    Row("infinite.jsonl", lines(GOOD, b'{"id": "a", "title": "x", "width": 1e999}'), 1, ("",)),
    Row("word-width.jsonl", lines(GOOD, {"id": "a", "title": "x", "width": "wide"}), 1, ("'width' is not a number",)),
    Row("huge-width.jsonl", lines(GOOD, {"id": "a", "title": "x", "width": 2**40}), 1, ("no number of pixels",)),
    Row("minus.jsonl", lines(GOOD, {"id": "a", "title": "x", "width": -5}), 2),
    Row("many.jsonl", lines(GOOD, {"id": "a", "title": ["An owl"] * 10_000}), 2),
    Row("packed.jsonl.gz", packed(json.dumps(GOOD).encode()), 1),
    Row(
        "cut.jsonl.gz",
        lambda path: path.write_bytes(gzip.compress(json.dumps(GOOD).encode())[:-4]),
        0,
        ("cannot be read",),
    ),
    Row("no-gzip.jsonl.gz", lines(GOOD), 0, ("cannot be read",)),
    Row("table.csv", text("id,title\na,An owl\n"), 1),
    Row("ragged.csv", text("id,title\na,An owl,more\nb,A heron\n"), 1, ("more or fewer cells",)),
    Row("quote.csv", text('id,title\na,"An owl\nb,A heron\n'), 0, ("",)),
    Row("semicolon.csv", text("id;title\na;An owl\n"), 1),
    Row("wide.csv", text("id,title\na,An owl\n", "utf-16"), 1),
    Row("twice.csv", text("id,title,title\na,An owl,A heron\n"), 1),
    Row("null.csv", text("id,title\na\0b,An owl\n"), 1),
    Row("no-parquet.parquet", lines(GOOD), 0, ("cannot be read",)),
    Row("empty.parquet", table(id=pa.array([], pa.string()), title=pa.array([], pa.string())), 0),
    Row("columns.parquet", table(id=["a"], title=["An owl"], width=[float("inf")]), 0, ("'width' is not a number",)),
    Row("nan.parquet", table(id=["a"], title=["An owl"], width=[float("nan")]), 0, ("'width' is not a number",)),
    Row("binary.parquet", table(id=[b"\xff\xfe"], title=["An owl"]), 0, ("it has no 'id'",)),
)
