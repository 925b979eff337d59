"""An exported folder is a source with the same contents."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlsr_es.collection import ImageDocument, ImageFile
from mlsr_es.errors import SourceError, StorageError
from mlsr_es.sources import export, open_source
from mlsr_es.sources.table import Table


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


class InMemory(Table):
    """A source of given documents."""

    def __init__(self, documents: Sequence[ImageDocument]) -> None:
        super().__init__([], name="c")
        self._made = documents

    def documents(self):  # type: ignore[no-untyped-def]  # noqa: ANN201
        """Yield the given documents."""
        return iter(self._made)


def test_round_trip(tmp_path: Path) -> None:
    """Exporting an export gives the same files, and nothing is lost."""
    done = export(open_source("sample"), tmp_path / "one")
    again = export(open_source(str(tmp_path / "one")), tmp_path / "two")
    assert files(tmp_path / "one") == files(tmp_path / "two")
    assert (done.documents, done.sections, done.judgements) == (again.documents, again.sections, again.judgements)
    assert done.documents > 50
    assert done.left_out.total() > 0
    assert again.left_out.total() == 0


def test_names(tmp_path: Path) -> None:
    """Fields are those of the records; an image is a path in the folder; qrels are TREC's."""
    export(open_source("sample"), tmp_path)
    first = orjson.loads((tmp_path / "documents.jsonl").read_bytes().splitlines()[0])
    assert list(first) == ["id", "collection", "captions", "image", "page", "width", "height"]
    assert list(first["captions"][0]) == ["text", "kind", "language"]
    assert (tmp_path / first["image"]).is_file()
    topic = orjson.loads((tmp_path / "topics.jsonl").read_bytes().splitlines()[0])
    assert set(topic) == {"id", "text", "page", "page_title", "section_title", "hierarchy", "page_description"}
    assert all(len(line.split()) == 4 for line in (tmp_path / "qrels.txt").read_text().splitlines())


@given(names=st.lists(st.text(min_size=1, max_size=30) | st.sampled_from(["../x.png", "/etc/x.png", "A.png", "a.png"])))
def test_any_image_name(names: list[str]) -> None:
    """An image with any name is exported under a unique name in the folder, and read back unchanged."""
    documents = [
        ImageDocument(f"i{number}", "c", (), ImageFile(name, f"bytes {number}".encode()))
        for number, name in enumerate(names)
    ]
    if not documents:
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "out"
        done = export(InMemory(documents), folder)
        assert done.documents == len(documents)
        assert [path.name for path in Path(temporary).iterdir()] == ["out"]
        read = [item for item in open_source(str(folder)).documents() if isinstance(item, ImageDocument)]
        assert [document.image and document.image.read() for document in read] == [
            document.image and document.image.read() for document in documents
        ]


def test_a_missing_image_is_rejected(tmp_path: Path) -> None:
    """An image that is gone by the time it is copied is one rejected record."""
    documents = [ImageDocument("a", "c", (), ImageFile("a.png", tmp_path / "a.png")), ImageDocument("b", "c", ())]
    done = export(InMemory(documents), tmp_path / "out")
    assert (done.documents, [error.record_id for error in done.rejected]) == (1, ["a"])


def test_onto_itself(tmp_path: Path) -> None:
    """A source is not overwritten by its own export."""
    export(open_source("sample"), tmp_path / "one")
    before = files(tmp_path / "one")
    with pytest.raises(SourceError, match="holds the source itself"):
        export(open_source(str(tmp_path / "one")), tmp_path / "one")
    assert files(tmp_path / "one") == before


def test_onto_a_file(tmp_path: Path) -> None:
    """Exporting to a file is refused."""
    (tmp_path / "f").write_text("")
    with pytest.raises(SourceError, match="is a file"):
        export(open_source("sample"), tmp_path / "f")
    with pytest.raises(StorageError, match="cannot be written"):
        export(open_source("sample"), tmp_path / "f" / "g")
