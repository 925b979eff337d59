"""``--model``: which model, by a name that holds from whatever folder a later command is started in."""

from __future__ import annotations

from pathlib import Path

SHIPPED = "demo"
"""The model that comes with this package."""


def model_name(given: str) -> str:
    """The name by which later searches load the model: of a folder its absolute path."""
    # The shipped model's name means the shipped model, also beside a folder of that name.
    return str(Path(given).resolve()) if Path(given).is_dir() and given != SHIPPED else given
