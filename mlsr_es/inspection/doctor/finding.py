"""The findings of an examination, one line each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How serious a finding is."""

    GREEN = "green"
    """All is well."""

    AMBER = "amber"
    """It works but could be better."""

    RED = "red"
    """Searches fail or miss images."""

    UNKNOWN = "unknown"
    """Missing rights hide it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of an examination.

    Args:
        about: What was checked.
        level: How serious the finding is.
        says: The finding.
        advice: What to do; "" if nothing.
    """

    about: str
    level: Level
    says: str
    advice: str = ""
