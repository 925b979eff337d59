"""From an image's bytes to pixels: every kind of file becomes an upright RGB image, or is rejected with a reason."""

from __future__ import annotations

import base64
import threading
import warnings
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from mlsr_es.collection import ImageFile
from mlsr_es.errors import RecordError
from mlsr_es.sources.refusal import Refusal
from mlsr_es.sources.svg import draw_svg, is_svg, svg_size

if TYPE_CHECKING:
    from PIL import Image

FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP")
"""What is read, beside SVG: Pillow's other formats are seldom images of a collection, and more to go wrong."""

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".webp", ".tif", ".tiff", ".bmp", ".svg"})
"""The file names that a folder's images have, lower case."""

MOST_PIXELS = 64_000_000
LONGEST_SIDE = 1024
"""What models are shown has no longer side: no backbone reads more, and a block of images stays below 200 MB."""

_MOST_BYTES = 256 * 2**20
_SIXTEEN_BITS = 65535

# Pillow tells of a decompression bomb by a warning; what turns it into an error is one setting for all threads.
_opening = threading.Lock()


def decode(image: ImageFile, *, record_id: str = "", most_pixels: int = MOST_PIXELS) -> Image.Image:
    """The pixels of an image, where nothing else of it is wanted.

    Args:
        image: PNG, JPEG, GIF, WebP, TIFF, BMP or SVG.
        record_id: The id of the record that it belongs to; by default the image's name.
        most_pixels: Larger images are rejected before they are decoded.

    Raises:
        RecordError: The file is missing, empty, no image, damaged, too large, or an SVG that is refused.
    """
    return decoded(image, record_id=record_id, most_pixels=most_pixels).pixels


def decoded(image: ImageFile, *, record_id: str = "", most_pixels: int = MOST_PIXELS) -> Decoded:
    """The image as it is seen: RGB, upright, on white where it is transparent, the first frame of an animation.

    Args:
        image: PNG, JPEG, GIF, WebP, TIFF, BMP or SVG. An SVG is drawn with its longest side at 512 pixels.
        record_id: The id of the record that it belongs to; by default the image's name.
        most_pixels: Larger images are rejected before they are decoded.

    Raises:
        RecordError: The file is missing, empty, no image, damaged, too large, or an SVG that is refused.
    """
    try:
        return _decode(image, most_pixels)
    except Refusal as refusal:
        reason = str(refusal)
    except Exception as error:  # noqa: BLE001 - decoders that meet hostile bytes raise anything
        reason = f"it cannot be decoded: {_said(error)}"
    raise RecordError(record_id or image.name, "decode", reason)


def header_of(image: ImageFile) -> Header:
    """What the header alone says, without decoding; unknown where the file does not say or is no image."""
    try:
        content = _content(image)
        if is_svg(content):
            return Header("SVG", *svg_size(content))
        with _opened(content) as opened:
            width, height = opened.size
            # A PNG without Exif data before its pixels would be decoded in search of some behind them.
            exif = opened.getexif() if opened.format != "PNG" or "exif" in opened.info else {}
            lies = exif.get(_ORIENTATION, 1) in _LYING
            return Header(opened.format or "", *((height, width) if lies else (width, height)))
    except Exception:  # noqa: BLE001 - what is wrong with it, ``decode`` says
        return Header()


def shrunk(image: Image.Image) -> Image.Image:
    """A decoded image as models are shown it: at most ``LONGEST_SIDE`` pixels long; changed in place."""
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return image


def thumbnail(image: Image.Image, side: int = 160) -> str:
    """A small JPEG as a data URI.

    Args:
        image: RGB, any size; it stays as it is.
        side: The longest side in pixels; a smaller image is not enlarged.
    """
    small = image.copy()
    small.thumbnail((side, side))
    out = BytesIO()
    small.save(out, "JPEG", quality=80, optimize=True)
    return f"data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode()}"


@dataclass(frozen=True, slots=True)
class Decoded:
    """An image that was decoded.

    Args:
        pixels: RGB, as the image is seen.
        format: "PNG", "SVG"...
        width: The image's own in pixels, as seen, after rotation; of an SVG what the file says, and the drawing's where
            it says nothing.
        height: The same from top to bottom.
    """

    pixels: Image.Image
    format: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Header:
    """What an image's header says.

    Args:
        format: "PNG", "SVG"...; "" where it is not known.
        width: Pixels as seen, after rotation; 0 where not known.
        height: The same from top to bottom.
    """

    format: str = ""
    width: int = 0
    height: int = 0


_ORIENTATION = 0x0112
_LYING = frozenset({5, 6, 7, 8})


def _decode(image: ImageFile, most_pixels: int) -> Decoded:
    content = _content(image)
    if is_svg(content):
        drawn = _decode_pixels(draw_svg(content), most_pixels)
        width, height = svg_size(content)
        return Decoded(drawn.pixels, "SVG", width or drawn.width, height or drawn.height)
    return _decode_pixels(content, most_pixels)


def _decode_pixels(content: bytes, most_pixels: int) -> Decoded:
    with _opened(content) as opened:
        pixels = _seen(opened, most_pixels)
        return Decoded(pixels, opened.format or "", pixels.width, pixels.height)


def _seen(opened: Image.Image, most_pixels: int) -> Image.Image:
    from PIL import Image, ImageOps

    width, height = opened.size
    if width * height > most_pixels:
        raise Refusal(f"it has {width} x {height} pixels, and more than {most_pixels:,} are not decoded")
    opened.load()
    seen = ImageOps.exif_transpose(opened)
    if seen.mode == "F" or seen.mode.startswith("I"):
        return _eight_bits(seen)
    if not seen.has_transparency_data:
        return seen.convert("RGB")
    seen = seen.convert("RGBA")
    white = Image.new("RGBA", seen.size, "white")
    return Image.alpha_composite(white, seen).convert("RGB")


def _content(image: ImageFile) -> bytes:
    try:
        if not isinstance(image.content, bytes) and image.content.stat().st_size > _MOST_BYTES:
            raise Refusal(f"the file has more than {_MOST_BYTES // 2**20} MiB")
        content = image.read()
    except OSError as error:
        raise Refusal(f"the file cannot be read: {error.strerror or error}") from error
    if not content:
        raise Refusal("the file is empty")
    return content


def _opened(content: bytes) -> Image.Image:
    from PIL import Image, UnidentifiedImageError

    with _opening, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            return Image.open(BytesIO(content), formats=FORMATS)
        except UnidentifiedImageError as error:
            raise Refusal(f"it is no image that is read (SVG, {', '.join(FORMATS)})") from error
        except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
            raise Refusal("it has far more pixels than its file has bytes: a decompression bomb") from error


def _eight_bits(image: Image.Image) -> Image.Image:
    """Grey values of 16 bits, 32 bits or floating point, scaled to 0..255."""
    import numpy as np
    from PIL import Image

    values = np.asarray(image, dtype=np.float64)
    largest = float(values.max(initial=0.0))
    scale = max(largest, 1.0 if image.mode == "F" else _SIXTEEN_BITS)
    return Image.fromarray((values.clip(0, scale) / scale * 255).round().astype(np.uint8)).convert("RGB")


def _said(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
