"""Tables: drawn for people, plain rows for programs."""

from __future__ import annotations

import io

import pytest
from rich.console import Console
from rich.text import Text

from mlsr_es.commands.rendering.console import table


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
