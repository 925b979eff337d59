"""Reports of progress: rooms report stages, and commands draw them."""

from __future__ import annotations

from typing import Protocol

LOADING_MODEL = "Loading the model"
"""The stage before the first document: torch and a model take seconds."""


class Progress(Protocol):
    """Takes reports of stages; each call is cheap and may come from any thread."""

    def start(self, stage: str, total: int | None = None, unit: str = "") -> None:
        """Begin a stage, or set its total.

        Args:
            stage: The stage's name for the user, such as "Encoding images".
            total: How much there is to do, in ``unit``; None where it is unknown.
            unit: What is counted, such as "images" or "bytes"; "" where nothing is counted.
        """

    def advance(self, stage: str, count: int = 1) -> None:
        """Add to the amount that is done."""

    def finish(self, stage: str) -> None:
        """End a stage, even if its total was not reached."""


def say_nothing(_: str) -> None:
    """Take a line for the user, and do nothing with it."""


class Silent:
    """Draws nothing."""

    def start(self, stage: str, total: int | None = None, unit: str = "") -> None:
        """Do nothing."""

    def advance(self, stage: str, count: int = 1) -> None:
        """Do nothing."""

    def finish(self, stage: str) -> None:
        """Do nothing."""
