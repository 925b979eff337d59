"""Suggested images, as people see them."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from mlsr_es.commands.rendering import suggestions
from mlsr_es.commands.rendering.suggestions import print_images
from mlsr_es.elastic.mapping import IndexMeta
from mlsr_es.elastic.versions import Version
from mlsr_es.suggestion import Request, SearchedIndex, SuggestedImage, Suggestions

ID = f"manual/images/{'long/' * 16}dialogue.png"
CAPTION = "The dialogue in which a blurred picture is sharpened, with its two sliders and the preview of a robin"


@pytest.fixture
def found() -> Suggestions:
    """One image with all that can be told of it."""
    version = Version("photos-v0001", IndexMeta("demo", "r", "v", "mlp", "mlp"))
    request = Request(
        SearchedIndex("photos", version, {}, None),
        {"sharpe": 2.0, "##n": 1.0, "lass": 1.0},
        {},
        {},
        words={"sharpen": ("sharpe", "##n"), "lasso": ("lass",)},
        explain=True,
    )
    image = SuggestedImage(ID, 7.5, {}, {"sharpe": 5.0, "##n": 2.5}, captions=(CAPTION,), missing={"lass": 1.0})
    return Suggestions(request, (image,), 1, 3)


def shown(found: Suggestions, width: int, monkeypatch: pytest.MonkeyPatch, *, pieces: bool = False) -> list[str]:
    """The lines on a terminal of so many columns."""
    out = io.StringIO()
    console = Console(file=out, width=width, force_terminal=True, color_system=None)
    monkeypatch.setattr(suggestions, "data", console)
    print_images(found, pieces=pieces)
    return out.getvalue().splitlines()


def test_where_there_is_little_room_an_image_takes_some_lines(
    found: Suggestions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The caption is cut to the width; the id is whole, by itself in a line, which the terminal may break."""
    caption, image, words, lacking = (line.strip() for line in shown(found, 80, monkeypatch))
    assert caption.startswith("1   7.50  The dialogue")
    assert caption.endswith("…")
    assert image == ID
    assert words == "sharpen 7.50"
    assert lacking == "lacks lasso"


def test_where_there_is_room_an_image_is_a_row(found: Suggestions, monkeypatch: pytest.MonkeyPatch) -> None:
    """The id is whole there, too."""
    lines = shown(found, 240, monkeypatch)
    assert max(map(len, lines)) <= 240
    (row,) = (line for line in lines if ID in line)
    assert "sharpen 7.50" in row


@pytest.mark.parametrize("width", [80, 240])
def test_pieces_are_shown_on_request(found: Suggestions, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    """As the model has them."""
    lines = "\n".join(shown(found, width, monkeypatch, pieces=True))
    assert "sharpe 5.00  ##n 2.50" in lines
    assert "lacks lass" in lines
