"""What an examination found: a line each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How grave it is."""

    GREEN = "green"
    """As it should be."""

    AMBER = "amber"
    """It works, and could be better."""

    RED = "red"
    """Searches fail, or lack images."""

    UNKNOWN = "unknown"
    """The rights hide it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A line.

    Args:
        about: What was looked at.
        level: How it is.
        says: What was found.
        advice: What to do; "" for nothing.
    """

    about: str
    level: Level
    says: str
    advice: str = ""
