"""What each room promises: the names that it exports, and that others use no other ones."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

import mlsr_es

PACKAGE = Path(mlsr_es.__file__).parent
ROOMS = sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py"))
FOR_ANNOTATIONS = {"Client"}
"""Exported where types are checked, and not there when the program runs."""


def imports(path: Path) -> Iterator[tuple[str, str]]:
    """The modules of this package that a file imports from, each with the name that it takes."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("mlsr_es."):
            yield from ((str(node.module), alias.name) for alias in node.names)


@pytest.mark.parametrize("room", ROOMS)
def test_everything_that_is_exported_is_there(room: str) -> None:
    """Listed once; and what of ours is there is exported."""
    module = import_module(f"mlsr_es.{room}")
    assert len(module.__all__) == len(set(module.__all__))
    assert [name for name in module.__all__ if not hasattr(module, name)] == []
    ours = {name for name, value in vars(module).items() if getattr(value, "__module__", "").startswith("mlsr_es.")}
    assert {name for name in ours if not name.startswith("_")} <= set(module.__all__)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_says_what_it_is_for(room: str) -> None:
    """In a few lines at the top of its ``__init__``."""
    described = ast.get_docstring(ast.parse((PACKAGE / room / "__init__.py").read_text(encoding="utf-8")))
    assert 1 <= len((described or "").splitlines()) <= 6


@pytest.mark.parametrize("room", ROOMS)
def test_others_use_only_what_a_room_exports(room: str) -> None:
    """So that what is inside can change."""
    exported = set(import_module(f"mlsr_es.{room}").__all__) | FOR_ANNOTATIONS
    within = f"mlsr_es.{room}"
    reached = [
        (path.relative_to(PACKAGE).as_posix(), f"{module}.{name}")
        for path in PACKAGE.rglob("*.py")
        if path.relative_to(PACKAGE).parts[0] != room
        for module, name in imports(path)
        if module.startswith(f"{within}.") or (module == within and name not in exported)
    ]
    assert reached == []
