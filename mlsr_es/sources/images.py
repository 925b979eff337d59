"""From an image's bytes to pixels: every file becomes an upright RGB image, or is rejected with a reason."""

from __future__ import annotations

import base64
import re
import sys
import threading
import warnings
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from io import BytesIO
from math import ceil
from typing import TYPE_CHECKING

from mlsr_es.budget import Budget
from mlsr_es.collection import Caption, ImageFile
from mlsr_es.errors import RecordError
from mlsr_es.extras import install_line
from mlsr_es.sources.embedded import embedded_captions
from mlsr_es.sources.refusal import Refusal
from mlsr_es.sources.svg import draw_svg, is_svg, svg_size

if TYPE_CHECKING:
    from PIL import Image
    from PIL.ImageFile import ImageFile as Opened

FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP", "AVIF")
"""The formats that are read, besides SVG, and HEIC with the extra. Pillow's other formats are rare and add risks."""

HEIC_SUFFIXES = frozenset({".heic", ".heif"})
_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".webp", ".tif", ".tiff", ".bmp", ".avif", ".svg"})

HEIC_ADVICE = f"HEIC needs {install_line('heic')}"
"""What to do about HEIC images that are not read."""

MOST_PIXELS = 64_000_000
LONGEST_SIDE = 1024
"""The longest side of an image for a model, in pixels: no backbone reads more, and a block stays below 200 MB."""

MOST_SIDE = 4096
"""Pixels of an image that is kept: nobody looks closer, neither a model nor what reads text in images."""

_NEARLY_WHITE = 235
"""Of 255."""

_BLOCK_SIZE = 2**30
_SIXTEEN_BITS = 65535
_ROWS = 64
"""Rows of an image whose grey values are scaled at once, as floating point numbers."""

_decoding = Budget(MOST_PIXELS)
"""Pixels that all threads together decode at once: a pixel takes up to twenty bytes until it is an RGB pixel."""

# Pillow reports a decompression bomb by a warning. The filter that turns it into an error is shared by all threads.
_opening = threading.Lock()


def reads_heic() -> bool:
    """Whether the package of the extra ``heic`` is installed."""
    return find_spec("pillow_heif") is not None


def is_image_suffix(suffix: str) -> bool:
    """Whether a suffix, in lower case, is one of ``suffixes``; cheap enough to ask for each image."""
    return suffix in _SUFFIXES or (suffix in HEIC_SUFFIXES and reads_heic())


def suffixes() -> frozenset[str]:
    """The suffixes of image files in a folder, in lower case; those of HEIC only where it is read."""
    return _SUFFIXES | HEIC_SUFFIXES if reads_heic() else _SUFFIXES


def decode(image: ImageFile, *, record_id: str = "", most_pixels: int = MOST_PIXELS) -> Image.Image:
    """Decode an image to its pixels only.

    Args:
        image: PNG, JPEG, GIF, WebP, TIFF, BMP, AVIF, HEIC or SVG.
        record_id: The id of the record that it belongs to; by default the image's name.
        most_pixels: Larger images are rejected before they are decoded.

    Raises:
        RecordError: The file is missing, empty, damaged, too large, not an image, or an SVG that is refused.
    """
    return decoded(image, record_id=record_id, most_pixels=most_pixels).pixels


def decoded(
    image: ImageFile, *, record_id: str = "", most_pixels: int = MOST_PIXELS, enough: int = MOST_SIDE
) -> Decoded:
    """Decode an image as it is shown: RGB, upright, the first frame of an animation.

    Where it is transparent it is on white; on black if all that is seen of it is nearly white.

    Args:
        image: PNG, JPEG, GIF, WebP, TIFF, BMP, AVIF, HEIC or SVG. An SVG is drawn with its longest side at 512 pixels.
        record_id: The id of the record that it belongs to; by default the image's name.
        most_pixels: Larger images are rejected before they are decoded.
        enough: Pixels of the longer side that are enough: a JPEG with at least twice as many is decoded at a half, a
            quarter or an eighth of its size.

    Raises:
        RecordError: The file is missing, empty, damaged, too large, not an image, or an SVG that is refused.
    """
    try:
        return _decode(image, most_pixels, enough)
    except Refusal as refusal:
        reason = str(refusal)
    except Exception as error:  # noqa: BLE001 - decoders may raise anything for hostile bytes
        reason = f"it cannot be decoded: {_said(error)}"
    raise RecordError(record_id or image.name, "decode", reason)


