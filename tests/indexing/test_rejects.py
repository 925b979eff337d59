"""The rejects file."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from mlsr_es.collection import Caption, ImageDocument, ImageFile
from mlsr_es.errors import InputError, RecordError, StorageError
from mlsr_es.indexing.record import Picture, Record
from mlsr_es.indexing.rejects import RejectsFile

FULL_DISK = Path("/dev/full")


def test_each_bad_record_is_a_line(tmp_path: Path) -> None:
    """Each bad record is a line with its stage, its reason and its fields, and the place of its image."""
    file = tmp_path / "a.png"
    document = ImageDocument("a", "birds", (Caption("an owl"),), ImageFile("a.png", file), page="p.html")
    record = Record(document, (Picture(document.captions, "a.png"),))
    with RejectsFile(tmp_path / "r.ndjson", "birds") as rejects:
        rejects.add(RecordError("a", "decode", "it is broken"), record)
        rejects.add(RecordError("row 7", "read", "it is no JSON"), None)
    first, second = map(orjson.loads, (tmp_path / "r.ndjson").read_bytes().splitlines())
    assert (first["id"], first["stage"], first["reason"]) == ("a", "decode", "it is broken")
    assert first["record"]["captions"] == [{"text": "an owl", "kind": "description", "language": ""}]
    assert (first["record"]["image"], first["record"]["page"]) == ("a.png", "p.html")
    assert first["file"] == str(file)
    told = {"id": "row 7", "stage": "read", "reason": "it is no JSON"}
    assert second == {**told, "collection": "birds", "record": None}


def test_an_image_without_a_file_is_written_and_a_large_one_is_not(tmp_path: Path) -> None:
    """Nothing else has these bytes, so whoever mends the record needs them; a megabyte is where it ends."""
    with RejectsFile(tmp_path / "r.ndjson", "birds") as rejects:
        for id_, content in (("a", b"pixels"), ("b", bytes(2**20 + 1))):
            document = ImageDocument(id_, "birds", (), ImageFile(f"{id_}.png", content))
            picture = Picture((), f"{id_}.png")
            rejects.add(RecordError(id_, "decode", "it is broken"), Record(document, (picture,)))
    images = [orjson.loads(line)["record"]["image"] for line in (tmp_path / "r.ndjson").read_bytes().splitlines()]
    assert images == [{"path": "a.png", "bytes": "cGl4ZWxz"}, "b.png"]


def test_a_row_that_is_no_record_is_written_and_a_large_one_is_not(tmp_path: Path) -> None:
    """It can be mended where it stands."""
    with RejectsFile(tmp_path / "r.ndjson", "birds") as rejects:
        for row in ({"id": "a", "width": "wide"}, {"id": "b", "width": "w" * 2**16}):
            rejects.add(RecordError("a", "read", "'width' is not a number", row), None)
    first, second = (orjson.loads(line)["record"] for line in (tmp_path / "r.ndjson").read_bytes().splitlines())
    assert (first, second) == ({"id": "a", "width": "wide"}, None)


def test_of_a_long_caption_the_beginning_is_written(tmp_path: Path) -> None:
    """A book in place of a caption does not fill the disk."""
    document = ImageDocument("a", "birds", (Caption("an owl " * 10_000), Caption("an owl")))
    with RejectsFile(tmp_path / "r.ndjson", "birds") as rejects:
        rejects.add(RecordError("a", "read", "it is too long"), Record(document, (Picture(document.captions),)))
    captions = orjson.loads((tmp_path / "r.ndjson").read_bytes())["record"]["captions"]
    assert [len(caption["text"]) for caption in captions] == [10_000, 6]


def test_without_bad_records_there_is_no_file(tmp_path: Path) -> None:
    """Without bad records no file is made."""
    with RejectsFile(tmp_path / "r.ndjson", "birds") as rejects:
        assert rejects.written is None
    assert not list(tmp_path.iterdir())


def test_a_run_without_bad_records_removes_an_old_file(tmp_path: Path) -> None:
    """A successful run without bad records removes an old file; a failed run keeps it, and a device always stays."""
    old = tmp_path / "r.ndjson"
    old.write_text("{}")
    with pytest.raises(KeyError), RejectsFile(old, "birds"):
        raise KeyError
    assert old.exists()
    with RejectsFile(old, "birds"), RejectsFile(Path("/dev/null"), "birds"):
        pass
    assert not old.exists()
    assert Path("/dev/null").exists()


def test_a_new_run_replaces_the_file(tmp_path: Path) -> None:
    """A new run replaces the file, so that mended records are no longer in it."""
    for id_ in ("old", "new"):
        with RejectsFile(tmp_path / "r", "birds") as rejects:
            rejects.add(RecordError(id_, "read", "bad"), None)
            assert rejects.written == tmp_path / "r"
    assert orjson.loads((tmp_path / "r").read_bytes())["id"] == "new"


def test_what_other_collections_rejected_stays(tmp_path: Path) -> None:
    """One index has several collections, and nobody may have looked at the others' records yet."""
    path = tmp_path / "r.ndjson"
    for collection, bad in (("birds", ["owl"]), ("boats", ["sail"]), ("birds", ["heron"]), ("boats", [])):
        with RejectsFile(path, collection) as rejects:
            for id_ in bad:
                rejects.add(RecordError(id_, "read", "bad"), None)
    assert [orjson.loads(line)["id"] for line in path.read_bytes().splitlines()] == ["heron"]
    assert [file.name for file in tmp_path.iterdir()] == ["r.ndjson"]


def test_a_failed_run_keeps_what_it_did_not_come_to(tmp_path: Path) -> None:
    """It has not read these records again; of a record that it has read, its own line counts."""
    path = tmp_path / "r.ndjson"
    with RejectsFile(path, "birds") as rejects:
        for id_ in ("owl", "heron"):
            rejects.add(RecordError(id_, "read", "before"), None)

    def fail(rejects: RejectsFile) -> None:
        rejects.add(RecordError("owl", "read", "now"), None)
        assert b"before" in path.read_bytes()  # it may be what this run reads
        raise KeyError

    with pytest.raises(KeyError), RejectsFile(path, "birds") as rejects:
        fail(rejects)
    lines = map(orjson.loads, path.read_bytes().splitlines())
    assert [(line["id"], line["reason"]) for line in lines] == [("owl", "now"), ("heron", "before")]


def test_strict_stops_at_the_first(tmp_path: Path) -> None:
    """A strict run stops at the first bad record, and the error names it with the reason."""
    with (
        RejectsFile(tmp_path / "r", "birds", strict=True) as rejects,
        pytest.raises(InputError, match="a is bad: decode: torn"),
    ):
        rejects.add(RecordError("a", "decode", "torn"), None)
    assert not list(tmp_path.iterdir())


def test_a_file_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """The error for a file that cannot be made names the option for another file."""
    with (
        RejectsFile(tmp_path / "no" / "r", "birds") as rejects,
        pytest.raises(StorageError, match=r"no/r cannot be written: No such file.*--rejects"),
    ):
        rejects.add(RecordError("a", "read", "bad"), None)


@pytest.mark.skipif(not FULL_DISK.exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_said_and_closing_says_nothing_else() -> None:
    """A full disk causes one error, and closing the file causes no other."""
    with (
        pytest.raises(StorageError, match="cannot be written: No space left on device"),
        RejectsFile(FULL_DISK, "birds") as rejects,
    ):
        rejects.add(RecordError("a", "read", "bad"), None)
