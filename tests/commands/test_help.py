"""The help: complete, with examples, and quick to come."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Iterator, Sequence
from typing import Any, cast

import pytest
import typer
from typer.core import TyperCommand, TyperGroup
from typer.testing import CliRunner

from mlsr_es.commands.lazily import Entry
from mlsr_es.commands.main import COMMANDS, app
from tests.extras import EXTRAS

ROOT = cast("TyperGroup", typer.main.get_command(app))
SLOW = {"torch", "transformers", "elasticsearch", "elastic_transport", "pyarrow", "scipy", "PIL", "lxml"}


def commands(group: TyperGroup = ROOT, *path: str) -> Iterator[tuple[str, ...]]:
    """The paths of all commands, groups among them."""
    yield path
    for name, called in group.commands.items():
        command = getattr(called, "loaded", called)
        if isinstance(command, TyperGroup):
            yield from commands(command, *path, name)
        else:
            yield (*path, name)


PATHS = list(commands())


def command_at(path: Sequence[str]) -> TyperGroup | TyperCommand:
    command: Any = ROOT
    for name in path:
        command = command.commands[name]
        command = getattr(command, "loaded", command)
    return cast("TyperGroup | TyperCommand", command)


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_every_command_says_what_it_does_and_gives_an_example(path: tuple[str, ...]) -> None:
    """The example is a call of that command. All of it fits a terminal of 80 columns, and no summary is cut."""
    command = command_at(path)
    assert command.help
    assert (command.epilog or "").startswith(" ".join(["Example: mlsr-es", *path]))
    result = CliRunner().invoke(app, [*path, "--help"], prog_name="mlsr-es")
    assert result.exit_code == 0
    assert "Example: mlsr-es" in result.stdout
    usage, *lines = result.stdout.splitlines()
    assert usage.startswith("Usage: mlsr-es")
    assert [line for line in lines if len(line) > 80 or line.endswith("...")] == []


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_every_option_is_described(path: tuple[str, ...]) -> None:
    """And every argument."""
    parameters = [each for each in command_at(path).params if each.name not in {"help", "show_completion"}]
    assert [each.name for each in parameters if not getattr(each, "help", "")] == []


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_every_example_is_one_that_the_parser_takes(path: tuple[str, ...]) -> None:
    """Options in it exist."""
    words = shlex.split((command_at(path).epilog or "").removeprefix("Example: mlsr-es"))
    called = max((each for each in PATHS if tuple(words[: len(each)]) == each), key=len)
    command = command_at(called)
    assert not isinstance(command, TyperGroup)
    command.make_context("mlsr-es", words[len(called) :])


@pytest.mark.parametrize("entry", COMMANDS, ids=lambda entry: entry.name)
def test_the_help_of_the_program_says_of_each_command_what_its_own_help_says_first(entry: Entry) -> None:
    """The program's help does not import the commands."""
    first = str(entry.load().help).partition("\n\n")[0]
    assert entry.summary == " ".join(first.split())


def test_the_help_of_the_program_imports_typer_and_what_that_needs() -> None:
    """It comes at once."""
    code = """
import sys
from contextlib import suppress
from mlsr_es.commands import run
sys.argv = ["mlsr-es", "--help"]
with suppress(SystemExit):
    run()
sys.stderr.write(" ".join(sys.modules))
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(ran.stderr.split())
    assert {name for name in loaded if name.startswith("mlsr_es.")} == {
        "mlsr_es.commands",
        "mlsr_es.commands.lazily",
        "mlsr_es.commands.main",
        "mlsr_es.errors",
        "mlsr_es.lazy",
        "mlsr_es.version",
    }
    assert not {"numpy", "rich"} & loaded


def test_help_imports_nothing_slow() -> None:
    """It comes at once, and without the extras too."""
    code = """
import sys
from contextlib import suppress
from mlsr_es.commands import run
for path in sys.stdin.read().splitlines():
    sys.argv = ["mlsr-es", *path.split(), "--help"]
    with suppress(SystemExit):
        run()
sys.stderr.write(" ".join(sys.modules))
"""
    paths = "\n".join(map(" ".join, PATHS))
    ran = subprocess.run([sys.executable, "-c", code], input=paths, capture_output=True, text=True, check=True)
    assert ran.stdout.count("Usage: ") == len(PATHS)
    assert not (SLOW | set(EXTRAS)) & set(ran.stderr.split())
