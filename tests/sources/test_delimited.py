"""CSV and TSV as programs write them: delimiters, quotes, encodings and empty cells."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlsr_es.errors import RecordError
from mlsr_es.sources.delimited import Form, form_of, read_delimited


def rows(path: Path, content: str | bytes, encoding: str = "") -> list[dict[str, str] | str]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return [row.reason if isinstance(row, RecordError) else row for _, row in read_delimited(path, encoding)]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("name", ["a.csv", "a.tsv"])
def test_the_delimiter_is_found_whatever_the_suffix(tmp_path: Path, name: str, mark: str) -> None:
    """It is the character that divides the header and the rows into equally many cells."""
    lines = [["id", "caption"], ["1", "an owl"], ["2", "a bear"]]
    text = "\n".join(mark.join(cells) for cells in lines)
    assert rows(tmp_path / name, text) == [{"id": "1", "caption": "an owl"}, {"id": "2", "caption": "a bear"}]


def test_commas_in_cells_do_not_divide_them(tmp_path: Path) -> None:
    """Text with commas between semicolons is one cell; a comma within quotes is text."""
    assert rows(tmp_path / "a.csv", "id;text, long\n1;an owl, on a branch, at night\n2;a bear\n") == [
        {"id": "1", "text, long": "an owl, on a branch, at night"},
        {"id": "2", "text, long": "a bear"},
    ]
    assert rows(tmp_path / "b.csv", 'id,text\n1,"an owl; a bear, a ""fox"""\n') == [
        {"id": "1", "text": 'an owl; a bear, a "fox"'}
    ]


def test_what_is_odd_is_said(tmp_path: Path) -> None:
    """A delimiter that is not the suffix' usual one, and UTF-16."""
    assert Form("utf-8-sig", ",").oddities(tmp_path / "a.csv") == ""
    assert Form("utf-8-sig", "\t").oddities(tmp_path / "a.tsv") == ""
    assert Form("utf-16", ";").oddities(tmp_path / "a.tsv") == (
        "its cells are separated by semicolons and its encoding is UTF-16"
    )


def test_one_column_has_no_delimiter(tmp_path: Path) -> None:
    """A file of ids alone is read as the suffix says."""
    assert rows(tmp_path / "a.csv", "id\n1\n2\n") == [{"id": "1"}, {"id": "2"}]
    assert form_of(tmp_path / "a.csv") == Form("utf-8-sig", ",")


def test_quotes_in_tsv_are_characters_where_they_do_not_enclose_cells(tmp_path: Path) -> None:
    """A quote that is never closed does not swallow the rows after it."""
    assert rows(tmp_path / "a.tsv", 'id\ttext\n1\t"Owl\n2\t5" nail\n3\tfox\n') == [
        {"id": "1", "text": '"Owl'},
        {"id": "2", "text": '5" nail'},
        {"id": "3", "text": "fox"},
    ]
    assert rows(tmp_path / "b.tsv", 'id\ttext\r\n1\t"two\r\nlines"\r\n') == [{"id": "1", "text": "two\r\nlines"}]


def test_a_quote_that_is_not_closed_is_told_with_its_line(tmp_path: Path) -> None:
    """In CSV, where quotes enclose cells, the row that swallows the rest names the line where it began."""
    good, bad = rows(tmp_path / "a.csv", 'id,text\n1,owl\n2,"bear\n3,fox\n4,hare\n')
    assert good == {"id": "1", "text": "owl"}
    assert bad == "in the row from line 3 on a quote is not closed, or not doubled"
    again = rows(tmp_path / "b.csv", 'id,text\n1,"owl" and bear\n2,"fox"\n3,a,b\n')
    assert again == [
        "in this row a quote is not closed, or not doubled",
        {"id": "2", "text": "fox"},
        "in this row are more or fewer cells than in the header",
    ]


def test_empty_rows_and_names_with_spaces(tmp_path: Path) -> None:
    """Rows of empty cells, as spreadsheets leave them, are skipped; spaces around a column's name are none of it."""
    assert rows(tmp_path / "a.csv", "\r\n id ; text;\r\n1;owl;\r\n;;\r\n\r\n") == [{"id": "1", "text": "owl", "": ""}]


@pytest.mark.parametrize(
    ("codec", "encoding"), [("utf-8-sig", ""), ("utf-8-sig", "cp1252"), ("utf-16", ""), ("cp1252", "cp1252")]
)
def test_encodings(tmp_path: Path, codec: str, encoding: str) -> None:
    """A byte order mark tells the encoding, whatever the user names; else the user's counts."""
    text = "id;text\n1;Große Eule\n"
    assert rows(tmp_path / "a.csv", text.encode(codec), encoding) == [{"id": "1", "text": "Große Eule"}]


@pytest.mark.parametrize(
    ("text", "codec", "likely"),
    [
        ("Große Eule auf einem Ast, müde", "latin-1", "cp1252"),
        ("Un hibou très élégant à la forêt", "cp1252", "cp1252"),
        ("Большая сова сидит на ветке", "cp1251", "cp1251"),
        ("大きなフクロウが枝に止まっている", "shift_jis", "cp932"),
    ],
)
def test_the_likely_encoding_is_named(tmp_path: Path, text: str, codec: str, likely: str) -> None:
    """Each row that is not UTF-8 is rejected with the option that reads it; the others are read."""
    content = b"id,text\n1,owl\n" + f"2,{text.replace(',', '')}\n".encode(codec)
    assert rows(tmp_path / "a.csv", content) == [
        {"id": "1", "text": "owl"},
        f"the row is not UTF-8, but likely {likely}: give --encoding {likely}",
    ]


def test_a_header_that_cannot_be_read_ends_the_file(tmp_path: Path) -> None:
    """Without the names of its columns no row can be read."""
    assert rows(tmp_path / "b.csv", 'id,"te"xt\n1,owl\n2,bear\n') == [
        "in this row a quote is not closed, or not doubled"
    ]
    (bad,) = rows(tmp_path / "a.csv", "id;Größe\n1;2\n".encode("latin-1"))
    assert bad == "the header is not UTF-8, but likely cp1252: give --encoding cp1252"
