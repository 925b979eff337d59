"""A rejects file as a source."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from mlsr_es.collection import Caption, ImageDocument
from mlsr_es.errors import InputError, RecordError, SourceError
from mlsr_es.sources import Reading, Rejected, open_source


def rejects(path: Path, *rows: dict[str, Any]) -> Path:
    """A rejects file; each row is of the collection birds, and was rejected when it was decoded."""
    usual = {"stage": "decode", "reason": "torn", "collection": "birds", "record": None}
    path.write_bytes(b"".join(orjson.dumps(usual | row) + b"\n" for row in rows))
    return path


def a_record(id_: str, **fields: Any) -> dict[str, Any]:
    """A row of a record, as it was rejected."""
    return {"id": id_, "record": {"id": id_, "collection": "birds", "captions": [f"a {id_}"], **fields}}


def test_records_are_read_with_their_images(tmp_path: Path) -> None:
    """The image is where it was, under the name that it had; nothing else of its folder is read."""
    image = tmp_path / "elsewhere" / "pictures" / "owl.png"
    image.parent.mkdir(parents=True)
    image.write_bytes(b"mended")
    row = a_record("owl", image="pictures/owl.png", page="p.html") | {"file": str(image)}
    source = open_source(str(rejects(tmp_path / "r.ndjson", row)))
    assert isinstance(source, Rejected)
    (document,) = source.documents()
    assert isinstance(document, ImageDocument)
    assert (document.id, document.collection, document.page) == ("owl", "birds", "p.html")
    assert document.captions == (Caption("a owl"),)
    assert document.image is not None
    assert (document.image.name, document.image.read()) == ("pictures/owl.png", b"mended")
    assert source.count() == 1


def test_an_image_that_has_no_file_is_in_the_record(tmp_path: Path) -> None:
    """Its bytes are those of the line, under the name that they had."""
    row = a_record("owl", image={"path": "owl.png", "bytes": "cGl4ZWxz"})
    (document,) = Rejected(rejects(tmp_path / "r.ndjson", row)).documents()
    assert isinstance(document, ImageDocument)
    assert document.image is not None
    assert (document.image.name, document.image.content) == ("owl.png", b"pixels")


def test_what_nobody_has_mended_is_bad_again(tmp_path: Path) -> None:
    """A line without a record, a file that is gone, a row with the same fault: each is rejected with its reason."""
    rows = (
        {"id": "pages/a.html", "stage": "read", "reason": "it has 50 MiB"},
        a_record("owl", image="owl.png") | {"file": str(tmp_path / "owl.png")},
        a_record("heron", width="wide"),
    )
    items = list(Rejected(rejects(tmp_path / "r.ndjson", *rows)).documents())
    assert all(isinstance(item, RecordError) for item in items)
    assert [item.reason for item in items if isinstance(item, RecordError)] == [
        "it has 50 MiB; mend it in its source, and index that",
        f"there is no such file any more: {tmp_path / 'owl.png'}",
        "'width' is not a number",
    ]


def test_one_collection_is_read(tmp_path: Path) -> None:
    """That of the first line, or the one that is asked for; a note names the others."""
    file = rejects(tmp_path / "r.ndjson", a_record("owl"), {"id": "sail", "collection": "boats"}, a_record("heron"))
    said: list[str] = []
    source = open_source(str(file), say=said.append)
    assert [item.id for item in source.documents() if isinstance(item, ImageDocument)] == ["owl", "heron"]
    assert said == [f"{file}: read for birds. It also has records of boats: --collection."]
    with pytest.raises(SourceError, match=r"no records of planes\. It has those of birds, boats"):
        open_source(str(file), name="planes")


def test_how_rows_are_read_does_not_matter(tmp_path: Path) -> None:
    """The records were read already: another encoding, or other columns, would have no effect."""
    with pytest.raises(InputError, match="has records that were rejected"):
        open_source(str(rejects(tmp_path / "r.ndjson", a_record("owl"))), reading=Reading(columns={"a": "id"}))