def header_of(image: ImageFile) -> Header:
    """Read the image's header without decoding it; values are unknown where the file is not an image or omits them."""
    try:
        content = _content(image)
        if is_svg(content):
            return Header("SVG", *svg_size(content))
        with _opened(content) as opened:
            width, height = opened.size
            # Pillow would decode a whole PNG to look for Exif data after the pixels.
            exif = opened.getexif() if opened.format != "PNG" or "exif" in opened.info else {}
            lies = exif.get(_ORIENTATION, 1) in _LYING
            return Header(opened.format or "", *((height, width) if lies else (width, height)))
    except Exception:  # noqa: BLE001 - ``decode`` reports what is wrong
        return Header()


def captions_in(image: ImageFile) -> tuple[Caption, ...]:
    """Read the captions in an image's own file; none where it is not an image, or has none."""
    try:
        content = _content(image)
        if is_svg(content):
            return ()
        with _opened(content) as opened, _opening, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of damaged data, which are passed over
            return embedded_captions(opened)
    except Exception:  # noqa: BLE001 - ``decode`` reports what is wrong
        return ()


def shrunk(image: Image.Image) -> Image.Image:
    """Shrink a decoded image in place to at most ``LONGEST_SIDE`` pixels, the size for models."""
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return image


def thumbnail(image: Image.Image, side: int = 160) -> str:
    """Make a small JPEG as a data URI.

    Args:
        image: An RGB image of any size; it is not changed.
        side: The longest side in pixels; a smaller image is not enlarged.
    """
    small = image.copy()
    small.thumbnail((side, side))
    out = BytesIO()
    small.save(out, "JPEG", quality=80, optimize=True)
    return f"data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode()}"


@dataclass(frozen=True, slots=True)
class Decoded:
    """A decoded image.

    Args:
        pixels: The RGB pixels, as the image is shown; fewer than the image has where a side is longer than 4096.
        format: The file's format, such as "PNG" or "SVG".
        width: The image's width in pixels, after rotation; for an SVG the width in the file, or that of the drawing
            where the file has none.
        height: The image's height in pixels, after rotation; for an SVG the height in the file, or that of the drawing.
    """

    pixels: Image.Image
    format: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Header:
    """The contents of an image's header.

    Args:
        format: The file's format, such as "PNG" or "SVG"; "" where it is unknown.
        width: The width in pixels, after rotation; 0 where it is unknown.
        height: The height in pixels, after rotation; 0 where it is unknown.
    """

    format: str = ""
    width: int = 0
    height: int = 0


_ORIENTATION = 0x0112
_LYING = frozenset({5, 6, 7, 8})
_HEIC_START = re.compile(rb".{4}ftyp(hei[cmsx]|hev[cx]|mif1|msf1)", re.DOTALL)


def _decode(image: ImageFile, most_pixels: int, enough: int) -> Decoded:
    content = _content(image)
    if is_svg(content):
        drawn = _decode_pixels(draw_svg(content, most_pixels, _pixels_in), most_pixels, enough)
        width, height = svg_size(content)
        return Decoded(drawn.pixels, "SVG", width or drawn.width, height or drawn.height)
    return _decode_pixels(content, most_pixels, enough)


def _decode_pixels(content: bytes, most_pixels: int, enough: int) -> Decoded:
    with _opened(content) as opened:
        width, height = opened.size
        if width * height > most_pixels:
            raise Refusal(f"it has {width} x {height} pixels, and more than {most_pixels:,} are not decoded")
        with _decoding.holding(width * height):
            scale = min(1.0, enough / max(opened.size))
            opened.draft("RGB", (ceil(width * scale), ceil(height * scale)))  # a JPEG; no smaller than that
            opened.load()
            lies = opened.getexif().get(_ORIENTATION, 1) in _LYING
            size = (height, width) if lies else (width, height)
            return Decoded(_seen(opened), opened.format or "", *size)


