"""How files of the state folder are shared, locked and written."""

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
    """Tell of a folder that is full, closed or no folder as a ``StorageError``."""
    try:
        yield
    except OSError as error:
        raise StorageError(
            f"{folder} cannot be used: {error.strerror or error}.",
            advice="See that there is room and that you may write there, or name another folder: "
            f"{HOME_VARIABLE} for the state, --data for a node.",
        ) from error


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it, that every user may enter, whatever the umask."""
    for missing in [path for path in (folder, *folder.parents) if not path.exists()][::-1]:
        missing.mkdir(exist_ok=True)
        missing.chmod(0o755)


@contextmanager
def building(shared: Path) -> Iterator[Path]:
    """An empty folder inside the shared one, for what is renamed into its place once it is complete.

    One process at a time has it; others wait. What a killed one has left there is removed first.

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
    """Let every user read what is in a folder, and run what its owner may run."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | (0o555 if mode & 0o100 else 0o444))
