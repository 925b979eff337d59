"""Collections in files of rows."""

from __future__ import annotations

from pathlib import Path

from mlsr_es.collection import ImageDocument, Judgement
from mlsr_es.errors import RecordError
from mlsr_es.sources.export import export
from mlsr_es.sources.table import Table, read_topics


def test_the_first_of_equal_ids_stays(tmp_path: Path) -> None:
    """A second row with the same id is rejected, and reading again gives the same."""
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": "1"}\n{"id": "2"}\n{"id": "1"}\nnonsense\n')
    source = Table([path], name="c")
    for _ in range(2):
        one, two, again, bad = source.documents()
        assert isinstance(one, ImageDocument)
        assert isinstance(two, ImageDocument)
        assert isinstance(again, RecordError)
        assert again.reason == "its id stands twice: a.jsonl:3 is not the first"
        assert isinstance(bad, RecordError)
    assert source.count() == 4


def test_ids_with_spaces_stay_readable(tmp_path: Path) -> None:
    """A space stays in an id, another sign stands for it in qrels, and other white space is percent-encoded."""
    (tmp_path / "d.jsonl").write_text('{"id": "Große Eule 1"}\n{"id": "a\\tb"}\n{"id": "a%20b"}\n')
    (tmp_path / "qrels.txt").write_text(
        "the\N{SYMBOL FOR SPACE}page 0 Große\N{SYMBOL FOR SPACE}Eule\N{SYMBOL FOR SPACE}1 1\n"
    )
    source = Table([tmp_path / "d.jsonl"], [], tmp_path / "qrels.txt", name="c")
    ids = [item.id for item in source.documents() if isinstance(item, ImageDocument)]
    assert ids == ["Große Eule 1", "a%09b", "a%20b"]
    assert list(source.judgements()) == [Judgement("the page", "Große Eule 1")]
    export(source, tmp_path / "out")
    assert (tmp_path / "out" / "qrels.txt").read_text() == (tmp_path / "qrels.txt").read_text()


def test_columns_of_topics_that_nothing_reads_are_told(tmp_path: Path) -> None:
    """A misspelt title would be missing from each query silently."""
    (tmp_path / "t.jsonl").write_text('{"id": "s", "text": "t", "page_titel": "Owls"}\n')
    lines: list[str] = []
    assert [section.id for section in read_topics(tmp_path / "t.jsonl", lines.append)] == ["s"]
    (line,) = lines
    assert "t.jsonl: columns that are not read: page_titel (page_title?). Those that are: id, page," in line


def test_sections_and_judgements(tmp_path: Path) -> None:
    """Bad sections and bad lines of qrels are faults; the others are read."""
    (tmp_path / "d.jsonl").write_text('{"id": "1"}')
    (tmp_path / "topics.jsonl").write_text('{"id": "s", "text": "t"}\n{"text": "u"}\n')
    (tmp_path / "qrels.txt").write_text("s 0 1 1\ns Q0 2 0\n\ns 0 1\n")
    source = Table([tmp_path / "d.jsonl"], [tmp_path / "topics.jsonl"], tmp_path / "qrels.txt", name="c")
    assert [section.id for section in source.sections()] == ["s"]
    assert list(source.judgements()) == [Judgement("s", "1"), Judgement("s", "2", 0)]
    assert [error.record_id for error in source.faults()] == ["topics.jsonl:2", "qrels.txt:4"]
