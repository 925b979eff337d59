"""Columns that nothing reads."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mlsr_es.sources import open_source


def said(path: Path) -> list[str]:
    lines: list[str] = []
    open_source(str(path), say=lines.append)
    return lines


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("birds.jsonl", '{"id": "1", "captions": []}\n{"id": "2", "capions": "an owl"}\n'),
        ("birds.csv", "id,capions\n1,an owl\n"),
    ],
)
def test_a_misspelt_column_is_named_with_what_was_meant(tmp_path: Path, name: str, content: str) -> None:
    """A misspelt column is reported once for each file, with the columns that are read."""
    (tmp_path / name).write_text(content)
    (line,) = said(tmp_path / name)
    assert f"{name}: columns that are not read: capions (captions?)." in line
    assert "id, image, captions, description" in line


def test_the_columns_of_one_form_are_no_columns_of_the_other(tmp_path: Path) -> None:
    """AToMiC's caption columns beside this package's id column are reported as unread."""
    (tmp_path / "birds.jsonl").write_text('{"id": "1", "caption_alt_text_description": ["an owl"]}\n')
    (line,) = said(tmp_path / "birds.jsonl")
    assert "caption_alt_text_description" in line


def test_sections_are_looked_at_too(tmp_path: Path) -> None:
    """Files of sections are checked against the columns of sections."""
    (tmp_path / "documents.jsonl").write_text('{"id": "1"}\n')
    (tmp_path / "topics.jsonl").write_text('{"id": "s", "text": "an owl", "title": "Owls"}\n')
    (line,) = said(tmp_path)
    assert "topics.jsonl: columns that are not read: title" in line


def test_doubled_and_nameless_columns_are_told(tmp_path: Path) -> None:
    """Of columns with one name the last is read, and a column may lack a name."""
    (tmp_path / "birds.csv").write_text("id,title,title,\n1,owl,bird,x\n")
    twice, unread = said(tmp_path / "birds.csv")
    assert twice.endswith("birds.csv: columns that stand twice: title. The last one is read.")
    assert "columns that are not read: one without a name. Those" in unread


def test_files_whose_columns_are_all_read_are_passed_over(tmp_path: Path) -> None:
    """Files with known columns only are not reported, including AToMiC's columns without a use here."""
    pq.write_table(pa.table({"image_id": ["1"], "image_url": ["https://example.org"]}), tmp_path / "images.parquet")
    pq.write_table(pa.table({"text_id": ["t"], "category": [["birds"]], "media": [["1"]]}), tmp_path / "texts.parquet")
    assert said(tmp_path) == []
