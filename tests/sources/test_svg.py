"""SVG is drawn, or refused with a reason."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from PIL import Image

from mlsr_es.collection import ImageFile
from mlsr_es.errors import RecordError
from mlsr_es.sources import Header, decode, decoded, header_of
from mlsr_es.sources.drawing import Worker

NAMESPACES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


def svg(inside: str, attributes: str = 'width="200" height="100"', before: str = "") -> ImageFile:
    return ImageFile("x.svg", f"{before}<svg {NAMESPACES} {attributes}>{inside}</svg>".encode())


def test_drawn() -> None:
    """A drawing comes out with its longest side at 512 pixels, on white."""
    image = decode(svg('<rect width="100" height="100" fill="#f00"/>', before='<?xml version="1.0"?><!-- by hand -->'))
    assert image.size == (512, 256)
    assert (image.getpixel((10, 10)), image.getpixel((500, 10))) == ((255, 0, 0), (255, 255, 255))


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        ('width="200" height="100"', (200, 100)),
        ('width="72pt" height="1in"', (96, 96)),
        ('viewBox="0 0 30 20"', (30, 20)),
        ('width="100%"', (0, 0)),
        ('viewBox="0 0 nan 20"', (0, 0)),
        ('viewBox="0 0 -30 20"', (0, 0)),
        ('width="1e999" height="20"', (0, 0)),
        ('width="1e10" height="20"', (0, 0)),
    ],
)
def test_size(attributes: str, size: tuple[int, int]) -> None:
    """The header knows the size in pixels where the file says it, in any unit."""
    image = svg("", attributes)
    assert header_of(image) == Header("SVG", *size)


def test_a_drawing_has_the_size_that_its_file_says() -> None:
    """A drawing has the size in its file, or the size at which it is drawn where the file has none."""
    found = decoded(svg("", 'width="1920" height="1080"'))
    assert (found.pixels.size, found.format, found.width, found.height) == ((512, 288), "SVG", 1920, 1080)
    unsaid = decoded(svg("", 'width="100%"'))
    assert (unsaid.width, unsaid.height) == unsaid.pixels.size


def test_huge_is_drawn_small() -> None:
    """A file that asks for a huge size is drawn small."""
    assert max(decode(svg("", 'width="1e9" height="1e9"')).size) == 512


@pytest.mark.parametrize(
    "inside",
    [
        '<image href="/etc/passwd" width="9" height="9"/>',
        '<image xlink:href="other.png" width="9" height="9"/>',
        '<use href="https://a.example/x.svg#a"/>',
        '<rect style="fill: url(https://a.example/x)" width="9" height="9"/>',
        '<style>@import "https://a.example/x.css";</style>',
    ],
)
def test_outside(inside: str) -> None:
    """A file that refers to another file or host is refused."""
    with pytest.raises(RecordError, match="something outside itself"):
        decode(svg(inside))


def test_inside_is_allowed() -> None:
    """References to its own parts are drawn, and so is a link to a page, which nothing follows."""
    parts = '<defs><linearGradient id="g"/><rect id="r" width="9" height="9"/></defs><use xlink:href="#r"/>'
    decode(svg(f'{parts}<a href="https://a.example"><rect fill="url(#g)" style="stroke: url(\'#g\')"/></a>'))


@pytest.mark.parametrize(
    ("image", "reason"),
    [
        (svg("", before='<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'), "entities"),
        (svg("<rect>"), "not well-formed"),
        (ImageFile("x", b"<html><svg/></html>"), "another element"),
        (svg("", 'width="0" height="0"'), "cannot be drawn"),
        (svg('<image href="data:image/svg+xml;base64,PHN2Zy8+"/>'), "another SVG"),
    ],
)
def test_refused(image: ImageFile, reason: str) -> None:
    """Entities, mistakes, other documents and nested drawings are refused, each with its reason."""
    with pytest.raises(RecordError, match=reason):
        decode(image)


def test_repetition() -> None:
    """Lines that draw a million elements are refused, and a part that repeats itself causes no endless loop."""
    uses = [f'<use href="#a{level}"/>' * 10 for level in range(6)]
    groups = "".join(f'<g id="a{level}">{use}</g>' for level, use in enumerate(uses, start=1))
    with pytest.raises(RecordError, match="more than 20,000 elements"):
        decode(svg(f'<defs><rect id="a0"/>{groups}</defs><use href="#a6"/>'))
    decode(svg('<g id="a"><use href="#a"/></g><use href="#a"/>'))


DEEP = "<g>" * 250 + '<rect width="9" height="9"/>' + "</g>" * 250
SLOW = (
    '<filter id="f" x="0" y="0" width="1" height="1"><feTurbulence baseFrequency=".05" numOctaves="2000000"/></filter>'
    '<rect width="200" height="100" filter="url(#f)"/>'
)


def large(side: int) -> str:
    """A drawing with a picture of many pixels and few bytes in it."""
    out = BytesIO()
    Image.new("1", (side, side)).save(out, "PNG")
    data = base64.b64encode(out.getvalue()).decode()
    return f'<image width="100" height="100" href="data:image/png;base64,{data}"/>'


@pytest.mark.parametrize(
    ("inside", "reason"),
    [
        (DEEP, "is too deep"),
        (SLOW, "takes more than 1 s"),
        (large(8_100), "holds a picture of more than 64,000,000 pixels"),
        (large(20_000), "holds a picture of more than 64,000,000 pixels"),
    ],
    ids=["deep", "slow", "large", "bomb"],
)
def test_a_drawing_takes_neither_the_process_nor_the_machine(
    inside: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is refused with a reason, and the next one is drawn."""
    monkeypatch.setattr("mlsr_es.sources.drawing.LONGEST_S", 1.0)
    with pytest.raises(RecordError, match=reason):
        decode(svg(inside))
    assert decode(svg('<rect width="100" height="100" fill="#f00"/>')).getpixel((10, 10)) == (255, 0, 0)


def test_many_draw_at_once() -> None:
    """Each gets its own drawing."""
    colours = [(place * 9, 255 - place * 9, 0) for place in range(24)]
    drawings = [svg(f'<rect width="200" height="100" fill="rgb{colour}"/>') for colour in colours]
    with ThreadPoolExecutor(8) as threads:
        drawn = list(threads.map(decode, drawings))
    assert [image.getpixel((50, 50)) for image in drawn] == colours


def test_an_interrupted_drawing_is_not_given_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process that still draws it is ended."""
    worker = Worker()

    def interrupted(_: bytes) -> tuple[bool, bytes]:
        raise KeyboardInterrupt

    monkeypatch.setattr(worker, "_asked", interrupted)
    with pytest.raises(KeyboardInterrupt):
        worker.draw(b"<svg/>", has_text=False)
    assert not worker.is_alive
