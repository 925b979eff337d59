"""Which records are worth encoding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from threading import Event
from typing import TypeAlias

import pytest
from PIL import Image

from mlsr_es.collection import Caption, ImageDocument, ImageFile
from mlsr_es.elastic.reading import Stored
from mlsr_es.errors import RecordError
from mlsr_es.indexing.fingerprint import EncodingPlan, source_fingerprint
from mlsr_es.indexing.needs import Needs
from mlsr_es.indexing.prepare import BLOCK, Block, Preparing
from mlsr_es.indexing.readers import SourceReader
from mlsr_es.indexing.record import Key, Record
from mlsr_es.sources import LeftOut
from tests.indexing.listed import Listed, image

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
    (block,) = blocks(items, held or {}, plan, needs)
    return block


def blocks(
    items: Iterable[Item],
    held: Mapping[str, Stored] | None = None,
    plan: EncodingPlan = PLAN,
    needs: Needs = READS_CAPTIONS,
    asked: list[list[str]] | None = None,
) -> Iterator[Block]:
    """Make blocks of a source's items, and record which ids were looked up."""

    def stored(records: Sequence[Record]) -> Mapping[Key, Stored]:
        if asked is not None:
            asked.append([record.id for record in records])
        return {(id_, None): each for id_, each in (held or {}).items()}

    reader = SourceReader(Listed(items), plan)
    return Preparing(reader, stored, needs, plan.thumbnails).blocks(reader.records())


def test_what_is_new_is_ready() -> None:
    """A new document is ready with its fingerprint, and without pixels for a model that reads none."""
    block = block_of(image("a"))
    assert [prepared.record.document for prepared in block.ready] == [image("a")]
    assert block.ready[0].fingerprint == source_fingerprint(image("a"), b"", PLAN)
    assert block.ready[0].images == ()


def test_what_the_index_holds_as_it_is_is_unchanged() -> None:
    """A document with the stored fingerprint is unchanged; with another or none it is encoded again."""
    held = {
        "same": Stored(source_fingerprint(image("same"), b"", PLAN), "birds"),
        "changed": Stored(source_fingerprint(image("changed", "heron"), b"", PLAN), "birds"),
        "by hand": Stored("", "birds"),
    }
    block = block_of(image("same"), image("changed"), image("by hand"), held=held)
    assert [record.id for record in block.unchanged] == ["same"]
    assert [prepared.record.id for prepared in block.ready] == ["changed", "by hand"]


def test_an_id_of_another_collection_is_rejected() -> None:
    """An id that the index has for another collection is rejected."""
    block = block_of(image("a"), held={"a": Stored("f", "boats")})
    (bad,) = block.rejected
    assert str(bad.error) == "index: a: the index holds this id for the collection 'boats'"
    assert bad.record is not None
    assert bad.record.document == image("a")


def test_only_documents_are_asked_for() -> None:
    """Stored documents are looked up once for each block, and only for documents."""
    asked: list[list[str]] = []

    items: list[Item] = [image("a"), RecordError("b", "read", "bad"), LeftOut("c", "icon"), image("d", ""), image("e")]
    (block,) = blocks(items, asked=asked)
    assert asked == [["a", "e"]]
    assert block.read == len(items)


def test_what_rules_leave_out_and_what_is_bad_goes_aside() -> None:
    """Left-out and bad records are set aside, with their rule or stage."""
    block = block_of(LeftOut("a", "icon"), RecordError("b", "read", "bad"), image("c"))
    assert [(one.id, one.rule) for one in block.left_out] == [("a", "icon")]
    assert [(str(bad.error), bad.record) for bad in block.rejected] == [("read: b: bad", None)]


def test_without_a_caption_a_model_of_captions_has_nothing_to_weigh() -> None:
    """An image without captions is left out for a model of captions, and ready for a model of images."""
    bare = ImageDocument("a", "birds", (), ImageFile("a.png", png()))
    assert [(one.id, one.rule) for one in block_of(bare).left_out] == [("a", "no caption")]
    assert [prepared.record.id for prepared in block_of(bare, needs=READS_IMAGES).ready] == ["a"]


def test_a_model_of_images_rejects_a_record_without_one() -> None:
    """A model of images rejects a record without an image, with that reason."""
    (bad,) = block_of(image("a"), needs=READS_IMAGES).rejected
    assert bad.error is not None
    assert (bad.error.stage, bad.error.reason) == ("decode", "the model reads images, and this record has none")


def test_pixels_come_along_where_the_model_reads_them() -> None:
    """Pixels are shrunk for the model, and the document has the image's own size."""
    (prepared,) = block_of(pictured("a", png(2000, 1000)), needs=READS_IMAGES).ready
    assert [pixels.size for pixels in prepared.images] == [(1024, 512)]
    assert (prepared.record.document.width, prepared.record.document.height) == (2000, 1000)


def test_a_thumbnail_is_made_where_it_is_wanted() -> None:
    """A thumbnail is made on request, as a data URI."""
    (prepared,) = block_of(pictured("a", png()), plan=EncodingPlan("r", thumbnails=True)).ready
    assert (prepared.thumbnail or "").startswith("data:image/jpeg;base64,")


@pytest.mark.parametrize("needs", [READS_CAPTIONS, READS_IMAGES], ids=["captions", "images"])
@pytest.mark.parametrize("content", [b"", b"no image", png()[:40]], ids=["empty", "text", "cut"])
def test_an_image_that_nobody_can_open_is_rejected(content: bytes, needs: Needs) -> None:
    """An image that cannot be decoded is rejected even for a model of captions, because it cannot be shown."""
    block = block_of(pictured("torn", content), pictured("whole", png()), needs=needs)
    assert [(bad.id, bad.error.stage) for bad in block.rejected if bad.error] == [("torn", "decode")]
    assert [prepared.record.id for prepared in block.ready] == ["whole"]


def test_an_image_that_is_gone_is_rejected(tmp_path: Path) -> None:
    """An image whose file vanished after it was listed is rejected."""
    (bad,) = block_of(pictured("a", tmp_path / "gone.png")).rejected
    assert str(bad.error) == "read: a: the image cannot be read: No such file or directory"


def test_a_block_has_so_many_items_and_the_order_stays() -> None:
    """A block has a fixed number of items, in their order."""
    items = [image(str(number)) for number in range(2 * BLOCK + 1)]
    made = list(blocks(items))
    assert [block.read for block in made] == [BLOCK, BLOCK, 1]
    assert [prepared.record.document for block in made for prepared in block.ready] == items


def test_the_next_block_is_read_while_the_caller_works() -> None:
    """The next block, but no further one, is read while the caller works."""
    taken = 0
    reached = Event()

    def counting() -> Iterator[Item]:
        nonlocal taken
        for number in range(10 * BLOCK):
            taken += 1
            if taken == 2 * BLOCK:
                reached.set()
            yield image(str(number))

    made = blocks(counting())
    next(made)
    assert reached.wait(10)
    assert taken == 2 * BLOCK


def test_an_error_of_the_source_comes_in_its_place() -> None:
    """An error of the source is raised unchanged, after the blocks before it."""

    def breaking() -> Iterator[Item]:
        yield from (image(str(number)) for number in range(BLOCK))
        raise OSError("the cable is out")

    made = blocks(breaking())
    assert next(made).read == BLOCK
    with pytest.raises(OSError, match="cable"):
        next(made)


@pytest.mark.parametrize("items", [(), iter(())])
def test_no_items_make_no_block(items: Iterable[Item]) -> None:
    """A source without items makes no block, and no error."""
    assert list(blocks(items)) == []
