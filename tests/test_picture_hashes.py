"""A hash is of how a picture looks."""

from __future__ import annotations

import pytest
from PIL import Image

from mlsr_es.collection import ImageFile
from mlsr_es.picture_hashes import ALIKE, picture_hash
from mlsr_es.shipped import shipped
from mlsr_es.sources import decode


def drawn(name: str) -> Image.Image:
    """A drawing of the sample."""
    return decode(ImageFile(name, shipped("sample", "images", f"{name}.svg")))


def differing(one: str, other: str) -> int:
    """How many bits differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


@pytest.mark.parametrize("name", ["lighthouse", "tawny-owl", "map-grid", "teapot"])
def test_a_copy_looks_alike(name: str) -> None:
    """A copy of half the size, and one in grey, are within the limit; another drawing is far beyond it."""
    whole = drawn(name)
    own = picture_hash(whole)
    assert len(own) == 64
    assert differing(own, picture_hash(whole.resize((whole.width // 2, whole.height // 2)))) <= ALIKE
    assert differing(own, picture_hash(whole.convert("L").convert("RGB"))) <= ALIKE
    assert differing(own, picture_hash(drawn("anchor"))) > 4 * ALIKE


@pytest.mark.parametrize("size", [(1, 1), (3, 2000), (40, 40)])
def test_a_picture_of_one_colour_has_no_hash(size: tuple[int, int]) -> None:
    """Its hash would be of noise."""
    assert picture_hash(Image.new("RGB", size, "white")) == ""
