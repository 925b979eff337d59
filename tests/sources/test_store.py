"""Opening the images that documents refer to."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from mlsr_es.errors import RecordError
from mlsr_es.sources import Fetcher, ImageStore

ENCODED = base64.b64encode(b"an image").decode()


def test_base64_is_read_where_nothing_else_is_named(tmp_path: Path) -> None:
    """Base64 may have line breaks or be a data URI, which is also read where paths are expected."""
    store = ImageStore()
    for value in (ENCODED, f"{ENCODED[:4]}\n{ENCODED[4:]}", f"data:image/png;base64,{ENCODED}"):
        assert store.open(value, name="image 1", record_id="a").read() == b"an image"
        assert store.name(value, 0) == "image 1"
    beside = ImageStore(folder=tmp_path)
    assert beside.open(f"data:image/png;base64,{ENCODED}", name="image 1", record_id="a").read() == b"an image"


def test_a_path_is_read_from_its_folder(tmp_path: Path) -> None:
    """A path is read relative to the folder, and is the image's name."""
    (tmp_path / "owl.png").write_bytes(b"an owl")
    store = ImageStore(folder=tmp_path.resolve())
    assert store.open("owl.png", name="owl.png", record_id="a").read() == b"an owl"
    assert (store.name("owl.png", 3), store.is_remote("owl.png")) == ("owl.png", False)


@pytest.mark.parametrize("path", ["../secret.png", "/etc/passwd", "link.png", "none.png", "a\0b"])
def test_a_path_does_not_leave_its_folder(tmp_path: Path, path: str) -> None:
    """A path may not leave the folder: by ``..``, as an absolute path, or by a link."""
    folder = tmp_path / "images"
    folder.mkdir()
    (tmp_path / "secret.png").write_bytes(b"secret")
    (folder / "link.png").symlink_to(tmp_path / "secret.png")
    with pytest.raises(RecordError, match="read: a: "):
        ImageStore(folder=folder.resolve()).open(path, name=path, record_id="a")


def test_nothing_is_fetched_unless_it_is_asked_for(tmp_path: Path) -> None:
    """A value with any URL scheme is never fetched unless fetching is on."""
    for store in (ImageStore(), ImageStore(folder=tmp_path)):
        for url in ("http://images.example/a.png", "file:///etc/passwd", "HTTPS://images.example"):
            assert store.is_remote(url)
            with pytest.raises(RecordError, match="nothing is fetched unless"):
                store.open(url, name=url, record_id="a")


def test_what_is_fetched_and_refused_is_a_bad_record() -> None:
    """A refused fetch is a bad record with the URL and the reason."""
    store = ImageStore(fetcher=Fetcher())
    url = "http://127.0.0.1:9200/secret"
    with pytest.raises(RecordError, match=r"fetch: a: http://127.* which is not on the open internet"):
        store.open(url, name=url, record_id="a")
    with pytest.raises(RecordError, match="is a path, and no folder is named"):
        store.open("owl.png", name="owl.png", record_id="a")


@pytest.mark.parametrize("value", ["owl.png", "abc", "data:image/png;base64,?"])
def test_what_is_no_base64_is_a_bad_record(value: str) -> None:
    """A value that is not base64, such as a path without a folder, is a bad record."""
    with pytest.raises(RecordError, match="image 1 is no base64"):
        ImageStore().open(value, name="image 1", record_id="a")
