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
    """Each bad record is a line with its stage, its reason and its fields, without the image's bytes."""
    document = ImageDocument("a", "birds", (Caption("an owl"),), ImageFile("a.png", b"pixels"), page="p.html")
    record = Record(document, (Picture(document.captions, "a.png"),))
    with RejectsFile(tmp_path / "r.ndjson") as rejects:
        rejects.add(RecordError("a", "decode", "it is broken"), record)
        rejects.add(RecordError("row 7", "read", "it is no JSON"), None)
    first, second = map(orjson.loads, (tmp_path / "r.ndjson").read_bytes().splitlines())
    assert (first["id"], first["stage"], first["reason"]) == ("a", "decode", "it is broken")
    assert first["record"]["captions"] == [{"text": "an owl", "kind": "description", "language": ""}]
    assert (first["record"]["image"], first["record"]["page"]) == ("a.png", "p.html")
    assert second == {"id": "row 7", "stage": "read", "reason": "it is no JSON", "record": None}


def test_of_a_long_caption_the_beginning_is_written(tmp_path: Path) -> None:
    """A book in place of a caption does not fill the disk."""
    document = ImageDocument("a", "birds", (Caption("an owl " * 10_000), Caption("an owl")))
    with RejectsFile(tmp_path / "r.ndjson") as rejects:
        rejects.add(RecordError("a", "read", "it is too long"), Record(document, (Picture(document.captions),)))
    captions = orjson.loads((tmp_path / "r.ndjson").read_bytes())["record"]["captions"]
    assert [len(caption["text"]) for caption in captions] == [10_000, 6]


def test_without_bad_records_there_is_no_file(tmp_path: Path) -> None:
    """Without bad records no file is made."""
    with RejectsFile(tmp_path / "r.ndjson") as rejects:
        assert rejects.written is None
    assert not list(tmp_path.iterdir())


def test_a_run_without_bad_records_removes_an_old_file(tmp_path: Path) -> None:
    """A successful run without bad records removes an old file; a failed run keeps it, and a device always stays."""
    old = tmp_path / "r.ndjson"
    old.write_text("{}")
    with pytest.raises(KeyError), RejectsFile(old):
        raise KeyError
    assert old.exists()
    with RejectsFile(old), RejectsFile(Path("/dev/null")):
        pass
    assert not old.exists()
    assert Path("/dev/null").exists()


def test_a_new_run_replaces_the_file(tmp_path: Path) -> None:
    """A new run replaces the file, so that mended records are no longer in it."""
    for id_ in ("old", "new"):
        with RejectsFile(tmp_path / "r") as rejects:
            rejects.add(RecordError(id_, "read", "bad"), None)
            assert rejects.written == tmp_path / "r"
    assert orjson.loads((tmp_path / "r").read_bytes())["id"] == "new"


def test_strict_stops_at_the_first(tmp_path: Path) -> None:
    """A strict run stops at the first bad record, and the error names it with the reason."""
    with RejectsFile(tmp_path / "r", strict=True) as rejects, pytest.raises(InputError, match="a is bad: decode: torn"):
        rejects.add(RecordError("a", "decode", "torn"), None)
    assert not list(tmp_path.iterdir())


def test_a_file_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """The error for a file that cannot be made names the option for another file."""
    with (
        RejectsFile(tmp_path / "no" / "r") as rejects,
        pytest.raises(StorageError, match=r"no/r cannot be written: No such file.*--rejects"),
    ):
        rejects.add(RecordError("a", "read", "bad"), None)


@pytest.mark.skipif(not FULL_DISK.exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_said_and_closing_says_nothing_else() -> None:
    """A full disk causes one error, and closing the file causes no other."""
    with (
        pytest.raises(StorageError, match="cannot be written: No space left on device"),
        RejectsFile(FULL_DISK) as rejects,
    ):
        rejects.add(RecordError("a", "read", "bad"), None)
