"""Who may use the state folder."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from mlsr_es.embedded.account import closed_folder
from mlsr_es.embedded.state import building, make_folder, open_to_all, storing
from mlsr_es.errors import StorageError


def test_a_closed_folder_is_found_above_a_missing_one(tmp_path: Path) -> None:
    """The outermost folder that others may not enter is named."""
    (tmp_path / "closed").mkdir(mode=0o700)
    assert closed_folder(tmp_path / "closed" / "a" / "b") in {tmp_path / "closed", *tmp_path.parents, tmp_path}
    assert closed_folder(Path("/usr/bin")) is None


def test_folders_are_made_for_everybody(tmp_path: Path) -> None:
    """A strict umask does not close them."""
    before = os.umask(0o077)
    try:
        make_folder(tmp_path / "a" / "b")
    finally:
        os.umask(before)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o755


def test_open_to_all_adds_reading_and_no_writing(tmp_path: Path) -> None:
    """What its owner may run, everybody may run; nothing more."""
    (tmp_path / "text").touch(mode=0o600)
    (tmp_path / "program").touch(mode=0o700)
    open_to_all(tmp_path)
    assert (tmp_path / "text").stat().st_mode & 0o777 == 0o644
    assert (tmp_path / "program").stat().st_mode & 0o777 == 0o755


def test_a_file_in_the_way_is_a_storage_error(tmp_path: Path) -> None:
    """The message names the folder, the advice names the ways to choose another."""
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="cannot be used") as caught, storing(tmp_path / "file"):
        make_folder(tmp_path / "file" / "below")
    assert "MLSR_ES_HOME" in caught.value.advice


def test_who_builds_makes_the_second_wait(tmp_path: Path) -> None:
    """The second begins after the first has finished."""
    order: list[str] = []

    def second() -> None:
        with building(tmp_path):
            order.append("second")

    waiting = threading.Thread(target=second)
    with building(tmp_path):
        waiting.start()
        waiting.join(0.1)
        order.append("first")
    waiting.join()
    assert order == ["first", "second"]


def test_what_a_killed_process_left_unfinished_is_removed(tmp_path: Path) -> None:
    """Building starts in an empty folder, and leaves none."""
    (tmp_path / "shared" / "unfinished" / "half").mkdir(parents=True)
    with building(tmp_path / "shared") as scratch:
        assert list(scratch.iterdir()) == []
        (scratch / "whole").touch()
        (scratch / "whole").rename(tmp_path / "shared" / "whole")
    assert {path.name for path in (tmp_path / "shared").iterdir()} == {"lock", "whole"}
