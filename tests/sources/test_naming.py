"""The name of a collection that the user gives none."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlsr_es.sources.naming import collection_name


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("owl/html", "owl"),
        ("owl/docs/_build/html/en", "owl"),
        ("owl/2.10/help/en", "owl"),
        ("Owl Manual/HTML", "Owl Manual"),
        ("owl", "owl"),
        ("owl/bees", "bees"),
        ("owl/html.d", "html.d"),
    ],
)
def test_name(tmp_path: Path, folder: str, name: str) -> None:
    """A collection has the name of its folder, or of the nearest folder above it whose name says something."""
    assert collection_name(tmp_path / folder) == name


def test_nothing_says_anything() -> None:
    """Where no folder's name says anything, the collection has the name of its own."""
    assert collection_name(Path("/html/en")) == "en"
