"""Files beside a file of images: what belongs to it, and what is said of the rest."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlsr_es.sources import Source, open_source


def opened(given: Path) -> tuple[Source, list[str]]:
    lines: list[str] = []
    return open_source(str(given), say=lines.append), lines


def write(folder: Path, images: str, *, qrels: str = "") -> Path:
    (folder / images).write_text("id,caption\n1,an owl\n")
    (folder / "topics.jsonl").write_text('{"id": "s", "text": "Owls hunt at night."}\n')
    if qrels:
        (folder / "qrels.txt").write_text(qrels)
    return folder / images


def test_foreign_sections_are_not_read(tmp_path: Path) -> None:
    """Sections and judgements beside a single file are not its own, and a line says so with what would make them so."""
    source, (line,) = opened(write(tmp_path, "birds.csv", qrels="s 0 7 1\n"))
    assert (list(source.sections()), list(source.judgements())) == ([], [])
    assert line.startswith(
        f"{tmp_path}: not read: topics.jsonl and qrels.txt. Nothing says that this belongs to birds.csv"
    )


@pytest.mark.parametrize("how", ["judged", "documents", "folder", "glob"])
def test_sections_that_belong_are_read(tmp_path: Path, how: str) -> None:
    """Those that qrels.txt connects with an image, those beside documents, and those in a folder or a glob."""
    given = write(tmp_path, "birds.csv" if how in {"judged", "glob"} else "documents.csv", qrels="s 0 1 1\n")
    source, lines = opened({"folder": tmp_path, "glob": tmp_path / "*.csv"}.get(how, given))
    assert [section.id for section in source.sections()] == ["s"]
    assert [judgement.image_id for judgement in source.judgements()] == ["1"]
    together = [f"{given}: read together with topics.jsonl and qrels.txt beside it."]
    assert lines == ([] if how in {"folder", "glob"} else together)


def test_rows_of_a_folder_that_are_not_read_are_named(tmp_path: Path) -> None:
    """A folder with documents has one file of them; other files of rows in it are told."""
    write(tmp_path, "documents.csv")
    (tmp_path / "more.csv").write_text("id\n2\n")
    _, lines = opened(tmp_path)
    assert lines == [
        f"{tmp_path}: files of rows that are not read: more.csv. Such a file is named by its own path.",
    ]
