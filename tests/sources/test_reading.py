"""How the user says that files are read."""

from __future__ import annotations

import pytest

from mlsr_es.errors import InputError
from mlsr_es.sources import Reading


def test_columns_have_the_fields_that_the_user_names() -> None:
    """A column may have several fields, and a column whose name is taken gives way."""
    reading = Reading.parse("", ["Datei=id", "Datei=image", "a = b=title", "Text=description:de"])
    row = {"Datei": "owl.png", "a = b": "Owl", "Text": "Eule", "title": "old", "page": "p"}
    assert reading.renamed(row) == {
        "id": "owl.png",
        "image": "owl.png",
        "title": "Owl",
        "description:de": "Eule",
        "page": "p",
    }
    assert reading.renamed({"id": "1", "title": "kept"}) == {"id": "1", "title": "kept"}


@pytest.mark.parametrize(
    ("encoding", "mapped", "complaint"),
    [
        ("latin-17", [], r"--encoding: there is no text encoding 'latin-17'\. For example: --encoding cp1252"),
        ("base64", [], "there is no text encoding 'base64'"),
        ("", ["Titel"], r"--map takes COLUMN=FIELD, not 'Titel'\. For example: --map Titel=title"),
        ("", ["=title"], "--map takes COLUMN=FIELD, not '=title'"),
        (
            "",
            ["Titel=titel"],
            r"there is no field 'titel'\. An image has id, image, captions, .* a section has id, page",
        ),
        ("", ["Titel=title:"], "there is no field 'title:'"),
        ("", ["a=title", "b=title"], "--map: two columns are given for title"),
    ],
)
def test_what_cannot_be_read_is_said(encoding: str, mapped: list[str], complaint: str) -> None:
    """An unknown encoding or field is refused with those that there are."""
    with pytest.raises(InputError, match=complaint):
        Reading.parse(encoding, mapped)


@pytest.mark.parametrize("name", ["utf-8", "UTF8", "utf_8"])
def test_utf8_is_the_default(name: str) -> None:
    """To name it changes nothing: a byte order mark is still no part of the first column's name."""
    assert Reading.parse(name, []) == Reading()


def test_columns_that_are_not_there_are_named() -> None:
    """With those that are."""
    reading = Reading.parse("", ["Titl=title", "Text=description"])
    with pytest.raises(InputError, match=r"--map: a\.csv has no column 'Titl'\. It has id, Titel, Text\."):
        reading.check_columns(["id", "Titel", "Text"], "a.csv")
