"""Writing a collection to a folder that can be read as a source: documents, topics, qrels and images."""

from __future__ import annotations

import hashlib
import shutil
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import orjson

from mlsr_es.collection import ImageDocument, ImageFile, Judgement, to_trec
from mlsr_es.errors import RecordError, SourceError, StorageError
from mlsr_es.progress import Progress, Silent
from mlsr_es.seen import Seen
from mlsr_es.sources.images import is_image_suffix
from mlsr_es.sources.source import LeftOut, Source

_IMAGES = "images"
_LONGEST_NAME = 200


@dataclass(slots=True)
class Exported:
    """The counts of an export, with what it did not write."""

    documents: int = 0
    sections: int = 0
    judgements: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    rejected: list[RecordError] = field(default_factory=list)


def export(source: Source, folder: Path, progress: Progress = Silent()) -> Exported:
    """Write ``documents.jsonl``, ``topics.jsonl``, ``qrels.txt`` (TREC), and copies of the images under ``images/``.

    Exporting the resulting folder gives the same files. The first three are complete once they appear: each is written
    under another name first.

    Args:
        source: The collection to write.
        folder: The folder to write to, made if it does not exist; earlier files of these names are replaced.
        progress: Reports each document and section.

    Raises:
        SourceError: The folder is a file, or contains the source itself.
        StorageError: The disk is full, or not writable.
    """
    if folder.exists() and not folder.is_dir():
        raise SourceError(f"{folder} is a file.", advice="Name a folder for the export.")
    done = Exported()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder / "documents.jsonl", _documents(source, folder, done, progress))
        _write(folder / "topics.jsonl", _sections(source, done, progress))
        _write(folder / "qrels.txt", _judgements(source, done))
    except OSError as error:
        raise StorageError(
            f"The collection cannot be written to {folder}: {error.strerror or error}.",
            advice="Make room there, or name another folder.",
        ) from error
    done.rejected.extend(source.faults())
    return done


def _documents(source: Source, folder: Path, done: Exported, progress: Progress) -> Iterable[bytes]:
    stage = "Writing images"
    progress.start(stage, source.count(), "images")
    with closing(Seen()) as taken:
        for item in source.documents():
            progress.advance(stage)
            match item:
                case LeftOut():
                    done.left_out[item.rule] += 1
                case RecordError():
                    done.rejected.append(item)
                case ImageDocument():
                    try:
                        image = _copied(item, folder, taken)
                    except RecordError as error:
                        done.rejected.append(error)
                        continue
                    done.documents += 1
                    yield _line({**asdict(item, dict_factory=_plain), "image": image})
    progress.finish(stage)


def _sections(source: Source, done: Exported, progress: Progress) -> Iterable[bytes]:
    stage = "Writing sections"
    progress.start(stage, unit="sections")
    for section in source.sections():
        progress.advance(stage)
        done.sections += 1
        yield _line(asdict(section))
    progress.finish(stage)


def _judgements(source: Source, done: Exported) -> Iterable[bytes]:
    for judgement in source.judgements():
        done.judgements += 1
        yield _trec(judgement)


def _trec(judgement: Judgement) -> bytes:
    return f"{to_trec(judgement.section_id)} 0 {to_trec(judgement.image_id)} {judgement.relevance}\n".encode()


def _line(value: dict[str, Any]) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)


def _plain(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A dataclass's fields without the image's bytes, which go to a file of their own."""
    return {key: value for key, value in pairs if key != "content"}


def _write(path: Path, lines: Iterable[bytes]) -> None:
    partial = path.with_name(f".{path.name}.partial")
    try:
        with partial.open("wb") as file:
            file.writelines(lines)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _copied(document: ImageDocument, folder: Path, taken: Seen) -> str | None:
    """Copy a document's image and return its path relative to the folder; None where it has no image."""
    if document.image is None:
        return None
    relative = _path(document.image, document.id, taken)
    target = folder / relative
    target.parent.mkdir(parents=True, exist_ok=True)
    content = document.image.content
    if isinstance(content, bytes):
        target.write_bytes(content)
        return relative
    if target.resolve() == content:
        raise SourceError(f"{folder} holds the source itself.", advice="Name another folder for the export.")
    try:
        source_file = content.open("rb")
    except OSError as error:
        raise RecordError(document.id, "read", f"its image cannot be read: {error.strerror or error}") from error
    with source_file, target.open("wb") as file:
        shutil.copyfileobj(source_file, file)
    return relative


def _path(image: ImageFile, image_id: str, taken: Seen) -> str:
    """The path for an image: its own name if that is usable and free on every file system, else a digest."""
    parts = [part for part in image.name.replace("\\", "/").split("/") if part.strip(". ")]
    parts = parts[1:] if parts[:1] == [_IMAGES] else parts
    own = "/".join([_IMAGES, *parts])
    usable = bool(parts) and all(len(part.encode()) <= _LONGEST_NAME and part.isprintable() for part in parts)
    # When the folder is read, a name without a dot would be taken for base64.
    if usable and "." in parts[-1] and taken.add(own.casefold()):
        return own
    suffix = Path(image.name[-_LONGEST_NAME:]).suffix.lower()
    digest = hashlib.sha256(image_id.encode()).hexdigest()[:32]
    return f"{_IMAGES}/{digest}{suffix if is_image_suffix(suffix) else '.img'}"
