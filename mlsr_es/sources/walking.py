"""Listing the files below a folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

from mlsr_es.errors import SourceError


def file_paths(folder: Path, suffixes: frozenset[str] | None = None) -> Iterator[str]:
    """Paths relative to the folder, with forward slashes, folder by folder and by name, without hidden ones.

    Args:
        folder: The folder to search, at any depth; links to folders are not followed.
        suffixes: The suffixes of files to list, in lower case, with the dot; None for all files.

    Raises:
        SourceError: A folder cannot be read; skipping it would look as if its files had been removed.
    """
    for parent, folders, names in os.walk(folder, onerror=_stop):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names, key=lambda name: (Path(name).stem, name)):
            if (suffixes is None or Path(name).suffix.lower() in suffixes) and not name.startswith("."):
                yield (Path(parent) / name).relative_to(folder).as_posix()


def _stop(error: OSError) -> NoReturn:
    raise SourceError(
        f"The folder {error.filename} cannot be read: {error.strerror}.", advice="Mend its rights, or take it out."
    ) from error
