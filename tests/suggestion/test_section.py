"""A section from what a user gives."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlsr_es.collection import Section
from mlsr_es.errors import InputError, QueryError
from mlsr_es.suggestion import check_query, read_section


def test_plain_text_is_the_sections_text() -> None:
    """The file's name is its id."""
    assert read_section("\n How to tie a knot. \n", name="/home/ada/knot.txt") == Section(
        "knot.txt", "How to tie a knot."
    )


def test_json_has_the_names_of_topics() -> None:
    """All fields but the text may be missing; names that are not a section's are passed over."""
    line = (
        '{"id": "7", "text": "Twice round.", "page": "k.html", "page_title": "Knots", "section_title": "Bowline",'
        ' "hierarchy": ["Rope", "Loops"], "page_description": "All of them.", "collection": "sample"}\n'
    )
    assert read_section(line, name="-") == Section(
        "7", "Twice round.", "k.html", "Knots", "Bowline", ("Rope", "Loops"), "All of them."
    )
    assert read_section('{"section_title": "Bowline"}', name="x.json") == Section("x.json", "", section_title="Bowline")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ('{"text": "a"', "x begins like a JSON object and is none: "),
        ('{"text": "a"}\n{"text": "b"}', "x begins like a JSON object and is none: "),
        ('{"text": 7}', "x: text is not of the type that a section has there"),
        ('{"text": null, "page_title": ["a"]}', "x: text, page_title is not of the type"),
        ('{"text": "a", "hierarchy": "Rope"}', "x: hierarchy is not of the type"),
        ('{"text": "a", "hierarchy": [1]}', "x: hierarchy is not of the type"),
        ("{}", "x holds no section: none of text, page_title, section_title is there"),
        ('{"caption": "a"}', "x holds no section"),
        ('{"titel": "a", "page_titel": "b"}', r"but titel, page_titel \(page_title\?\)\. A section has id, text"),
    ],
)
def test_what_is_no_section_is_said(content: str, complaint: str) -> None:
    """With the file's name, and what would be right."""
    with pytest.raises(InputError, match=complaint):
        read_section(content, name="x")


def test_names_that_nothing_reads_are_said() -> None:
    """A misspelt name is named with the one that was likely meant; those of a line of topics are not."""
    lines: list[str] = []
    read_section('\ufeff{"text": "a", "page_titel": "Knots", "collection": "sample"}', name="x.json", say=lines.append)
    (line,) = lines
    assert line.startswith("x.json: names that are not read: page_titel (page_title?). Those that are: id, text, page,")


@given(st.text())
def test_any_content_is_a_section_or_an_input_error(content: str) -> None:
    """Whatever is in a file."""
    try:
        section = read_section(content, name="x")
    except InputError:
        return
    assert isinstance(section.text, str)


@pytest.mark.parametrize(
    "section", [Section("x", "a"), Section("x", "", page_title="a"), Section("x", " ", section_title="a")]
)
def test_a_text_or_a_title_is_a_query(section: Section) -> None:
    """One of the three is enough."""
    check_query(section)


@pytest.mark.parametrize("section", [Section("x", ""), Section("x", " \n", page="p.html", hierarchy=("a",))])
def test_an_empty_query_is_refused(section: Section) -> None:
    """With the ways to say more."""
    with pytest.raises(QueryError, match=r"the query is empty\. Give a text or a title"):
        check_query(section)
