"""Every kind of image file becomes an upright RGB image, or is rejected with a reason."""

from __future__ import annotations

import base64
import struct
import sys
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import PIL
import pillow_heif
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from mlsr_es.collection import ImageFile
from mlsr_es.errors import RecordError
from mlsr_es.picture_hashes import ALIKE, picture_hash
from mlsr_es.sources import LONGEST_SIDE, Header, decode, decoded, header_of, shrunk, thumbnail
from mlsr_es.sources.images import _heic, suffixes

RED = (255, 0, 0)


def saved(image: Image.Image, kind: str = "PNG", **options: Any) -> ImageFile:
    out = BytesIO()
    image.save(out, kind, **options)
    return ImageFile("x", out.getvalue())


def reason(content: bytes | Path) -> str:
    with pytest.raises(RecordError) as caught:
        decode(ImageFile("x", content), record_id="c/x")
    assert (caught.value.record_id, caught.value.stage) == ("c/x", "decode")
    return caught.value.reason


@pytest.mark.parametrize(("size", "halved"), [((4000, 1400), (2000, 700)), ((1000, 4096), (250, 1024))])
def test_a_photograph_is_decoded_no_larger_than_it_is_needed(size: tuple[int, int], halved: tuple[int, int]) -> None:
    """At a half, a quarter or an eighth, not below what is enough; it looks the same, and is told by its own size."""
    blocks = np.random.default_rng(1).integers(0, 255, (9, 9), dtype=np.uint8)
    drawn = Image.fromarray(blocks).resize(size)
    file = saved(drawn, "JPEG", quality=95)
    small, large = decoded(file, enough=LONGEST_SIDE), decoded(file, enough=max(size))
    assert (small.pixels.size, large.pixels.size) == (halved, size)
    assert (small.width, small.height) == (large.width, large.height) == size
    bits = int(picture_hash(small.pixels), 16) ^ int(picture_hash(large.pixels), 16)
    assert bits.bit_count() <= ALIKE
    one, other = (np.asarray(shrunk(each.pixels), dtype=int) for each in (small, large))
    assert np.abs(one - other).mean() < 1


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP", "AVIF", "HEIF"])
def test_formats(kind: str) -> None:
    """The allowed formats are read."""
    pillow_heif.register_heif_opener()  # it is the writer of this test's data, too
    image = saved(Image.new("RGB", (30, 20), RED), kind)
    found = decoded(image)
    assert found.pixels.size == (30, 20)
    assert (found.format, found.width, found.height) == (kind, 30, 20)
    assert header_of(image) == Header(kind, 30, 20)


_OLD_PILLOW = pytest.mark.skipif(
    int(PIL.__version__.split(".")[0]) < 13, reason="Pillow reads uncompressed YCbCr TIFF files from 13 on"
)


@pytest.mark.parametrize(
    "mode", ["1", "L", "P", "LA", "RGBA", "I;16", "I", "F", "CMYK", pytest.param("YCbCr", marks=_OLD_PILLOW)]
)
def test_modes(mode: str) -> None:
    """White is decoded as white in RGB, whatever the colour mode of the file."""
    values: dict[str, Any] = {"I;16": 65535, "I": 65535, "F": 1.0, "CMYK": (0, 0, 0, 0), "YCbCr": (255, 128, 128)}
    image = Image.new(mode, (4, 4), values.get(mode, "white"))
    pixels = decode(saved(image, "TIFF"))
    assert pixels.mode == "RGB"
    assert pixels.getpixel((0, 0)) == (255, 255, 255)


def test_sixteen_bits_are_scaled() -> None:
    """A grey of half of 65535 is a grey of half of 255."""
    image = saved(Image.fromarray(np.array([[0, 32768, 65535]], dtype=np.uint16)))
    assert [decode(image).getpixel((x, 0)) for x in range(3)] == [(0,) * 3, (128,) * 3, (255,) * 3]


