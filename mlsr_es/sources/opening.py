"""Opening the source that a user names."""

from __future__ import annotations

import glob
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from mlsr_es.collection import ImageDocument
from mlsr_es.errors import InputError, RecordError, SourceError
from mlsr_es.progress import Progress, Silent, say_nothing
from mlsr_es.shipped import shipped
from mlsr_es.sources.atomic import DOCUMENT_COLUMNS, SECTION_COLUMNS
from mlsr_es.sources.beside import DOCUMENTS, files_of, remarks_on, unread_rows
from mlsr_es.sources.cache import collection_folder
from mlsr_es.sources.columns import remarks
from mlsr_es.sources.folder import ImageFolder
from mlsr_es.sources.images import HEIC_ADVICE, HEIC_SUFFIXES, suffixes
from mlsr_es.sources.known import KNOWN, Kind, KnownCollection
from mlsr_es.sources.manual import PAGE_SUFFIXES, Manual, PageReading
from mlsr_es.sources.naming import collection_name
from mlsr_es.sources.object_store import StorePath, as_path, matching
from mlsr_es.sources.reading import PLAIN, Reading
from mlsr_es.sources.rejected import Rejected, is_rejects
from mlsr_es.sources.rows import SUFFIXES, columns, is_rows, read_rows, stem
from mlsr_es.sources.source import Source
from mlsr_es.sources.table import Table
from mlsr_es.sources.text import path_id
from mlsr_es.sources.walking import file_paths
from mlsr_es.state import state_folder


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked beside the source itself, as in ``open_source``."""

    name: str | None
    root: Path | None
    introduced: bool
    reading: Reading
    progress: Progress
    say: Callable[[str], None]

    def say_all(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.say(line)


def open_source(
    name_or_path: str,
    *,
    name: str | None = None,
    root: Path | None = None,
    introduced: bool = False,
    languages: frozenset[str] | None = None,
    reading: Reading = PLAIN,
    state: Path | None = None,
    progress: Progress = Silent(),
    say: Callable[[str], None] = say_nothing,
) -> Source:
    """Open a source by name or path; it holds at least one image document.

    Args:
        name_or_path: A known collection (``KNOWN``); a folder that ``export`` wrote, of HTML pages, of images or of
            Parquet files; a file of rows (JSON Lines, plain or gzipped, CSV, TSV, Parquet); a glob of such files; a
            rejects file. Files of rows may be in an object store: ``s3://``, ``gs://``, ``abfs://``, ``hdfs://``.
            ``files_of`` says when ``topics.jsonl`` or ``texts.parquet`` beside rows has the sections, and ``qrels.txt``
            the judgements.
        name: The collection's name, which image ids begin with; None for the known name, or the folder's. Where the
            folder's name says nothing, as ``html``, it is that of the nearest folder above whose name does.
        root: For a folder of HTML pages, a wider folder from which their images may be read too; None for the folder.
        introduced: For HTML pages: whether the sentence before an image and the heading above stand in for its caption
            where it has none. They are words of the page, so figures on that page's topics are too high.
        languages: The languages of captions to keep, as ISO 639-1 codes; None for all.
        reading: How files of rows, and text files beside images, are read.
        state: The folder that keeps known collections; None for the one of ``state_folder``.
        progress: Reports fetching, and each page of a manual when the pages are parsed at the first use.
        say: Called with a line for each oddity that is not an error: columns, names and files that nothing reads, a
            collection that has not the name of its folder.

    Raises:
        InputError: ``reading`` does not fit the source.
        SourceError: There is no such source, or nothing in it can be read.
        AptMissingError: A known collection has to be fetched, and this machine has no apt.
        StorageError: A known collection cannot be stored: the disk is full, or not writable.
    """
    if known := KNOWN.get(name_or_path):
        _check_reading(reading, Reading(), f"{name_or_path} is a known collection")
        _refuse_root(root, name_or_path)
        return _known(known, name, state or state_folder(), progress, introduced=introduced).in_languages(languages)
    asked = _Asked(name, root, introduced, reading, progress, say)
    try:
        source = _by_path(name_or_path, asked).in_languages(languages)
    except OSError as error:
        raise SourceError(f"{name_or_path} cannot be read: {error.strerror or error}.") from error
    if introduced and not isinstance(source, Manual):
        raise SourceError(f"--stand-ins is of HTML pages, and {name_or_path} has none.", advice="Leave it out.")
    check_holds_images(source, name_or_path)
    if isinstance(source, Manual | ImageFolder) and name is None:
        folder = Path(name_or_path).expanduser().resolve().name
        if path_id(folder) != source.name:
            say(f"The collection is called {source.name}, since the folder's name, {folder}, says nothing.")
    return source


def origin_of(given: str) -> str:
    """Where a source is read from, for people to read: an absolute path, or a known collection's name.

    Args:
        given: The user's name for the source.
    """
    return str(Path(given).resolve()) if Path(given).exists() else given


def check_holds_images(source: Source, given: str) -> None:
    """Check that a source has at least one image document; ``open_source`` checks this for the languages it is given.

    Args:
        source: The source; it may have no document left after a change of languages.
        given: The user's name for the source.

    Raises:
        SourceError: The source has no image document; the message has the first error, or the number of left-out
            images.
    """
    rejected, left_out = None, 0
    for item in source.documents():
        if isinstance(item, ImageDocument):
            return
        if isinstance(item, RecordError):
            rejected = rejected or item
        else:
            left_out += 1
    if rejected:
        raise SourceError(f"Nothing in {given} can be read. The first fault: {rejected}.")
    if left_out:
        raise SourceError(
            f"{given} holds no image to index: all {left_out} are left out by rule.",
            advice="Captions in other languages are a reason, and small images: name the languages with --languages.",
        )
    raise SourceError(
        f"{given} holds no images.", advice="Image suggestion needs some: name the folder or file that has them."
    )


def _known(known: KnownCollection, name: str | None, state: Path, progress: Progress, *, introduced: bool) -> Source:
    folder = collection_folder(known, state, progress) if known.package else _shipped(known)
    if known.kind is Kind.IMAGES:
        return ImageFolder(folder, name=path_id(name or known.name))
    return Manual(
        folder,
        name=path_id(name or known.name),
        language=known.language,
        reading=replace(known.reading, introduced=introduced),
        progress=progress,
    )


def _shipped(known: KnownCollection) -> Path:
    try:
        return shipped(known.folder)
    except FileNotFoundError as error:
        raise SourceError(str(error)) from error


def _by_path(given: str, asked: _Asked) -> Source:
    path = as_path(given)
    if path.is_dir():
        return _folder(path, asked)
    _refuse_root(asked.root, given)
    if path.is_file():
        if is_rows(path):
            return _rejected(path, asked) if is_rejects(path) else _table([path], stem(path), asked, whole=False)
        raise SourceError(
            f"{given} is a file of no kind that is read.",
            advice=f"Give a file whose name ends in {', '.join(SUFFIXES)}, or the folder that it is in.",
        )
    if isinstance(path, StorePath):
        named: Iterable[Path] = matching(path)
    else:
        named = map(Path, glob.glob(str(path), recursive=True))  # noqa: PTH207
    found = sorted(filter(is_rows, named))
    if found:
        return _table(found, found[0].resolve().parent.name, asked, whole=True)
    if isinstance(path, StorePath):
        raise SourceError(
            f"There are no files of rows at {given}.", advice=f"Their names end in {', '.join(SUFFIXES)}."
        )
    if "://" in given:
        raise SourceError(
            f"{given} is no source: nothing is fetched from addresses but files of rows in object stores.",
            advice="Fetch its pages first (wget --mirror --page-requisites --convert-links), and give the folder.",
        )
    raise SourceError(
        f"There is no source {given}: no known collection, file or folder has that name.",
        advice=f"Known collections are {', '.join(KNOWN)}; anything else is taken for a path.",
    )


def _rejected(path: Path, asked: _Asked) -> Rejected:
    _check_reading(asked.reading, Reading(), f"{path} has records that were rejected")
    source = Rejected(path, asked.name)
    if source.others:
        asked.say(f"{path}: read for {source.name}. It also has records of {', '.join(source.others)}: --collection.")
    return source


def _folder(folder: Path, asked: _Asked) -> Source:
    name = path_id(asked.name) if asked.name else collection_name(folder)
    rows = sorted(file for file in folder.iterdir() if is_rows(file) and file.is_file())
    exported = [file for file in rows if stem(file) == DOCUMENTS]
    parquet = [file for file in rows if file.suffix.lower() == ".parquet"]
    if exported:
        _refuse_root(asked.root, str(folder))
        return _table_of_folder(exported[:1], folder, asked)
    if isinstance(folder, StorePath):
        if parquet:
            return _table_of_folder(parquet, folder, asked)
        raise SourceError(
            f"{folder} holds no documents.jsonl and no Parquet files.",
            advice="Of an object store, files of rows are read, with images in them or beside them.",
        )
    if next(file_paths(folder, PAGE_SUFFIXES), None):
        _check_reading(asked.reading, Reading(), f"{folder} is a folder of pages")
        asked.say_all(unread_rows(folder, ()))
        return Manual(
            folder,
            name=name,
            root=_checked_root(asked.root, folder),
            reading=PageReading(introduced=asked.introduced),
            progress=asked.progress,
        )
    _refuse_root(asked.root, str(folder))
    if parquet:
        return _table_of_folder(parquet, folder, asked)
    if next(file_paths(folder, suffixes()), None):
        encoding = asked.reading.encoding
        _check_reading(asked.reading, Reading(encoding), f"{folder} is a folder of images")
        images = ImageFolder(folder, name=name, encoding=encoding)
        asked.say_all(images.unread())
        return images
    if next(file_paths(folder, HEIC_SUFFIXES), None):
        raise SourceError(f"The folder {folder} holds HEIC images, and nothing else that is read.", advice=HEIC_ADVICE)
    raise SourceError(
        f"The folder {folder} holds nothing that is read.",
        advice="A source is a folder with HTML pages, with images, with documents.jsonl or with Parquet files; a file "
        "of rows is named by its own path.",
    )


def _table_of_folder(files: Sequence[Path], folder: Path, asked: _Asked) -> Source:
    table = _table(files, folder.resolve().name, asked, whole=True)
    asked.say_all(unread_rows(folder, [*table.document_files, *table.section_files]))
    return table


def _checked_root(root: Path | None, folder: Path) -> Path | None:
    if root is None:
        return None
    wider = root.expanduser().resolve()
    if not folder.resolve().is_relative_to(wider):
        raise SourceError(
            f"--root {root} does not hold {folder}.",
            advice="Name a folder above the pages, which also holds the images.",
        )
    return wider


def _refuse_root(root: Path | None, given: str) -> None:
    if root is not None:
        raise SourceError(f"--root is of a folder of HTML pages, and {given} is none.", advice="Leave it out.")


def _table(given: Sequence[Path], usual_name: str, asked: _Asked, *, whole: bool) -> Table:
    reading = asked.reading
    files = files_of(given, whole=whole, reading=reading)
    everything = [*files.documents, *files.sections]
    if reading.columns:
        there = dict.fromkeys(column for file in everything for column in columns(file, reading.encoding))
        if there:  # else the files cannot be read, which is said later
            reading.check_columns(there, ", ".join(map(str, everything)))
    own = _collection(files.documents, reading)
    if asked.name and own and asked.name != own:
        raise SourceError(
            f"the rows of {files.documents[0]} name their own collection, {own}.",
            advice="Index them without --collection.",
        )
    asked.say_all(remarks(files.documents, DOCUMENT_COLUMNS, reading))
    asked.say_all(remarks(files.sections, SECTION_COLUMNS, reading))
    asked.say_all(remarks_on(files))
    return Table(
        files.documents, files.sections, files.qrels, name=own or path_id(asked.name or usual_name), reading=reading
    )


def _check_reading(given: Reading, usable: Reading, what: str) -> None:
    """See that the user says nothing about the reading of files that the source does not have."""
    if given.encoding != usable.encoding or given.columns:
        raise InputError(
            f"--encoding and --map do not fit: {what}.",
            advice="--map is for files of rows; --encoding for CSV and TSV, and for text files beside images.",
        )


def _collection(documents: Sequence[Path], reading: Reading) -> str:
    """The collection that the first row names."""
    rows = (row for file in documents for _, row in read_rows(file, reading) if isinstance(row, dict))
    value = next(rows, {}).get("collection")
    return value if isinstance(value, str) else ""
