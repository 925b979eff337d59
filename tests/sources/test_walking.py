"""The files below a folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mlsr_es.errors import RecordError, SourceError
from mlsr_es.sources.folder import ImageFolder
from mlsr_es.sources.walking import file_paths


def test_order(tmp_path: Path) -> None:
    """Paths come folder by folder and by name, with forward slashes, without hidden files and folders."""
    for name in ("b.png", "a.PNG", "c/d.png", ".e.png", ".f/g.png", "h.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert list(file_paths(tmp_path, frozenset({".png"}))) == ["a.PNG", "b.png", "c/d.png"]


def test_unreadable_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that cannot be read is an error, because its files must not look as if they were removed."""

    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(SourceError, match=r"cannot be read: Permission denied\. Mend its rights"):
        list(file_paths(tmp_path, frozenset({".png"})))


def test_names_that_are_no_utf8(tmp_path: Path) -> None:
    """A name in another encoding is rejected under an id that can be written down."""
    try:
        (Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.png"))).touch()
    except OSError:
        pytest.skip("this file system takes UTF-8 alone")
    (item,) = ImageFolder(tmp_path, name="c").documents()
    assert isinstance(item, RecordError)
    assert item.record_id == "c/%FF.png"
