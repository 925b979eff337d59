"""Hashes of pictures by how they look: two that look alike differ in few bits, whatever their size and format."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

ALIKE = 10
"""Bits by which two hashes may differ where the pictures look alike.

Run on the GIMP manual, KiCad's manual and Tux Paint's stamps: 95, 98 and 90 % of the pictures that are halved, or saved
as JPEG of quality 60, are this near to what they were made from. Other pictures as near: on KiCad's manual one pair, a
file that is there twice; among the stamps 7 pairs, such as two eyes of other colours; on the GIMP manual 140 pictures,
nearly all the same photograph under different filters.
"""

_SIDE = 16
"""Of the square of bits."""

_REDUCED_TO = 256
"""Pixels of the shorter side that are enough for the hash: it looks at 64."""

_LEAST_CONTRAST = 4.0
"""Standard deviation of the grey values, of 255: below it a hash is of noise."""


def picture_hash(image: Image) -> str:
    """The perceptual hash of a picture: 64 hexadecimal digits; "" for a picture of one colour.

    It sees shapes and brightness, and no colours: the same photograph in grey has the same hash.

    Args:
        image: RGB, of any size; it is not changed.
    """
    import imagehash
    import numpy as np

    grey = image.reduce(max(1, min(image.size) // _REDUCED_TO)).convert("L")
    if np.asarray(grey).std() < _LEAST_CONTRAST:
        return ""
    # The digits that ``str`` gives, without an object of Python's for each bit.
    return np.packbits(imagehash.phash(grey, hash_size=_SIDE).hash).tobytes().hex()
