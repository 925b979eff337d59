"""Tables: drawn for people, plain rows for programs."""

from __future__ import annotations

import io

import pytest
from rich.console import Console
from rich.text import Text

from mlsr_es.commands.rendering import console
from mlsr_es.commands.rendering.console import progress, table


def printed(width: int, *, terminal: bool) -> str:
    """A table with a long cell and one of two lines."""
    shown = table("image", "score", "words", numbers={1}, whole={0})
    shown.add_row("a/long/id/of/an/image.png", "2.50", "rope 1.20\nlacks post")
    shown.add_row("b.png", "0.10", Text("a\tb " * 20))
    out = io.StringIO()
    Console(file=out, width=width, force_terminal=terminal, color_system=None).print(shown)
    return out.getvalue()


def test_a_pipe_gets_a_line_a_row() -> None:
    """Cells apart by tabs, which no cell has inside; nothing is padded, wrapped or cut."""
    assert printed(100_000, terminal=False).splitlines() == [
        "image\tscore\twords",
        "a/long/id/of/an/image.png\t2.50\trope 1.20  lacks post",
        f"b.png\t0.10\t{'a b ' * 20}",
    ]


@pytest.mark.parametrize("width", [60, 240])
def test_a_terminal_gets_a_table_that_fits(width: int) -> None:
    """What somebody will copy stays whole."""
    lines = printed(width, terminal=True).splitlines()
    assert max(map(len, lines)) <= width
    assert any("a/long/id/of/an/image.png   " in line for line in lines)


def test_a_table_without_headers_has_none_in_a_pipe() -> None:
    """Every line is a row."""
    shown = table("", "")
    shown.add_row("read", "7")
    out = io.StringIO()
    Console(file=out, width=80).print(shown)
    assert out.getvalue() == "read\t7\n"


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Console:
    """A terminal of 80 columns in place of stderr; what it gets is recorded."""
    screen = Console(file=io.StringIO(), width=80, force_terminal=True, color_system=None, record=True)
    monkeypatch.setattr(console, "notes", screen)
    return screen


def test_progress_says_something_at_once(screen: Console) -> None:
    """A line stands there before the first stage, and the first stage takes its place."""
    with progress() as bars:
        assert "Starting" in screen.file.getvalue()  # type: ignore[attr-defined]
        bars.start("Loading the model")
        screen.export_text()
    assert "Starting" not in screen.export_text()


def test_counts_are_whole_at_80_columns(screen: Console) -> None:
    """The longest description is folded beside them; a stage in which nothing is counted has no count."""
    with progress() as bars:
        bars.start("Fetching the package of a manual", 1_234_567, unit="documents")
        bars.advance("Fetching the package of a manual", 192_345)
        bars.start("Loading the model")
    lines = screen.export_text().splitlines()
    counted = [line for line in lines if "192,345/1,234,567 documents" in line and "left" in line]
    assert counted
    assert "/" not in lines[-1]
    assert len(lines[-1]) <= screen.width
