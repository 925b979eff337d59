"""How the user says that files of a source are read: their encoding, and which columns have which fields."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from mlsr_es.errors import InputError
from mlsr_es.sources.atomic import DOCUMENT_COLUMNS, SECTION_COLUMNS
from mlsr_es.sources.caption_names import is_caption_name


@dataclass(frozen=True, slots=True)
class Reading:
    """How files of a source are read.

    Args:
        encoding: The encoding of CSV, TSV and text files; "" for UTF-8, or UTF-16 where a byte order mark says so.
        columns: Field to the column that has it; a column may have several fields.
    """

    encoding: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, encoding: str, mapped: Sequence[str]) -> Self:
        """From what the user types: the name of an encoding, and ``COLUMN=FIELD`` any number of times.

        Raises:
            InputError: There is no such encoding or field, or two columns have the same field.
        """
        return cls(_encoding(encoding), _columns(mapped))

    def __bool__(self) -> bool:
        """Whether the user says anything."""
        return bool(self.encoding or self.columns)

    def renamed(self, row: dict[str, Any]) -> dict[str, Any]:
        """A row with the fields of mapped columns; a column that is mapped, or whose name is taken, is gone."""
        moved = {name: row[column] for name, column in self.columns.items() if column in row}
        if not moved:
            return row
        gone = {*moved, *self.columns.values()}
        return {name: value for name, value in row.items() if name not in gone} | moved

    def check_columns(self, there: Collection[str], where: str) -> None:
        """Check that the columns that are mapped are there.

        Args:
            there: The columns of all files.
            where: The files, for the message.

        Raises:
            InputError: A column is not there.
        """
        if gone := [column for column in dict.fromkeys(self.columns.values()) if column not in there]:
            raise InputError(
                f"--map: {where} has no column {', '.join(map(repr, gone))}.",
                advice=f"It has {', '.join(there)}.",
            )


PLAIN = Reading()
"""Files are UTF-8, and their columns have the names that this package reads."""


def _encoding(name: str) -> str:
    if not name:
        return ""
    try:
        # An empty text is never decoded, and so would pass with any name.
        b"a".decode(name, "replace")
    except LookupError as error:
        raise InputError(
            f"--encoding: there is no text encoding {name!r}.", advice="For example: --encoding cp1252"
        ) from error
    return "" if name.lower().replace("_", "-") in {"utf-8", "utf8"} else name


def _columns(mapped: Sequence[str]) -> dict[str, str]:
    columns: dict[str, str] = {}
    for entry in mapped:
        column, equals, name = (part.strip() for part in entry.rpartition("="))
        if not equals or not column or not name:
            raise InputError(f"--map takes COLUMN=FIELD, not {entry!r}.", advice="For example: --map Titel=title")
        if not _is_field(name):
            raise InputError(
                f"--map: there is no field {name!r}.",
                advice=f"An image has {', '.join(DOCUMENT_COLUMNS[0])}, and for captions in a language "
                f"description:de and so on; a section has {', '.join(SECTION_COLUMNS[0])}.",
            )
        if columns.setdefault(name, column) != column:
            raise InputError(f"--map: two columns are given for {name}.", advice="Name one of them.")
    return columns


def _is_field(name: str) -> bool:
    return is_caption_name(name) or any(name in form for form in (*DOCUMENT_COLUMNS, *SECTION_COLUMNS))
