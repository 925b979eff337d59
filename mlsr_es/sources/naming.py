"""The name of a collection that the user gives none."""

from __future__ import annotations

import re
from pathlib import Path

from mlsr_es.sources.text import path_id

_SAY_NOTHING = frozenset(
    "_build _site build book dist doc docs en en-us export help html htdocs htmldocs manual out output public "  # noqa: SIM905
    "public_html site static web www".split()
)

_VERSION = re.compile(r"v?\d+(\.\d+)*")


def collection_name(folder: Path) -> str:
    """The name of the nearest folder, upwards, whose name says something: ``owl/html`` is called ``owl``.

    Manuals are often in a folder called ``html``, and images of two such manuals must not have the same ids.

    Args:
        folder: The collection's folder; where all names say nothing, its own is taken.
    """
    resolved = folder.resolve()
    holders = (each.name for each in (resolved, *resolved.parents) if each.name)
    return path_id(next(filter(_says_something, holders), resolved.name))


def _says_something(name: str) -> bool:
    return name.lower() not in _SAY_NOTHING and not _VERSION.fullmatch(name)
