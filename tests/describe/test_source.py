"""A source whose images have machine-made captions too."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from PIL import Image

from mlsr_es.collection import Caption, CaptionKind, ImageDocument, ImageFile
from mlsr_es.describe import NAMES_ONLY, NOTHING, Describing, described
from mlsr_es.errors import RecordError
from mlsr_es.sources import inspect, open_source
from tests.indexing.listed import Listed


class SaysSize:
    """Reads the picture's width."""

    kind = CaptionKind.READ
    revision = "size 1"

    def describe(self, picture: Image.Image) -> tuple[str, ...]:
        """One text."""
        return (f"{picture.width} pixels",)


def png(width: int) -> bytes:
    """A picture of a width."""
    out = BytesIO()
    Image.new("RGB", (width, 3)).save(out, "PNG")
    return out.getvalue()


def image(name: str, content: bytes | Path) -> ImageDocument:
    """An image of people's caption "own"."""
    return ImageDocument(name, "c", (Caption("own"),), ImageFile(f"{name}.png", content))


def test_items_keep_their_order_and_their_own_captions() -> None:
    """However many are described at once; what is no image passes."""
    items = [image(f"n{width}", png(width)) for width in range(2, 90)]
    bad = RecordError("x", "read", "bad")
    found = list(described(Listed([*items[:50], bad, *items[50:]]), Describing(describers=(SaysSize(),))).documents())
    assert found[50] == bad
    images = [item for item in found if isinstance(item, ImageDocument)]
    assert [item.id for item in images] == [item.id for item in items]
    assert images[5].captions == (Caption("own"), Caption("7 pixels", CaptionKind.READ))


def test_an_image_that_cannot_be_opened_keeps_its_captions(tmp_path: Path) -> None:
    """Whether it counts as bad is decided by who decodes it."""
    items = [image("broken", b"no picture"), image("gone", tmp_path / "gone.png")]
    assert list(described(Listed(items), Describing(describers=(SaysSize(),))).documents()) == items


def test_nothing_to_add_is_the_source_itself() -> None:
    """So nothing is started for it."""
    source = Listed([])
    assert described(source, NOTHING) is source


def test_rules_and_what_is_added_are_told_apart() -> None:
    """Inspecting counts the added captions by their kind."""
    found = inspect(described(open_source("sample"), NAMES_ONLY))
    plain = inspect(open_source("sample"))
    assert found.captions["name"] == found.documents == plain.documents
    assert found.rules == plain.rules
    assert found.judgements == plain.judgements
