"""What is searched for, from options: a section, and filters."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from mlsr_es.collection import Section
from mlsr_es.errors import InputError
from mlsr_es.hybrid import AUTO, Hybrid

if TYPE_CHECKING:
    from mlsr_es.suggestion import Picture


def asked_for(
    text: str, page_title: str, section_title: str, file: Path | None, image: Path | None
) -> Section | Picture:
    """A section with something in it, or an image with or without a caption.

    Raises:
        InputError: Both are given, or a file cannot be read.
        QueryError: The section is empty.
    """
    from mlsr_es.suggestion import check_query, read_picture

    if image is None:
        section = section_of(text, page_title, section_title, file)
        check_query(section)
        return section
    if page_title or section_title or file:
        raise InputError("an image and a section are given.", advice="Beside --image, TEXT alone: it is the caption.")
    return read_picture(image, text)


def section_of(text: str, page_title: str, section_title: str, file: Path | None) -> Section:
    """From texts, or from a file; - is standard input.

    Raises:
        InputError: Both are given, or the file cannot be read.
    """
    from mlsr_es.suggestion import read_section

    if file is None:
        return Section(id="query", text=text, page_title=page_title, section_title=section_title)
    if text or page_title or section_title:
        raise InputError("a text and a file are given.", advice="Give the section one way.")
    try:
        content = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{file} is no UTF-8 text.", advice="Save it as UTF-8.") from error
    return read_section(content, name=str(file))


def filters_of(given: Sequence[str]) -> dict[str, str]:
    """Field to value, from ``FIELD=VALUE`` each.

    Raises:
        InputError: One is something else.
    """
    filters = {}
    for entry in given:
        field, equals, value = entry.partition("=")
        if not equals or not field:
            raise InputError(f"--filter {entry!r} is no FIELD=VALUE.", advice="For example: --filter collection=sample")
        filters[field] = value
    return filters


def clauses_of(given: Sequence[str]) -> tuple[Mapping[str, Any], ...]:
    """Clauses of the query language, from files or from JSON as it is typed.

    Raises:
        InputError: One cannot be read, or is something else.
    """
    found: list[Mapping[str, Any]] = []
    for entry in given:
        clauses = _json(entry, "--filter-json")
        many = clauses if isinstance(clauses, list) else [clauses]
        if not many or not all(isinstance(one, dict) and one for one in many):
            raise InputError(
                "--filter-json is no clause of the query language.",
                advice="""For example: --filter-json '{"range": {"width": {"gte": 640}}}'""",
            )
        found += many
    return tuple(found)


def own_body(file: Path | None) -> Mapping[str, Any] | None:
    """The user's own search body; None where there is none.

    Raises:
        InputError: It cannot be read, or cannot be put together with a query of this package.
    """
    from mlsr_es.elastic.search import check_own

    return check_own(_json(str(file), "--wrap")) if file else None


def page_of(size: int | None, start: int | None, own: Mapping[str, Any] | None) -> tuple[int, int]:
    """How many images, and how many are passed over: as typed, else as the user's own search body says.

    Raises:
        InputError: That is out of reach.
    """
    from mlsr_es.elastic.search import check_page

    told = own or {}
    wanted = [
        given if given is not None else told.get(name, usual)
        for given, name, usual in ((size, "size", 10), (start, "from", 0))
    ]
    if not all(isinstance(one, int) and one >= 0 for one in wanted):
        raise InputError("size and from of the search body are no numbers.", advice="Give --size and --from.")
    check_page(wanted[1], wanted[0])
    return wanted[0], wanted[1]


def checked_hybrid(given: str) -> str:
    """What --hybrid says, once it is known to say something: what is wrong is told before a cluster is asked.

    Raises:
        InputError: It is neither ``auto`` nor ``FIELD:WEIGHT``.
    """
    if given not in ("", AUTO):
        Hybrid.parse(given)
    return given


def _json(given: str, option: str) -> Any:
    """JSON as it is typed, or a file's."""
    content = given
    if not given.lstrip().startswith(("{", "[")):
        try:
            content = Path(given).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or error
            raise InputError(f"{option}: {given} cannot be read: {reason}.", advice="Give a file, or JSON.") from error
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise InputError(f"{option}: {given} is no JSON: {error}.") from error
