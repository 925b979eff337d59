"""The rejects file: bad records, each with stage and reason, so that they can be mended and indexed again."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import fields, replace
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import orjson

from mlsr_es.collection import ImageFile
from mlsr_es.credentials import without_credentials
from mlsr_es.errors import InputError, RecordError, StorageError
from mlsr_es.indexing.record import Record
from mlsr_es.seen import Seen

_MOST_SHOWN = 10_000
"""Characters of a caption; one with more is most likely why the record is bad."""

_LARGEST_IMAGE = 2**20
"""Bytes of an image that is in no file of its own; a larger one is not written."""

_LARGEST_ROW = 2**16
"""Bytes of a row that could not be read as a record; a larger one is not written."""


class RejectsFile:
    """Newline-delimited JSON, a bad record a line; ``sources.Rejected`` reads it.

    A line has ``id stage reason collection``, the ``record`` as far as it could be read, and the image's ``file``.
    The file has what the last run over each collection rejected: the lines of other collections stay, and after a run
    that failed also those of this one. It takes the place of the one before when it is complete, so that it can be
    the source of the run that writes it. Without a line there is no file.

    Args:
        path: The file.
        collection: The collection that the records belong to.
        strict: Whether the run stops at the first bad record instead.
    """

    def __init__(self, path: Path, collection: str, *, strict: bool = False) -> None:
        self.path = path
        self.collection = collection
        self.strict = strict
        # A device such as /dev/null cannot be replaced.
        self._writes_to = path.with_name(f".{path.name}.partial") if path.is_file() or not path.exists() else path
        self._file: IO[bytes] | None = None
        self._seen = Seen()
        self.count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Each record was flushed, so ``add`` has already reported any error.
        with closing(self._seen), suppress(OSError):
            if self._writes_to != self.path:
                self._take_the_place(completed=kind is None)
        if self._file is not None:
            with suppress(OSError):
                self._file.close()

    @property
    def written(self) -> Path | None:
        """The file, if any record was rejected; else None."""
        return self.path if self.count else None

    def add(self, error: RecordError, record: Record | None) -> None:
        """Write a bad record to the file.

        Raises:
            InputError: The run is strict.
            StorageError: The file cannot be written.
        """
        reason = without_credentials(error.reason)
        if self.strict:
            raise InputError(
                f"the record {error.record_id} is bad: {error.stage}: {reason}.",
                advice="Mend it, or run without --strict: bad records then go to a file, and the run goes on.",
            )
        row = {"id": error.record_id, "stage": error.stage, "reason": reason, "collection": self.collection}
        try:
            self._write(orjson.dumps(row | _shown(record, error), default=str, option=orjson.OPT_APPEND_NEWLINE))
        except OSError as problem:
            raise StorageError(
                f"the rejects file {self.path} cannot be written: {problem.strerror}.",
                advice="Name another: --rejects.",
            ) from problem
        self._seen.add(error.record_id)
        self.count += 1

    def _write(self, line: bytes) -> None:
        self._file = self._file or _opened(self._writes_to)
        self._file.write(line)
        self._file.flush()

    def _take_the_place(self, *, completed: bool) -> None:
        if self.path.is_file():
            for line in self._others(completed=completed):
                self._write(line)
        if self._file is not None:
            self._writes_to.replace(self.path)
        else:
            self.path.unlink(missing_ok=True)

    def _others(self, *, completed: bool) -> Iterator[bytes]:
        """The lines before that this run has nothing to say about."""
        with self.path.open("rb") as file:
            for line in file:
                row = _parsed(line)
                is_ours = row.get("collection", self.collection) == self.collection
                if not is_ours or (not completed and str(row.get("id")) not in self._seen):
                    yield line


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError:
        return {}
    return row if isinstance(row, dict) else {}


def _opened(path: Path) -> IO[bytes]:
    """An empty file that only its owner reads: records may have what is nobody else's business."""
    file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")
    if path.is_file():  # one of an earlier run may be open to others; a device such as /dev/null stays as it is
        path.chmod(0o600)
    return file


def _shown(record: Record | None, error: RecordError) -> dict[str, Any]:
    """The record as a row of ``documents.jsonl``, or else the row that is none; and the image's file."""
    if record is None:
        row = error.row
        return {"record": row if row and len(orjson.dumps(row, default=str)) <= _LARGEST_ROW else None}
    document = record.document
    values = {entry.name: getattr(document, entry.name) for entry in fields(document)}
    captions = [replace(one, text=one.text[:_MOST_SHOWN]) for one in document.captions]
    row = {**values, "captions": captions, "image": _image(document.image) or _names(record)}
    file = document.image.content if document.image else None
    return {"record": row} | ({"file": str(file)} if isinstance(file, Path) else {})


def _image(image: ImageFile | None) -> dict[str, str] | None:
    """An image that is in no file of its own, with its bytes; None for any other, and for a large one."""
    if image is None or isinstance(image.content, Path) or not 0 < len(image.content) <= _LARGEST_IMAGE:
        return None
    return {"path": image.name, "bytes": base64.b64encode(image.content).decode()}


def _names(record: Record) -> str | None:
    names = ", ".join(picture.name for picture in record.pictures if picture.name)
    return without_credentials(names) or None
