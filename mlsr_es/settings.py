"""Settings files: TOML tables that are checked as a whole, so that all faults are said at once."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from mlsr_es.errors import InputError
from mlsr_es.extras import extra

with extra("research"):
    from pydantic import BaseModel, ConfigDict, ValidationError


class TomlTable(BaseModel):
    """A table of a file; keys that it does not know are faults."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


_Checked = TypeVar("_Checked", bound=TomlTable)


def read_toml(path: Path) -> dict[str, Any]:
    """The values of a TOML file.

    Raises:
        InputError: It cannot be read, or is no TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read: {error}.", advice="Name a TOML file.") from error
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path} is no TOML: {error}.") from error


def checked(table: type[_Checked], values: Mapping[str, Any]) -> tuple[_Checked | None, list[str]]:
    """The table of some values, or all that is wrong with them, each fault with its key."""
    try:
        return table.model_validate(dict(values)), []
    except ValidationError as error:
        return None, [_said(fault["loc"], fault["msg"], fault["type"]) for fault in error.errors()]


def faulty(name: str, faults: Sequence[str]) -> InputError:
    """The error that says all faults.

    Args:
        name: Of the file, or what else has them.
        faults: One or more.
    """
    listed = "\n".join(f"  {fault}" for fault in faults)
    return InputError(f"{name} has {len(faults)} fault{'s' * (len(faults) != 1)}:\n{listed}")


def _said(place: tuple[int | str, ...], message: str, kind: str) -> str:
    key = ".".join(map(str, place))
    match kind:
        case "missing":
            return f"{key} is missing"
        case "extra_forbidden":
            return f"{key} is no key that there is"
        case _:
            return f"{key}: {message[0].lower()}{message[1:]}"
