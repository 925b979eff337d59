"""From what the user types to a source."""

from __future__ import annotations

from pathlib import Path

from mlsr_es.errors import SourceError
from mlsr_es.progress import Progress, Silent
from mlsr_es.shipped import shipped
from mlsr_es.sources.cache import collection_folder
from mlsr_es.sources.known import KNOWN, KnownCollection, state_folder
from mlsr_es.sources.manual import Manual, page_paths
from mlsr_es.sources.source import Source
from mlsr_es.sources.text import path_id


def open_source(
    name_or_path: str,
    *,
    languages: frozenset[str] | None = None,
    state: Path | None = None,
    progress: Progress = Silent(),  # noqa: B008 - it keeps nothing
) -> Source:
    """A source by name or by path.

    Args:
        name_or_path: ``gimp-manual``, ``tuxpaint-stamps``, ``kicad-manual``, ``sample``; or a folder of HTML pages.
        languages: Which captions to keep, ISO 639-1 codes; None for all.
        state: Where known collections are kept; by default what ``state_folder`` says.
        progress: Told of what is fetched.

    Raises:
        SourceError: There is no such source, or nothing in it can be read.
        StorageError: A known collection cannot be kept: the disk is full, or not writable.
    """
    if known := KNOWN.get(name_or_path):
        return _known(known, languages, state or state_folder(), progress)
    path = Path(name_or_path).expanduser()
    if path.is_dir() and next(page_paths(path), None):
        return Manual(path, name=path_id(path.resolve().name), languages=languages)
    raise SourceError(
        f"{name_or_path} is no source.", advice=f"Name a folder, a file, or a known collection: {', '.join(KNOWN)}."
    )


def _known(known: KnownCollection, languages: frozenset[str] | None, state: Path, progress: Progress) -> Source:
    folder = collection_folder(known, state, progress) if known.package else shipped(known.folder)
    return Manual(folder, name=known.name, languages=languages, language=known.language)
