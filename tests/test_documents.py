"""The documents name commands, options and pages that exist."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from mlsr_es.commands.main import app

CHECKOUT = Path(__file__).parents[1]
PAGES = [CHECKOUT / "README.md", *sorted((CHECKOUT / "docs").glob("*.md")), CHECKOUT / "docker" / "README.md"]
_CALL = re.compile(r"^(?:\$ )?mlsr-es .*$|`mlsr-es [^`]+`", re.MULTILINE)
_LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def calls(page: Path) -> Iterator[list[str]]:
    """The words of every call of the program on a page."""
    for found in _CALL.findall(page.read_text()):
        line = found.strip("`").removeprefix("$ ").partition(" |")[0]
        yield shlex.split(line.replace("\n", " "), comments=True)[1:]


def command_of(words: list[str]) -> Any:
    """The command that a call names, and the names of its groups' options."""
    command: Any = typer.main.get_command(app)
    for word in words:
        if word.startswith("-") or not hasattr(command, "commands"):
            break
        assert all(name in command.commands for name in word.split("|")), f"{word} is no command"
        command = command.commands[word.split("|")[0]]
        command = getattr(command, "loaded", command)
    return command


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_calls_name_commands_and_options_that_exist(page: Path) -> None:
    """Every option of every call is one of its command."""
    for words in calls(page):
        known = {
            name for parameter in command_of(words).params for name in (*parameter.opts, *parameter.secondary_opts)
        }
        options = {word.partition("=")[0] for word in words if re.fullmatch(r"--?[a-z][a-z-]*(=.*)?", word)}
        assert options <= known | {"--help"}, words


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Every link to a file is to one of the checkout."""
    text = _FENCE.sub("", page.read_text())
    assert [link for link in _LINK.findall(text) if not (page.parent / link).exists()] == []


def test_the_readme_is_read_in_ten_minutes() -> None:
    """It has at most 200 lines; everything else is on a page for its task."""
    assert len(PAGES[0].read_text().splitlines()) <= 200