def _seen(opened: Image.Image) -> Image.Image:
    """A loaded image as it is shown; it may be changed."""
    from PIL import Image, ImageOps

    ImageOps.exif_transpose(opened, in_place=True)
    if opened.mode == "F" or opened.mode.startswith("I"):
        return _kept(_eight_bits(opened)).convert("RGB")
    if not opened.has_transparency_data:
        return _kept(_in_mode(opened, "RGB"))
    seen = _kept(_in_mode(opened, "RGBA"))
    shown = Image.new("RGB", seen.size, "black" if _is_white(seen) else "white")
    shown.paste(seen, mask=seen)
    return shown


def _is_white(image: Image.Image) -> bool:
    """Whether all that is seen of an RGBA image is nearly white: a formula for dark pages would be gone on white."""
    from PIL import ImageStat

    seen = image.getchannel("A").point([0] * 128 + [255] * 128)
    return seen.getbbox() is not None and ImageStat.Stat(image.convert("L"), seen).extrema[0][0] > _NEARLY_WHITE


def _in_mode(image: Image.Image, mode: str) -> Image.Image:
    """The image itself where it has the mode: a copy of a large one would cost as much as decoding it."""
    return image if image.mode == mode else image.convert(mode)


def _kept(image: Image.Image) -> Image.Image:
    """The image, smaller by a whole number if a side is longer than ``MOST_SIDE``."""
    factor = -(-max(image.size) // MOST_SIDE)
    return image.reduce(factor) if factor > 1 else image


def _content(image: ImageFile) -> bytes:
    try:
        content = image.read()
    except OSError as error:
        raise Refusal(f"the file cannot be read: {error.strerror or error}") from error
    if not content:
        raise Refusal("the file is empty")
    return content


class _BombRefusal(Refusal):
    """A file that has far more pixels than bytes."""


def _pixels_in(content: bytes) -> int:
    """How many pixels a file has; 0 where it cannot be opened."""
    try:
        with _opened(content) as opened:
            return opened.width * opened.height
    except _BombRefusal:
        return sys.maxsize
    except (Refusal, OSError, ValueError, SyntaxError):
        return 0


def _opened(content: bytes) -> Opened:
    from PIL import Image, UnidentifiedImageError

    _give_memory_back()
    with _opening, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            return Image.open(BytesIO(content), formats=(*FORMATS, *_heic()))
        except UnidentifiedImageError as error:
            if not _heic() and _HEIC_START.match(content):
                raise Refusal(f"it is a HEIC image: {HEIC_ADVICE}") from error
            raise Refusal(f"it is no image that is read (SVG, {', '.join(FORMATS)})") from error
        except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
            raise _BombRefusal("it has far more pixels than its file has bytes: a decompression bomb") from error


@cache
def _give_memory_back() -> None:
    """Let Pillow allocate a large image as one block, which the system gets back with the image.

    In its usual blocks of 16 MiB, each thread would keep the memory of the largest image that it has decoded.
    """
    from PIL import _imaging

    _imaging.set_block_size(_BLOCK_SIZE)


@cache
def _heic() -> tuple[str, ...]:
    """The format of HEIC in Pillow, which reads it once the extra's package is imported; () without the extra."""
    if not reads_heic():
        return ()
    import pillow_heif

    pillow_heif.register_heif_opener()
    return ("HEIF",)


def _eight_bits(image: Image.Image) -> Image.Image:
    """Scale grey values of 16 bits, 32 bits or floating point to 0..255: a grey image."""
    import numpy as np
    from PIL import Image

    values = np.asarray(image)
    largest = float(values.max(initial=0))
    scale = max(largest, 1.0 if image.mode == "F" else _SIXTEEN_BITS)
    scaled = np.empty(values.shape, dtype=np.uint8)
    for start in range(0, len(values), _ROWS):
        rows = values[start : start + _ROWS].astype(np.float64)
        scaled[start : start + _ROWS] = (rows.clip(0, scale) / scale * 255).round()
    return Image.fromarray(scaled)


def _said(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