def test_transparency_is_white() -> None:
    """Transparent pixels are white, in RGBA and in palettes; half transparent ones are half white."""
    assert decode(saved(Image.new("RGBA", (2, 2), (0, 0, 0, 0)))).getpixel((0, 0)) == (255, 255, 255)
    assert decode(saved(Image.new("RGBA", (2, 2), (0, 0, 0, 128)))).getpixel((0, 0)) == (127, 127, 127)
    palette = Image.new("P", (2, 2), 0)
    assert decode(saved(palette, "GIF", transparency=0)).getpixel((0, 0)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_white_on_nothing_is_on_black(mode: str) -> None:
    """A formula for dark pages would be gone on white; faint edges do not count."""
    formula = Image.new("LA", (9, 9), (0, 0))
    formula.paste((255, 255), (3, 3, 6, 6))
    formula.putpixel((2, 2), (0, 20))
    pixels = decode(saved(formula.convert(mode)))
    assert (pixels.getpixel((4, 4)), pixels.getpixel((0, 0))) == ((255,) * 3, (0,) * 3)


@pytest.mark.parametrize("kind", ["JPEG", "AVIF"])
def test_rotation(kind: str) -> None:
    """An image is rotated as its Exif data say, and so is the size from its header."""
    exif = Image.Exif()
    exif[0x0112] = 6
    image = saved(Image.new("RGB", (30, 20), RED), kind, exif=exif)
    found = decoded(image)
    assert found.pixels.size == (found.width, found.height) == (20, 30)
    assert header_of(image) == Header(kind, 20, 30)


def test_without_the_extra_heic_is_named_and_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its suffixes are none of an image, and decoding it says what to install."""
    pillow_heif.register_heif_opener()
    image = saved(Image.new("RGB", (30, 20), RED), "HEIF")
    assert ".heic" in suffixes()
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    _heic.cache_clear()
    try:
        assert ".heic" not in suffixes()
        assert reason(image.read()) == "it is a HEIC image: HEIC needs pip install 'mlsr-es[heic]'"
    finally:
        _heic.cache_clear()


def test_animation() -> None:
    """An animation is decoded to its first frame."""
    frames = [Image.new("RGB", (4, 4), colour) for colour in (RED, (0, 255, 0))]
    image = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert decode(image).getpixel((0, 0)) == RED


def test_bomb() -> None:
    """A decompression bomb and an image above the limit are refused from their headers."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    for side in (12_000, 100_000):
        header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
        png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
        assert "bomb" in reason(png)
    with pytest.raises(RecordError, match="30 x 20 pixels, and more than 599"):
        decode(saved(Image.new("RGB", (30, 20))), most_pixels=599)


def test_damage() -> None:
    """Truncated, empty, missing and other files are rejected, each with its reason."""
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8))
    content = saved(noise, "JPEG").read()
    assert "truncated" in reason(content[: len(content) // 2])
    assert reason(b"") == "the file is empty"
    assert reason(Path("/nowhere/x.png")) == "the file cannot be read: No such file or directory"
    assert reason(b"%PDF-1.4 hello").startswith("it is no image that is read")
    assert header_of(ImageFile("x", b"")) == Header()


@given(
    st.binary(max_size=200), st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"\xff\xd8\xff", b"<svg", b"II*\0"])
)
def test_hostile_bytes(tail: bytes, magic: bytes) -> None:
    """Any bytes give an image or a rejection, never another error."""
    image = ImageFile("x", magic + tail)
    header_of(image)
    try:
        assert decode(image).mode == "RGB"
    except RecordError as error:
        assert error.reason  # noqa: PT017


def test_thumbnail() -> None:
    """A thumbnail is a small JPEG as a data URI; a small image is not enlarged."""
    uri = thumbnail(Image.new("RGB", (800, 400), RED))
    kind, _, content = uri.partition(",")
    assert kind == "data:image/jpeg;base64"
    assert Image.open(BytesIO(base64.b64decode(content))).size == (160, 80)
    small = base64.b64decode(thumbnail(Image.new("RGB", (8, 4))).partition(",")[2])
    assert Image.open(BytesIO(small)).size == (8, 4)
