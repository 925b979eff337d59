"""Data to stdout, everything else to stderr; progress only on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

import orjson
import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.progress import BarColumn, ProgressColumn, Task, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as RichProgress
from rich.segment import Segment
from rich.table import Column, Table
from rich.text import Text

from mlsr_es.errors import InputError, MlsrError
from mlsr_es.progress import LOADING_MODEL, Progress

REJECTED = 3
"""The exit code of a command that is done, and has put bad records aside."""

_ROOM_FOR_BARS = 110
"""Columns: on a narrower terminal a stage has no bar, so that its counts are whole."""

_WIDE = 100_000
"""Columns of a table that nobody's terminal limits."""

data = Console(highlight=False, markup=False, emoji=False, width=None if sys.stdout.isatty() else _WIDE)
"""For what the user asked for: tables. A pipe gets it unwrapped, and tables as plain rows."""

notes = Console(stderr=True, highlight=False, markup=False, emoji=False)
"""For what the user should know beside it."""


def note(text: str) -> None:
    """A line beside the data, on stderr, taken literally (no markup, not wrapped)."""
    notes.print(Text(text), soft_wrap=True)


def complain(error: MlsrError | str) -> None:
    """An error, on stderr: what is wrong, and what to do."""
    notes.print(Text.assemble(("error: ", "bold red"), str(error)), soft_wrap=True)


def agreed(question: str) -> None:
    """Ask on the terminal, and go on only after a yes.

    Raises:
        InputError: Nobody is there to be asked, or the answer is no.
    """
    if not sys.stdin.isatty():
        raise InputError("nobody is there to be asked.", advice="Say it beforehand: --yes.")
    if not typer.confirm(question, err=True):
        raise InputError("nothing was changed.")


def print_json(value: Any) -> None:
    """One JSON object on stdout, indented, whatever the terminal."""
    typer.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_NUMPY).decode())


class _Rows(Table):
    """A table that is drawn on a terminal; a pipe gets a line a row, its cells apart by tabs."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        if console.is_terminal:
            yield from super().__rich_console__(console, options)
            return
        headers = [[column.header for column in self.columns]] if self.show_header else []
        for cells in (*headers, *zip(*(column.cells for column in self.columns), strict=True)):
            yield Segment("\t".join(map(_as_plain, cells)) + "\n")


def _as_plain(cell: RenderableType) -> str:
    text = cell.plain if isinstance(cell, Text) else str(cell)
    return "  ".join(text.replace("\t", " ").splitlines())


def table(*headers: str, numbers: Collection[int] = (), whole: Collection[int] = ()) -> Table:
    """An empty table for ``data``; cells are taken literally. A terminal sees it drawn, a pipe gets plain rows.

    Args:
        headers: Of the columns.
        numbers: Which columns, counted from 0, hold numbers.
        whole: Which columns are never broken: what somebody will copy.
    """
    shown = _Rows(box=SIMPLE_HEAD, pad_edge=False, show_header=any(headers))
    for place, header in enumerate(headers):
        if place in numbers:
            shown.add_column(header, justify="right", no_wrap=True)
        else:
            shown.add_column(header, overflow="fold", no_wrap=place in whole)
    return shown


class _Count(ProgressColumn):
    """How much is done, of how much; empty for a stage in which nothing is counted."""

    def render(self, task: Task) -> Text:
        if not task.fields["unit"]:
            return Text()
        total = "?" if task.total is None else f"{task.total:,.0f}"
        return Text(f"{task.completed:,.0f}/{total} {task.fields['unit']}")


class _Left(TimeRemainingColumn):
    """The time that is left; empty for a stage in which nothing is counted."""

    def render(self, task: Task) -> Text:
        return Text.assemble("left ", super().render(task)) if task.fields["unit"] else Text()


class _Drawn:
    """A ``Progress`` drawn by rich, a bar a stage; before the first stage it says that the work has begun."""

    def __init__(self, bars: RichProgress) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}
        self._beginning: TaskID | None = bars.add_task("Starting", total=None, unit="")

    def begun(self) -> None:
        """Take the line away that stands there until the first stage."""
        if self._beginning is not None:
            self._bars.remove_task(self._beginning)
            self._beginning = None

    def start(self, stage: str, total: int | None = None, unit: str = "") -> None:
        self.begun()
        if stage in self._tasks:
            self._bars.update(self._tasks[stage], total=total)
        else:
            self._tasks[stage] = self._bars.add_task(stage, total=total, unit=unit)

    def advance(self, stage: str, count: int = 1) -> None:
        self._bars.advance(self._tasks[stage], count)

    def finish(self, stage: str) -> None:
        task = self._bars.tasks[self._bars.task_ids.index(self._tasks[stage])]
        done = max(task.completed, 1)
        self._bars.update(self._tasks[stage], total=done, completed=done)


@contextmanager
def progress() -> Iterator[Progress]:
    """Bars with the time that is left, on stderr; nothing is drawn where that is no terminal."""
    with RichProgress(*_columns(notes.width), console=notes, disable=not notes.is_terminal) as bars:
        drawn = _Drawn(bars)
        try:
            yield drawn
        finally:
            drawn.begun()


@contextmanager
def loading_model() -> Iterator[None]:
    """Say that the model is being loaded, on a terminal, until it is: where no other progress is drawn."""
    if not notes.is_terminal:
        yield
        return
    with notes.status(f"{LOADING_MODEL}..."):
        yield


def _columns(width: int) -> list[ProgressColumn]:
    """The columns of a stage's line that a terminal has room for.

    A description is folded before a count is cut.
    """
    description = TextColumn("{task.description}", table_column=Column(overflow="fold"))
    count = _Count(table_column=Column(no_wrap=True))
    bar = [BarColumn(bar_width=28)] if width >= _ROOM_FOR_BARS else []
    return [description, *bar, count, TimeElapsedColumn(), _Left()]
