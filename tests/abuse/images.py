"""Images that somebody may have, by accident or by design, each with what becomes of it."""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

STORED = ""
"""The outcome of an image that is indexed."""


class Row(NamedTuple):
    """An image.

    Args:
        name: The file's name.
        make: Writes it at a path.
        outcome: A part of the reason for which it is rejected; ``STORED``; None where the image is not seen at all.
    """

    name: str
    make: Callable[[Path], object]
    outcome: str | None


def written(content: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content)


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_of_size(width: int, height: int) -> bytes:
    """A PNG that says so, and has hardly any data."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


def bmp_of_size(width: int, height: int) -> bytes:
    head = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54, 0, 0, 54) + head


def svg(inside: str, head: str = 'width="60" height="60"') -> bytes:
    space = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f"<svg {space} {head}>{inside}</svg>".encode()


def linked(target: str) -> Callable[[Path], object]:
    return lambda path: path.symlink_to(target)


PHOTO = Image.fromarray(np.random.default_rng(1).integers(0, 255, (60, 80, 3), dtype=np.uint8))
JPEG, PNG = saved(PHOTO, "JPEG"), saved(PHOTO, "PNG")
FRAMES = [Image.new("P", (4, 4), place % 250) for place in range(2000)]
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))

ROWS = (
    Row("empty.png", written(b""), "the file is empty"),
    Row("text.png", written(b"this is no image"), "it is no image that is read"),
    Row("page.png", written(b"<html><body>404</body></html>"), "it is no image that is read"),
    Row("half-a-png.png", written(PNG[: len(PNG) // 2]), "it cannot be decoded"),
    Row("head-of-a-png.png", written(PNG[:20]), "it cannot be decoded"),
    Row("crc.png", written(PNG[:40] + bytes([PNG[40] ^ 255]) + PNG[41:]), "it is no image that is read"),
    Row("half-a-jpeg.jpg", written(JPEG[: len(JPEG) // 2]), "it cannot be decoded"),
    Row("head-of-a-jpeg.jpg", written(JPEG[:100]), "it cannot be decoded"),
    Row("half-a-gif.gif", written(saved(PHOTO, "GIF")[:-900]), "it cannot be decoded"),
    Row("half-a-webp.webp", written(saved(PHOTO, "WEBP")[:200]), "it cannot be decoded"),
    Row("half-a-tiff.tif", written(saved(PHOTO, "TIFF")[:400]), "it cannot be decoded"),
    Row("tail.jpg", written(JPEG + b"rubbish" * 100), STORED),
    Row("really-a-jpeg.png", written(JPEG), STORED),
    Row("really-a-png.jpg", written(PNG), STORED),
    Row("bomb.png", written(png_of_size(30_000, 30_000)), "a decompression bomb"),
    Row("large.png", written(png_of_size(9_000, 9_000)), "more than 64,000,000 are not decoded"),
    Row("endless.png", written(png_of_size(2**31 - 1, 2**31 - 1)), "a decompression bomb"),
    Row("nothing.png", written(png_of_size(0, 0)), "it is no image that is read"),
    Row("bomb-bmp.bmp", written(bmp_of_size(50_000, 50_000)), "a decompression bomb"),
    Row("negative.bmp", written(bmp_of_size(-5, -5)), "a decompression bomb"),
    Row("wide.png", written(saved(Image.new("L", (100_000, 2)), "PNG")), STORED),
    Row("tall.png", written(saved(Image.new("L", (2, 100_000)), "PNG")), STORED),
    Row("dot.png", written(saved(Image.new("1", (1, 1)), "PNG")), STORED),
    Row("frames.gif", written(saved(FRAMES[0], "GIF", save_all=True, append_images=FRAMES[1:])), STORED),
    Row("deep.png", written(saved(Image.new("I;16", (50, 50)), "PNG")), STORED),
    Row("float.tif", written(saved(Image.new("F", (50, 50), 1e30), "TIFF")), STORED),
    Row("print.jpg", written(saved(Image.new("CMYK", (50, 50)), "JPEG")), STORED),
    Row("clear.png", written(saved(Image.new("RGBA", (50, 50), (0, 0, 0, 0)), "PNG")), STORED),
    Row("turned.jpg", written(saved(PHOTO, "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff")), STORED),
    Row("icc.jpg", written(saved(PHOTO, "JPEG", icc_profile=b"\0" * 5000)), STORED),
    Row("plain.svg", written(svg('<rect width="50" height="50"/>')), STORED),
    Row("nested.svg", written(svg("<g>" * 300 + '<rect width="9" height="9"/>' + "</g>" * 300)), "Excessive depth"),
    Row("laughs.svg", written(f"<!DOCTYPE svg [{LAUGHS}]>".encode() + svg("<text>&l9;</text>")), "entit"),
    Row("huge.svg", written(svg("", 'width="1e9" height="1e9"')), STORED),
    Row("nan.svg", written(svg("", 'width="nan" height="-5"')), "invalid size"),
    Row("broken.svg", written(svg("<rect")[:-6]), "not well-formed"),
    Row("file.svg", written(svg('<image href="file:///etc/passwd" width="9" height="9"/>')), "outside itself"),
    Row("script.svg", written(svg("<script>while(1);</script>")), STORED),
    Row("pipe.png", os.mkfifo, "there is no such file"),
    Row("folder.png", lambda path: path.mkdir(), None),
    Row("out.png", linked("/etc/hostname"), "a link that leaves the source's folder"),
    Row("nowhere.png", linked("gone.png"), "there is no such file"),
    Row("loop.png", linked("loop.png"), "its path is none that is read"),
    Row("two\nlines.png", written(PNG), STORED),
    Row("ein Bild.PNG", written(PNG), STORED),
    Row("emoji-\N{OWL}.png", written(PNG), STORED),
    Row(".hidden.png", written(PNG), None),
    Row("dash-%00.png", written(PNG), STORED),
)

_TURBULENCE = '<filter id="f"><feTurbulence numOctaves="99999999"/></filter><rect filter="url(#f)" {}/>'

SLOW_ROWS = (Row("turbulence.svg", written(svg(_TURBULENCE.format('width="60" height="60"'))), "takes more than 10 s"),)
"""Those that take seconds to be refused."""
