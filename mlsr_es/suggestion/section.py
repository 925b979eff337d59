"""A section from what the user gives: a text with titles, or a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import orjson

from mlsr_es.collection import Section
from mlsr_es.errors import InputError, QueryError
from mlsr_es.progress import say_nothing

_FIELDS = tuple(entry.name for entry in fields(Section))
_NAMES = ", ".join(_FIELDS)

_BESIDE = ("collection",)
"""Names that a line of a collection's topics may have, and that a query has no use for."""


def read_section(content: str, *, name: str, say: Callable[[str], None] = say_nothing) -> Section:
    """A section from a file's content.

    Args:
        content: One JSON object with the names of ``topics.jsonl``, all but ``text`` optional; or plain text.
        name: The file, for messages.
        say: Called with a line on names in the object that nothing reads.

    Raises:
        InputError: It looks like JSON and is none, or holds something else than a section.
    """
    content = content.removeprefix("\ufeff")  # a byte order mark
    if not content.lstrip().startswith("{"):
        return Section(id=Path(name).name, text=content.strip())
    try:
        values = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise InputError(
            f"{name} begins like a JSON object and is none: {error}.",
            advice="Give one section: one line of topics.jsonl, or plain text.",
        ) from error
    section = _from_values(values, name)
    if unread := _unread(values):
        say(f"{name}: names that are not read: {unread}. Those that are: {_NAMES}.")
    return section


def section_from(values: Mapping[str, Any], name: str = "the section") -> Section:
    """A section from a mapping with the names of ``topics.jsonl``.

    Args:
        values: All but ``text`` or a title may be missing.
        name: What holds it, for messages.

    Raises:
        InputError: A name is unknown, a value is of another type, or there is neither a text nor a title.
    """
    section = _from_values(values, name)
    if unread := _unread(values):
        raise InputError(f"{name}: names that are not read: {unread}.", advice=f"Those that are: {_NAMES}.")
    return section


def _from_values(values: Mapping[str, Any], name: str) -> Section:
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
            f"{name} holds no section: none of text, page_title, section_title is there, "
            f"but {_unread(values) or ', '.join(values) or 'nothing'}.",
            advice=f"A section has {_NAMES}.",
        )
    return Section(**{"id": Path(name).name, "text": "", **known}, hierarchy=tuple(hierarchy))


def _unread(values: Mapping[str, Any]) -> str:
    """The names that nothing reads, each with the one that was likely meant."""
    unread = [name for name in values if name not in _FIELDS and name not in _BESIDE]
    if not unread:
        return ""
    from mlsr_es.sources import with_meant  # slow to import, and seldom needed

    return ", ".join(with_meant(name, _FIELDS) for name in unread)


def is_empty(section: Section) -> bool:
    """Whether text and titles are empty."""
    return not any(text.strip() for text in (section.text, section.page_title, section.section_title))


def check_query(section: Section) -> None:
    """See that there is something to search for.

    Raises:
        QueryError: Text and titles are empty.
    """
    if is_empty(section):
        raise QueryError("the query is empty.", advice="Give a text or a title.")
