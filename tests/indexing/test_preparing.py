"""What of a source is worth encoding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from pathlib import Path
from threading import Event
from typing import TypeAlias

import pytest
from PIL import Image

from mlsr_es.collection import Caption, ImageDocument, ImageFile
from mlsr_es.elastic.reading import Stored
from mlsr_es.errors import RecordError
from mlsr_es.indexing.fingerprint import EncodingPlan, fingerprint
from mlsr_es.indexing.preparing import BLOCK, Block, Needs, blocks
from mlsr_es.sources import LeftOut
from tests.indexing.listed import image

Item: TypeAlias = ImageDocument | RecordError | LeftOut

PLAN = EncodingPlan("r")
READS_CAPTIONS = Needs(image=False, caption=True)
READS_IMAGES = Needs(image=True, caption=False)


def png(width: int = 4, height: int = 3) -> bytes:
    out = BytesIO()
    Image.new("RGB", (width, height), "red").save(out, "PNG")
    return out.getvalue()


def pictured(id_: str, content: bytes | Path) -> ImageDocument:
    return ImageDocument(id_, "birds", (Caption("owl"),), ImageFile(f"{id_}.png", content))


def block_of(
    *items: Item,
    held: Mapping[str, Stored] | None = None,
    plan: EncodingPlan = PLAN,
    needs: Needs = READS_CAPTIONS,
) -> Block:
    """The one block that a few items make."""
    (block,) = blocks(items, lambda _: held or {}, plan, needs)
    return block


def test_what_is_new_is_ready() -> None:
    """With its fingerprint; no pixels where the model reads none."""
    block = block_of(image("a"))
    assert [prepared.document for prepared in block.ready] == [image("a")]
    assert block.ready[0].fingerprint == fingerprint(image("a"), b"", PLAN)
    assert block.ready[0].image is None


def test_what_the_index_holds_as_it_is_is_unchanged() -> None:
    """By its fingerprint; without one, or with another, it is encoded again."""
    held = {
        "same": Stored(fingerprint(image("same"), b"", PLAN), "birds"),
        "changed": Stored(fingerprint(image("changed", "heron"), b"", PLAN), "birds"),
        "by hand": Stored("", "birds"),
    }
    block = block_of(image("same"), image("changed"), image("by hand"), held=held)
    assert block.unchanged == ["same"]
    assert [prepared.document.id for prepared in block.ready] == ["changed", "by hand"]


def test_an_id_of_another_collection_is_rejected() -> None:
    """It is never overwritten."""
    block = block_of(image("a"), held={"a": Stored("f", "boats")})
    (((error, record)),) = block.rejected
    assert str(error) == "index: a: the index holds this id for the collection 'boats'"
    assert record == image("a")


def test_only_documents_are_asked_for() -> None:
    """Once a block, whatever is in it."""
    asked: list[list[str]] = []

    def held(ids: list[str]) -> Mapping[str, Stored]:
        asked.append(ids)
        return {}

    items: list[Item] = [image("a"), RecordError("b", "read", "bad"), LeftOut("c", "icon"), image("d", ""), image("e")]
    (block,) = blocks(items, held, PLAN, READS_CAPTIONS)
    assert asked == [["a", "e"]]
    assert block.read == len(items)


def test_what_rules_leave_out_and_what_is_bad_goes_aside() -> None:
    """Counted by rule and by stage."""
    block = block_of(LeftOut("a", "icon"), RecordError("b", "read", "bad"), image("c"))
    assert block.left_out == [LeftOut("a", "icon")]
    assert [(str(error), record) for error, record in block.rejected] == [("read: b: bad", None)]


def test_without_a_caption_a_model_of_captions_has_nothing_to_weigh() -> None:
    """Nothing is wrong with such an image; a model of images takes it."""
    bare = ImageDocument("a", "birds", (), ImageFile("a.png", png()))
    assert block_of(bare).left_out == [LeftOut("a", "no caption")]
    assert [prepared.document.id for prepared in block_of(bare, needs=READS_IMAGES).ready] == ["a"]


def test_a_model_of_images_rejects_a_record_without_one() -> None:
    """And says so."""
    ((error, _),) = block_of(image("a"), needs=READS_IMAGES).rejected
    assert (error.stage, error.reason) == ("decode", "the model reads images, and this record has none")


def test_pixels_come_along_where_the_model_reads_them() -> None:
    """Small enough for any backbone; the document is told the size as it was."""
    (prepared,) = block_of(pictured("a", png(2000, 1000)), needs=READS_IMAGES).ready
    assert prepared.image is not None
    assert prepared.image.size == (1024, 512)
    assert (prepared.document.width, prepared.document.height) == (2000, 1000)


def test_a_thumbnail_is_made_where_it_is_wanted() -> None:
    """A data URI."""
    (prepared,) = block_of(pictured("a", png()), plan=EncodingPlan("r", thumbnails=True)).ready
    assert (prepared.thumbnail or "").startswith("data:image/jpeg;base64,")


@pytest.mark.parametrize("needs", [READS_CAPTIONS, READS_IMAGES], ids=["captions", "images"])
@pytest.mark.parametrize("content", [b"", b"no image", png()[:40]], ids=["empty", "text", "cut"])
def test_an_image_that_nobody_can_open_is_rejected(content: bytes, needs: Needs) -> None:
    """Also where the model reads captions alone: it could not be shown."""
    block = block_of(pictured("torn", content), pictured("whole", png()), needs=needs)
    assert [(error.record_id, error.stage) for error, _ in block.rejected] == [("torn", "decode")]
    assert [prepared.document.id for prepared in block.ready] == ["whole"]


def test_an_image_that_is_gone_is_rejected(tmp_path: Path) -> None:
    """A file may vanish between listing and reading."""
    ((error, _),) = block_of(pictured("a", tmp_path / "gone.png")).rejected
    assert str(error) == "read: a: the image cannot be read: No such file or directory"


def test_a_block_has_so_many_items_and_the_order_stays() -> None:
    """Whatever they are."""
    items = [image(str(number)) for number in range(2 * BLOCK + 1)]
    made = list(blocks(items, lambda _: {}, PLAN, READS_CAPTIONS))
    assert [block.read for block in made] == [BLOCK, BLOCK, 1]
    assert [prepared.document for block in made for prepared in block.ready] == items


def test_the_next_block_is_read_while_the_caller_works() -> None:
    """One ahead, and no further: memory holds two."""
    taken = 0
    reached = Event()

    def counting() -> Iterator[Item]:
        nonlocal taken
        for number in range(10 * BLOCK):
            taken += 1
            if taken == 2 * BLOCK:
                reached.set()
            yield image(str(number))

    made = blocks(counting(), lambda _: {}, PLAN, READS_CAPTIONS)
    next(made)
    assert reached.wait(10)
    assert taken == 2 * BLOCK


def test_an_error_of_the_source_comes_in_its_place() -> None:
    """Behind the blocks before it, as it was raised."""

    def breaking() -> Iterator[Item]:
        yield from (image(str(number)) for number in range(BLOCK))
        raise OSError("the cable is out")

    made = blocks(breaking(), lambda _: {}, PLAN, READS_CAPTIONS)
    assert next(made).read == BLOCK
    with pytest.raises(OSError, match="cable"):
        next(made)


@pytest.mark.parametrize("items", [(), iter(())])
def test_no_items_make_no_block(items: Iterable[Item]) -> None:
    """An empty source is no error here."""
    assert list(blocks(items, lambda _: {}, PLAN, READS_CAPTIONS)) == []
