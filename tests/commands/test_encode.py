"""``mlsr-es encode``: vectors in files, and what could not be encoded."""

from __future__ import annotations

from pathlib import Path

import orjson
import pyarrow.parquet as pq

from tests.program import run_program
from tests.rows import rows


def test_bad_records_are_in_a_file_beside_the_vectors(tmp_path: Path) -> None:
    """The exit code is 3, and the counts add up."""
    source = rows(tmp_path / "birds.jsonl", {"a": "An owl", "torn": "A heron", "mute": ""}, torn=b"no image")
    ran = run_program("encode", str(source), "-o", str(tmp_path / "vectors"), "--describe", "none")
    assert ran.code == 3
    assert "1 documents, 0 sections; without any term 0, left out by rule 1, rejected 1." in ran.stderr
    assert f"Rejected records are in {tmp_path / 'vectors' / 'rejects.ndjson'}" in ran.stderr
    (rejected,) = map(orjson.loads, (tmp_path / "vectors" / "rejects.ndjson").read_bytes().splitlines())
    assert (rejected["id"], rejected["stage"]) == ("torn", "decode")
    assert pq.read_table(tmp_path / "vectors" / "documents.parquet")["id"].to_pylist() == ["a"]


def test_bad_sections_and_judgements_are_rejected_too(tmp_path: Path) -> None:
    """They are named in the output."""
    source = rows(tmp_path / "documents.jsonl", {"a": "An owl"})
    (tmp_path / "topics.jsonl").write_text('{"id": "s", "text": "An owl at night"}\n{"text": "no id"}\n')
    ran = run_program("encode", str(source), "-o", str(tmp_path / "vectors"))
    assert (ran.code, "1 documents, 1 sections" in ran.stderr, "rejected 1." in ran.stderr) == (3, True, True)
    assert "rejected: read: topics.jsonl:2: it has no 'id'" in ran.stderr


def test_a_rejects_file_is_no_collection(tmp_path: Path) -> None:
    """Loaded as one, a part would take the place of the whole."""
    row = {"id": "1", "stage": "load", "reason": "torn", "collection": "birds", "record": {"id": "1", "title": "Owl"}}
    (tmp_path / "r.ndjson").write_bytes(orjson.dumps(row))
    ran = run_program("encode", str(tmp_path / "r.ndjson"), "-o", str(tmp_path / "vectors"))
    assert ran.code == 2
    assert "rejected records of birds are a part of it" in ran.stderr
    assert not (tmp_path / "vectors").exists()
