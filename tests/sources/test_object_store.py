"""Files of rows in an object store: pyarrow's file system of this machine, which has the interface of all others."""

from __future__ import annotations

import gzip
import pickle
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from mlsr_es.collection import ImageDocument
from mlsr_es.errors import RecordError, SourceError
from mlsr_es.sources import Source, open_source
from mlsr_es.sources.object_store import StorePath, as_path

ROWS: list[dict[str, str | None]] = [
    {"id": "1", "title": "An owl", "image": "pictures/owl.png"},
    {"id": "2", "title": "A heron", "image": None},
]


@pytest.fixture
def bucket(tmp_path: Path) -> Path:
    """Two Parquet files of the same rows' columns, with a picture beside them, and rows of other forms below."""
    (tmp_path / "pictures").mkdir()
    Image.new("RGB", (20, 10)).save(tmp_path / "pictures" / "owl.png")
    for number, row in enumerate(ROWS):
        pq.write_table(pa.Table.from_pylist([row], schema=_SCHEMA), tmp_path / f"part-{number}.parquet")
    (tmp_path / "topics.jsonl").write_text('{"id": "s", "text": "Owls fly at night."}\n')
    (tmp_path / "qrels.txt").write_text("s 0 1 1\n")
    (tmp_path / "other").mkdir()
    with gzip.open(tmp_path / "other" / "rows.jsonl.gz", "wt") as file:
        file.write('{"id": "3", "title": "A robin"}\n')
    (tmp_path / "other" / "rows.csv").write_text("id;title\n4;A wren\n", encoding="utf-16")
    return tmp_path


_SCHEMA = pa.schema([(name, pa.string()) for name in ("id", "title", "image")])


def read(source: Source) -> dict[str, tuple[str, ...]]:
    documents = [item for item in source.documents() if isinstance(item, ImageDocument)]
    return {document.id: tuple(caption.text for caption in document.captions) for document in documents}


@pytest.mark.parametrize("named", ["", "/part-*.parquet"])
def test_a_store_is_read_as_a_folder_is(bucket: Path, named: str) -> None:
    """Rows in their order, sections and judgements beside them, and the same names."""
    there, here = open_source(f"file://{bucket}{named}"), open_source(f"{bucket}{named}")
    assert read(there) == read(here) == {"1": ("An owl",), "2": ("A heron",)}
    assert list(there.sections()) == list(here.sections())
    assert list(there.judgements()) == list(here.judgements())
    assert (there.name, there.count()) == (here.name, here.count()) == (bucket.name, 2)


def test_images_beside_the_rows_are_read(bucket: Path) -> None:
    """By other processes too; none outside of the folder is."""
    document = next(item for item in open_source(f"file://{bucket}").documents() if isinstance(item, ImageDocument))
    assert document.image is not None
    content = (bucket / "pictures" / "owl.png").read_bytes()
    for image in (document.image, pickle.loads(pickle.dumps(document.image))):
        assert (image.read(), image.size, image.name) == (content, len(content), "pictures/owl.png")
    for wrong in ("../secret.png", "/etc/secret.png", "pictures/../../x.png", "pictures/none.png"):
        pq.write_table(pa.table({"id": ["1"], "title": ["An owl"], "image": [wrong]}), bucket / "other" / "x.parquet")
        with pytest.raises(SourceError, match=r"leaves the source's folder|no such file"):
            open_source(f"file://{bucket}/other/x.parquet")


def test_all_forms_of_rows_are_read(bucket: Path) -> None:
    """Packed lines, and cells in another encoding."""
    assert read(open_source(f"file://{bucket}/other/rows.jsonl.gz")) == {"3": ("A robin",)}
    assert read(open_source(f"file://{bucket}/other/rows.csv")) == {"4": ("A wren",)}


def test_what_cannot_be_read_is_told(bucket: Path) -> None:
    """In a sentence, whatever is wrong."""
    for url, told in (
        (f"file://{bucket}/none.parquet", "There are no files of rows at"),
        (f"file://{bucket}/none/*.parquet", "cannot be read|There are no files of rows at"),
        (f"file://{bucket}/pictures", "no documents.jsonl and no Parquet"),
        ("s3://no bucket of that name/x.parquet", "cannot be read"),
    ):
        with pytest.raises(SourceError, match=told):
            open_source(url)
    (bucket / "part-0.parquet").write_bytes(b"PAR1 torn")
    items = list(open_source(f"file://{bucket}/*.parquet").documents())
    assert [isinstance(item, RecordError) for item in items] == [True, False]


def test_a_path_has_what_beside_and_above_it_is_of_the_same_store() -> None:
    """It is written as it was given; a path of this machine is not one."""
    path = as_path("s3://bucket/a/b.parquet")
    assert isinstance(path, StorePath)
    assert str(path.parent / "c.jsonl") == "s3://bucket/a/c.jsonl"
    assert (path.name, path.suffix, str(path.parent.parent)) == ("b.parquet", ".parquet", "s3://bucket")
    assert str(as_path("file:///tmp/x")) == "file:///tmp/x"
    assert str((path.parent / "../../../x").resolve()) == "s3://../x"
    assert pickle.loads(pickle.dumps(path)) == path
    assert not isinstance(as_path("folder/s3"), StorePath)
    with pytest.raises(OSError, match="only read"):
        path.open("wb")
