"""The contract of every reader, tested for a source and for somebody's index."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from mlsr_es.collection import Caption, ImageDocument, ImageFile
from mlsr_es.errors import RecordError
from mlsr_es.indexing import OwnersFields
from mlsr_es.indexing.fingerprint import EncodingPlan
from mlsr_es.indexing.needs import Needs
from mlsr_es.indexing.readers import IndexReader, Reader, SourceReader
from mlsr_es.indexing.record import Record, Unusable
from mlsr_es.sources import ImageStore
from tests.indexing.enriching.seeing import png
from tests.indexing.enriching.shop import Shop
from tests.indexing.listed import Listed

COLOURS = {"a": "red", "b": "blue", "c": "green"}
Make = Callable[[], Reader]


@pytest.fixture(params=["source", "index"])
def make(request: pytest.FixtureRequest, client: Elasticsearch, index_name: str, tmp_path: Path) -> Make:
    """Makes a reader of three good records and a bad one; each has an image file and a caption."""
    for id_, colour in COLOURS.items():
        (tmp_path / f"{id_}.png").write_bytes(png(colour))

    def source() -> Reader:
        images = [
            ImageDocument(id_, index_name, (Caption(colour),), ImageFile(f"{id_}.png", tmp_path / f"{id_}.png"))
            for id_, colour in COLOURS.items()
        ]
        return SourceReader(Listed([*images, RecordError("bad", "read", "torn")], index_name), EncodingPlan("r"))

    if request.param == "source":
        return source
    shop = Shop.made(client, index_name)
    for id_, colour in COLOURS.items():
        shop.put(id_, {"name": colour, "photo": f"{id_}.png"})
    shop.put("bad", {"name": "bad", "photo": ["a.png"] * 33})

    def index() -> Reader:
        fields, needs = OwnersFields.parse(["name"], "photo"), Needs(image=True, caption=True)
        store = ImageStore(folder=tmp_path.resolve())
        return IndexReader(client, index_name, fields, needs, "r", stored_fingerprint="mlsr.fingerprint", store=store)

    return index


def good(reader: Reader) -> dict[str, Record]:
    """The records that can be encoded, by id."""
    with closing(reader.records()) as items:
        return {item.id: item for item in items if isinstance(item, Record)}


def test_it_gives_each_record_once_and_the_bad_ones_in_their_places(make: Make) -> None:
    """Each record is read once, with bad ones in their places, and the count is right where there is one."""
    reader = make()
    with closing(reader.records()) as given:
        items = list(given)
    assert sorted(item.id for item in items) == ["a", "b", "bad", "c"]
    assert [item.id for item in items if isinstance(item, Unusable)] == ["bad"]
    assert reader.count() in {None, len(items)}


def test_it_can_be_left_early(make: Make) -> None:
    """A reader can be left early, and then gives the same records from the beginning."""
    reader = make()
    with closing(reader.records()) as items:
        next(items)
    assert set(good(reader)) == set(COLOURS)


def test_each_record_has_pictures_whose_bytes_can_be_had(make: Make) -> None:
    """Each record has pictures with readable bytes, and belongs to the reader's collection."""
    reader = make()
    for id_, record in good(reader).items():
        (picture,) = record.pictures
        assert record.document.collection == reader.collection
        assert [caption.text for caption in picture.captions] == [COLOURS[id_]]
        assert reader.open(record, picture).read() == png(COLOURS[id_])
        assert not reader.is_remote(picture)


def test_a_fingerprint_tells_captions_and_images_apart_and_nothing_else(make: Make) -> None:
    """A fingerprint changes with captions and images, and is the same each time that the record is read."""
    reader = make()
    files = [ImageFile("x.png", png("red"))]
    first, again = (good(reader) for _ in range(2))
    told = {id_: reader.fingerprint(record, files) for id_, record in first.items()}
    assert {id_: reader.fingerprint(record, files) for id_, record in again.items()} == told
    assert len(set(told.values())) == len(COLOURS)
    assert reader.fingerprint(first["a"], [ImageFile("x.png", png("blue"))]) != told["a"]


def test_an_image_that_is_gone_is_a_bad_record(make: Make, tmp_path: Path) -> None:
    """A missing image raises an error for its record only."""
    reader = make()
    record = good(reader)["a"]
    (tmp_path / "a.png").unlink()
    with pytest.raises(RecordError):
        reader.open(record, record.pictures[0])


def test_it_says_what_its_records_are_called_and_what_to_do_when_none_is_good(make: Make) -> None:
    """A reader has the noun for its records and the advice for a failed run."""
    reader = make()
    assert reader.unit in {"images", "documents"}
    assert reader.advice.endswith(("inspect.", "--dry-run."))
