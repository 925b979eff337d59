"""A section from what the user gives: a text with titles, or a file."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import orjson

from mlsr_es.collection import Section
from mlsr_es.errors import InputError, QueryError

_FIELDS = {entry.name for entry in fields(Section)}


def read_section(content: str, *, name: str) -> Section:
    """A section from a file's content.

    Args:
        content: One JSON object with the names of ``topics.jsonl``, all but ``text`` optional; or plain text.
        name: The file, for messages.

    Raises:
        InputError: It looks like JSON and is none, or holds something else than a section.
    """
    if not content.lstrip().startswith("{"):
        return Section(id=Path(name).name, text=content.strip())
    try:
        values = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise InputError(
            f"{name} begins like a JSON object and is none: {error}.",
            advice="Give one section: one line of topics.jsonl, or plain text.",
        ) from error
    return _from_values(values, name)


def _from_values(values: dict[str, Any], name: str) -> Section:
    known = {key: value for key, value in values.items() if key in _FIELDS}
    hierarchy = known.pop("hierarchy", [])
    wrong = [key for key, value in known.items() if not isinstance(value, str)]
    if not isinstance(hierarchy, list) or not all(isinstance(title, str) for title in hierarchy):
        wrong.append("hierarchy")
    if wrong:
        raise InputError(
            f"{name}: {', '.join(wrong)} is not of the type that a section has there.",
            advice="Titles and text are strings, hierarchy is a list of strings.",
        )
    if not known.keys() & {"text", "page_title", "section_title"}:
        raise InputError(
            f"{name} holds no section: none of text, page_title, section_title is there.",
            advice="Use the names of topics.jsonl.",
        )
    return Section(**{"id": Path(name).name, "text": "", **known}, hierarchy=tuple(hierarchy))


def check_query(section: Section) -> None:
    """See that there is something to search for.

    Raises:
        QueryError: Text and titles are empty.
    """
    if not any(text.strip() for text in (section.text, section.page_title, section.section_title)):
        raise QueryError("the query is empty.", advice="Give a text, or --page-title or --section-title.")
