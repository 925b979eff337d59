"""Words of the page that stand in for a caption that an image does not have."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from mlsr_es.collection import Caption, CaptionKind, ImageDocument
from mlsr_es.encoders.fields import caption_texts
from mlsr_es.sources.manual import Manual, PageReading
from mlsr_es.sources.stand_ins import stand_ins
from mlsr_es.words import caption_text

INTRODUCTION = Caption("The dialog looks as follows:", CaptionKind.INTRODUCTION, "en")
HEADING = Caption("Blurring", CaptionKind.HEADING, "en")


@pytest.mark.parametrize(
    ("text", "introduction"),
    [
        ("Blur an image. The dialog looks as follows: ", "The dialog looks as follows:"),
        ("Press the button.", "Press the button."),
        (
            "\u8abf\u6574\u3057\u307e\u3059\u3002\u6b21\u306e\u3088\u3046\u306b\u3057\u307e\u3059\u3002",
            "\u6b21\u306e\u3088\u3046\u306b\u3057\u307e\u3059\u3002",
        ),
        ("Go.", ""),
        ("word " * 41, ""),
        ("", ""),
    ],
)
def test_the_introduction_is_the_last_sentence(text: str, introduction: str) -> None:
    """The introduction is the last sentence before the image, of three to forty words."""
    found = {caption.kind: caption.text for caption in stand_ins([text], "", "en")}
    assert found.get(CaptionKind.INTRODUCTION, "") == introduction


def documents(folder: Path, html: str, *, introduced: bool) -> list[ImageDocument]:
    (folder / "p.html").write_text(f"<html lang=en><h2>Blurring</h2><p>Blur. The dialog looks as follows:</p>{html}")
    for name in "ab":
        Image.new("RGB", (90, 90)).save(folder / f"{name}.png")
    found = Manual(folder, name="m", reading=PageReading(introduced=introduced)).documents()
    return [item for item in found if isinstance(item, ImageDocument)]


def test_only_on_request(tmp_path: Path) -> None:
    """An image without captions has the sentence before it and the heading above, if that is asked for."""
    (asked,) = documents(tmp_path, "<p><img src=a.png></p>", introduced=True)
    assert asked.captions == (INTRODUCTION, HEADING)
    (usual,) = documents(tmp_path, "<p><img src=a.png></p>", introduced=False)
    assert usual.captions == ()


def test_not_beside_a_caption(tmp_path: Path) -> None:
    """An image that has a caption anywhere has no stand-in."""
    html = "<p><img src=a.png></p><p><img src=b.png alt=owl></p><h2>Owls</h2><p><img src=a.png alt=bee></p>"
    first, second = documents(tmp_path, html, introduced=True)
    assert [[each.text for each in document.captions] for document in (first, second)] == [["bee"], ["owl"]]


def test_how_they_are_read() -> None:
    """Models read a stand-in as a description, and BM25 reads it, too."""
    document = ImageDocument("m/a.png", "m", (INTRODUCTION, HEADING))
    assert caption_texts(document, ["description"]) == {"description": "The dialog looks as follows: Blurring"}
    assert caption_text(document) == "Blurring The dialog looks as follows:"
