"""Known collections: fetched by apt, whole or not at all, once; faults have advice.

apt-get is played by a script that hands out a package made here; dpkg-deb is the real one.
"""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from mlsr_es.errors import SourceError, StorageError
from mlsr_es.progress import Silent
from mlsr_es.sources import KNOWN, AptMissingError
from mlsr_es.sources.cache import collection_folder

OWLS = replace(KNOWN["sample"], name="owls", package="owls-doc", folder="usr/share/owls")

needs_dpkg = pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="dpkg-deb is not on this machine")


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A Debian package with a page, an image, a sound, a link out and a copyright file."""
    root = tmp_path / "owls"
    files = {
        "DEBIAN/control": "Package: owls-doc\nVersion: 1.2-3\nArchitecture: all\nMaintainer: A <a@a.example>\n"
        "Description: owls\n",
        "usr/share/owls/p.html": "<img src=i/x.png>",
        "usr/share/owls/i/x.png": "x",
        "usr/share/owls/hoot.ogg": "x",
        "usr/share/other/p.html": "x",
        "usr/share/doc/owls-doc/copyright": "Apache-2.0",
    }
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content)
    (root / "usr/share/owls/link.html").symlink_to("/etc/passwd")
    subprocess.run(["dpkg-deb", "--build", "--root-owner-group", str(root)], check=True, capture_output=True)
    return tmp_path / "owls.deb"


def play_apt(monkeypatch: pytest.MonkeyPatch, folder: Path, script: str) -> Path:
    """Put a script first in the path as apt-get, which records each call in a file."""
    tools = folder / "tools"
    tools.mkdir(exist_ok=True)
    calls = folder / "calls"
    apt = tools / "apt-get"
    apt.write_text(f'#!/bin/sh\necho "$@" >> {calls}\ncase "$*" in *--print-uris*) exit 0;; esac\n{script}\n')
    apt.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}:/usr/bin:/bin")
    return calls


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


@needs_dpkg
def test_fetched_once(tmp_path: Path, package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what a source reads is kept, with the copyright; the second time nothing is fetched."""
    calls = play_apt(monkeypatch, tmp_path, f'case "$*" in *download*) cp {package} . ;; esac')
    state = tmp_path / "state"
    for _ in range(2):
        folder = collection_folder(OWLS, state, Silent())
    assert names(folder) == ["i/x.png", "p.html"]
    assert names(state / "collections" / "owls") == [
        "manifest.json",
        "usr/share/doc/owls-doc/copyright",
        "usr/share/owls/i/x.png",
        "usr/share/owls/p.html",
    ]
    assert [path.name for path in (state / "collections").iterdir() if path.is_dir()] == ["owls"]
    assert len(calls.read_text().splitlines()) == 3  # update, the package's size, download
    assert "Dir::State::Lists=" in calls.read_text()


@needs_dpkg
@pytest.mark.parametrize("damage", ["a file is gone", "a file is cut", "no manifest"])
def test_a_damaged_cache_is_fetched_again(
    tmp_path: Path, package: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    """A folder with a missing or truncated file is fetched again."""
    play_apt(monkeypatch, tmp_path, f'case "$*" in *download*) cp {package} . ;; esac')
    folder = collection_folder(OWLS, tmp_path, Silent())
    if damage == "a file is gone":
        (folder / "i" / "x.png").unlink()
    elif damage == "a file is cut":
        (folder / "i" / "x.png").write_bytes(b"")
    else:
        (tmp_path / "collections" / "owls" / "manifest.json").unlink()
    assert names(collection_folder(OWLS, tmp_path, Silent())) == ["i/x.png", "p.html"]
    assert (folder / "i" / "x.png").read_bytes() == b"x"


def test_no_apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without apt gets an error of its own class."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(AptMissingError, match=r"has no apt-get and no dpkg-deb.*sample"):
        collection_folder(OWLS, tmp_path, Silent())


@needs_dpkg
def test_apt_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Apt's own words are quoted, with what to do, and nothing stays behind."""
    play_apt(monkeypatch, tmp_path, "echo 'E: Unable to locate package owls-doc' >&2; echo bye; exit 100")
    with pytest.raises(SourceError, match=r"E: Unable to locate package owls-doc\. Run 'apt-get update'"):
        collection_folder(OWLS, tmp_path, Silent())
    assert names(tmp_path / "collections") == [".owls.lock"]


@needs_dpkg
def test_lists_that_fail(tmp_path: Path, package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken line of sources.list is reported only if the package cannot be fetched."""
    play_apt(monkeypatch, tmp_path, f'case "$*" in *download*) cp {package} . ;; *) echo E: no list; exit 100;; esac')
    collection_folder(OWLS, tmp_path / "one", Silent())
    play_apt(monkeypatch, tmp_path, 'case "$*" in *download*) echo E: no package;; *) echo E: no list;; esac; exit 100')
    with pytest.raises(SourceError, match="E: no list; E: no package"):
        collection_folder(OWLS, tmp_path / "two", Silent())


@needs_dpkg
def test_disk_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk is a ``StorageError``, not an error of the source."""
    play_apt(monkeypatch, tmp_path, "echo 'E: You don'\"'\"'t have enough free space in here.' >&2; exit 100")
    with pytest.raises(StorageError, match="MLSR_ES_HOME"):
        collection_folder(OWLS, tmp_path, Silent())


@needs_dpkg
def test_state_cannot_be_written(tmp_path: Path) -> None:
    """The error for a state folder that is a file names it."""
    (tmp_path / "state").write_text("")
    with pytest.raises(StorageError, match=r"cannot be kept in .*state"):
        collection_folder(OWLS, tmp_path / "state", Silent())


@needs_dpkg
def test_a_damaged_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package that dpkg-deb cannot read is an error with its words."""
    play_apt(monkeypatch, tmp_path, 'case "$*" in *download*) echo no > x.deb ;; esac')
    with pytest.raises(SourceError, match="could not get the package owls-doc"):
        collection_folder(OWLS, tmp_path, Silent())


@needs_dpkg
def test_another_package(tmp_path: Path, package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error for a package without the collection's folder says so."""
    play_apt(monkeypatch, tmp_path, f'case "$*" in *download*) cp {package} . ;; esac')
    with pytest.raises(SourceError, match="holds nothing below usr/share/eagles"):
        collection_folder(replace(OWLS, folder="usr/share/eagles"), tmp_path, Silent())
