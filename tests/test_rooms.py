"""What each room promises: the names that it exports, and that others use no other ones."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

import mlsr_es

PACKAGE = Path(mlsr_es.__file__).parent
HOUSES = ("elastic", "inspection")
"""Rooms that have rooms inside, and export nothing themselves."""

ROOMS = sorted(
    [
        *(path.parent.name for path in PACKAGE.glob("*/__init__.py") if path.parent.name not in HOUSES),
        *(f"{house}.{path.parent.name}" for house in HOUSES for path in PACKAGE.glob(f"{house}/*/__init__.py")),
    ]
)
FOR_ANNOTATIONS = {"Client"}
"""Exported where types are checked, and not there when the program runs."""


@cache
def imports(path: Path) -> tuple[tuple[str, str], ...]:
    """The modules of this package that a file imports from, each with the name that it takes."""
    return tuple(
        (str(node.module), alias.name)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("mlsr_es.")
        for alias in node.names
    )


@pytest.mark.parametrize("room", ROOMS)
def test_everything_that_is_exported_is_there(room: str) -> None:
    """Listed once; and what of ours is there is exported."""
    module = import_module(f"mlsr_es.{room}")
    assert len(module.__all__) == len(set(module.__all__))
    assert [name for name in module.__all__ if not hasattr(module, name)] == []
    ours = {name for name, value in vars(module).items() if getattr(value, "__module__", "").startswith("mlsr_es.")}
    assert {name for name in ours if not name.startswith("_")} <= set(module.__all__)


@pytest.mark.parametrize("room", [*HOUSES, *ROOMS])
def test_a_room_says_what_it_is_for(room: str) -> None:
    """In a few lines at the top of its ``__init__``."""
    described = ast.get_docstring(
        ast.parse(PACKAGE.joinpath(*room.split("."), "__init__.py").read_text(encoding="utf-8"))
    )
    assert 1 <= len((described or "").splitlines()) <= 6


@pytest.mark.parametrize("room", ROOMS)
def test_others_use_only_what_a_room_exports(room: str) -> None:
    """So that what is inside can change."""
    exported = set(import_module(f"mlsr_es.{room}").__all__) | FOR_ANNOTATIONS
    within = f"mlsr_es.{room}"
    reached = [
        (path.relative_to(PACKAGE).as_posix(), f"{module}.{name}")
        for path in PACKAGE.rglob("*.py")
        if not path.is_relative_to(PACKAGE.joinpath(*room.split(".")))
        for module, name in imports(path)
        if module.startswith(f"{within}.") or (module == within and name not in exported)
    ]
    assert reached == []


def test_what_commands_share_knows_no_command() -> None:
    """Options and rendering stand below the commands that use them."""
    shared = [path for part in ("options", "rendering") for path in (PACKAGE / "commands" / part).glob("*.py")]
    reached = [
        (path.name, module) for path in shared for module, _ in imports(path) if module.startswith("mlsr_es.commands")
    ]
    allowed = ("mlsr_es.commands.options", "mlsr_es.commands.rendering")
    assert [one for one in reached if not one[1].startswith(allowed)] == []


def test_the_client_is_imported_only_where_something_is_sent() -> None:
    """``--help`` stays fast."""
    rooms = ", ".join(f"mlsr_es.{room}" for room in ROOMS if room.startswith("elastic."))
    program = f"import sys, {rooms}; sys.exit('elasticsearch' in sys.modules or 'elastic_transport' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
