"""Share, lock and write files of the state folder."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

from mlsr_es.errors import StorageError
from mlsr_es.state import HOME_VARIABLE


@contextmanager
def storing(folder: Path) -> Iterator[None]:
    """A context in which errors of a folder (full, closed, not a folder) become a ``StorageError``."""
    try:
        yield
    except OSError as error:
        raise StorageError(
            f"{folder} cannot be used: {error.strerror or error}.",
            advice="See that there is room and that you may write there, or name another folder: "
            f"{HOME_VARIABLE} for the state, --data for a node.",
        ) from error


def make_folder(folder: Path) -> None:
    """Make a folder and its missing parents; every user may enter them, whatever the umask."""
    for missing in [path for path in (folder, *folder.parents) if not path.exists()][::-1]:
        missing.mkdir(exist_ok=True)
        missing.chmod(0o755)


@contextmanager
def building(shared: Path) -> Iterator[Path]:
    """A context with an empty folder inside the shared one, to build something there and then rename it into place.

    Only one process at a time has the folder; others wait. Remains of a killed process are removed first.

    Raises:
        StorageError: The shared folder cannot be written.
    """
    scratch = shared / "unfinished"
    with storing(shared):
        make_folder(shared)
        with FileLock(shared / "lock"):
            shutil.rmtree(scratch, ignore_errors=True)
            scratch.mkdir()
            try:
                yield scratch
            finally:
                shutil.rmtree(scratch, ignore_errors=True)


def open_to_all(folder: Path) -> None:
    """Let every user read the files in a folder, and run those that the owner may run."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | (0o555 if mode & 0o100 else 0o444))
