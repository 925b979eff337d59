"""``--model``: the model's name, in a form that later commands in other folders can use."""

from __future__ import annotations

from pathlib import Path

SHIPPED = "demo"
"""The name of the model that ships with this package."""


def model_name(given: str) -> str:
    """The name by which later searches load the model: for a folder, its absolute path."""
    # The name of the shipped model always means that model, even where a folder has the same name.
    return str(Path(given).resolve()) if Path(given).is_dir() and given != SHIPPED else given
