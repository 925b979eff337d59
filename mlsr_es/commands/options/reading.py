"""``--encoding`` and ``--map``: how the files of a source are read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

import typer

from mlsr_es.commands.options.injecting import with_options

_Result = TypeVar("_Result")


def with_reading(command: Callable[..., _Result]) -> Callable[..., _Result]:
    """Give a command the options below in place of its parameter ``reading``."""
    return with_options(command, "reading", reading_of)


def reading_of(
    *,
    encoding: Annotated[
        str,
        typer.Option(
            metavar="NAME", help="The encoding of CSV and TSV files, and of text files beside images, as in cp1252."
        ),
    ] = "",
    mapped: Annotated[
        list[str],
        typer.Option(
            "--map",
            metavar="COLUMN=FIELD",
            help="Which column of rows has a field, as in Titel=title or Text=description:de. Can be repeated.",
        ),
    ] = [],  # noqa: B006 - typer makes a list of its own
) -> Any:
    """How the files of a source are read, as ``Reading``.

    Raises:
        InputError: There is no such encoding or field, or two columns have the same field.
    """
    from mlsr_es.sources import Reading

    return Reading.parse(encoding, mapped)
