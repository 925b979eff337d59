"""What is searched for, from options: a section, or an image."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from mlsr_es.collection import Section
from mlsr_es.commands.options.injecting import with_options
from mlsr_es.errors import InputError

_Result = TypeVar("_Result")


def with_query(command: Callable[..., _Result]) -> Callable[..., _Result]:
    """Give a command the options below in place of its parameter ``query``."""
    return with_options(command, "query", query_of)


def query_of(
    *,
    text: Annotated[str, typer.Argument(metavar="[TEXT]", help="The section's text; of an image, its caption.")] = "",
    page_title: Annotated[str, typer.Option(metavar="T", help="The title of the page.")] = "",
    section_title: Annotated[str, typer.Option(metavar="T", help="The section's own heading.")] = "",
    section_file: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="The section: a JSON object with the names of topics.jsonl, or plain text; - for standard input.",
        ),
    ] = None,
    image: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Search by an image, for models that read images: what the index holds that is like it.",
        ),
    ] = None,
) -> Any:
    """A ``Query``: a section with something in it, or an image with or without a caption.

    Raises:
        InputError: Both are given, or a file cannot be read.
        QueryError: The section is empty.
    """
    from mlsr_es.suggestion import check_query, read_picture

    if image is None:
        section = section_of(text, page_title, section_title, section_file)
        check_query(section)
        return section
    if page_title or section_title or section_file:
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
