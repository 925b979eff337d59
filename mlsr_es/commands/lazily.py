"""Commands that are imported when they run: the program's own help needs their names and summaries only."""

from __future__ import annotations

import gc
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from typing import Any, cast

import typer
from typer.core import TyperCommand, TyperGroup


@dataclass(frozen=True, slots=True)
class Entry:
    """A command of the program, or a group of commands.

    Args:
        name: The word that calls it.
        summary: The first paragraph of its help.
        place: ``module:name`` of its function in ``mlsr_es.commands``, or of its group.
        example: A call, for the end of its help; a group says its own.
    """

    name: str
    summary: str
    place: str
    example: str = ""

    def load(self) -> Any:
        """Import the command and make it as typer does.

        Help is plain text: what typer writes by rich takes longer to load than all else of the program's help, and
        in 80 columns its tables leave a third of the line for what an option does.
        """
        module, _, attribute = self.place.partition(":")
        found = getattr(import_module(f"mlsr_es.commands.{module}"), attribute)
        holder = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
        holder.callback()(_nothing)
        if isinstance(found, typer.Typer):
            holder.add_typer(found, name=self.name)
        else:
            holder.command(self.name, epilog=f"Example: {self.example}")(found)
        made = cast("TyperGroup", typer.main.get_command(holder)).commands[self.name]
        for each in made.commands.values() if isinstance(made, TyperGroup) else ():
            each.short_help = (each.help or "").partition("\n\n")[0]  # else it is cut where the line ends
        return made


class LazyCommand(TyperCommand):
    """Stands for a command in the program's help, and makes way for it when it is called."""

    def __init__(self, entry: Entry) -> None:
        super().__init__(entry.name, help=entry.summary, short_help=entry.summary)
        self._entry = entry

    @cached_property
    def loaded(self) -> Any:
        """The command itself."""
        return self._entry.load()

    def make_context(self, *arguments: Any, **options: Any) -> Any:
        """Parse the command's arguments; what runs then is the command itself."""
        loaded = self.loaded
        gc.enable()  # ``mlsr_es.commands.run`` has turned it off
        return loaded.make_context(*arguments, **options)


def lazy_group(entries: tuple[Entry, ...]) -> type[TyperGroup]:
    """Make the class of a group whose commands are imported when they run."""

    class LazyGroup(TyperGroup):
        def __init__(self, **settings: Any) -> None:
            super().__init__(**settings)
            self.commands = {entry.name: LazyCommand(entry) for entry in entries}

    return LazyGroup


def _nothing() -> None:
    """Do nothing: with a callback, typer makes a group even of one command."""
