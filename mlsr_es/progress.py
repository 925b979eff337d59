"""How long work tells of itself: the rooms report stages, the commands draw them."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Takes reports of stages; each call is cheap and may come from any thread."""

    def start(self, stage: str, total: int | None = None, unit: str = "") -> None:
        """A stage begins, or learns its total.

        Args:
            stage: What is done, as the user reads it: "Encoding images".
            total: How much there is to do, in ``unit``; None where that is not known.
            unit: "images", "bytes"...; "" where the stage only begins and ends.
        """

    def advance(self, stage: str, count: int = 1) -> None:
        """So much more is done."""

    def finish(self, stage: str) -> None:
        """The stage has ended; what was not counted was not needed."""


class Silent:
    """Draws nothing."""

    def start(self, stage: str, total: int | None = None, unit: str = "") -> None:
        """Nothing."""

    def advance(self, stage: str, count: int = 1) -> None:
        """Nothing."""

    def finish(self, stage: str) -> None:
        """Nothing."""
