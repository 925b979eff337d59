"""Text that is read in pictures."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image, ImageDraw, ImageFont

from mlsr_es.collection import CaptionKind
from mlsr_es.describe.text_reader import TextReader


def screenshot(*lines: str, size: tuple[int, int] = (480, 160)) -> Image.Image:
    """Black lines on a light grey picture."""
    picture = Image.new("RGB", size, "#eeeeee")
    draw = ImageDraw.Draw(picture)
    for place, line in enumerate(lines):
        draw.text((20, 15 + 40 * place), line, fill="black", font=ImageFont.load_default(26))
    return picture


@pytest.fixture(scope="module")
def reader() -> TextReader:
    """One for all tests of this file: its models take a second to load."""
    return TextReader()


def test_lines_are_read_in_their_order(reader: TextReader) -> None:
    """With spaces between words, as RapidOCR's models give them."""
    assert reader.describe(screenshot("Unsharp Mask", "Radius 12", "Threshold")) == (
        "Unsharp Mask",
        "Radius 12",
        "Threshold",
    )
    assert reader.kind is CaptionKind.READ


def test_what_has_no_word_is_dropped(reader: TextReader) -> None:
    """Numbers, such as those of a ruler, and single letters, such as rings that are read as an O, say nothing."""
    assert reader.describe(screenshot("100", "Layers", "O", size=(480, 160))) == ("Layers",)


def test_a_picture_without_text_has_no_words(reader: TextReader) -> None:
    """Nothing is made up, and the smallest pictures are not looked at."""
    assert reader.describe(Image.new("RGB", (200, 200), "white")) == ()
    assert reader.describe(Image.new("RGB", (1, 1), "black")) == ()


@pytest.mark.parametrize("size", [(4000, 14), (14, 4000)])
def test_a_strip_is_not_enlarged_beyond_measure(reader: TextReader, size: tuple[int, int]) -> None:
    """Enlarged to 480 pixels in its shorter side, it would take gigabytes."""
    assert reader.describe(Image.new("RGB", size, "white")) == ()


def test_several_threads_read_the_same(reader: TextReader) -> None:
    """One engine serves all threads."""
    pictures = [screenshot(f"Dialog {word}") for word in ("Blur", "Curves", "Levels")]
    alone = [reader.describe(picture) for picture in pictures]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(reader.describe, pictures)) == alone


def test_the_picture_is_not_changed(reader: TextReader) -> None:
    """Others read it afterwards."""
    picture = screenshot("Layers")
    before = picture.tobytes()
    reader.describe(picture)
    assert picture.tobytes() == before
