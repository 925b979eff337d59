"""The rejects file: bad records, each with stage and reason, so that they can be mended and indexed again."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import fields, replace
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import orjson

from mlsr_es.credentials import without_credentials
from mlsr_es.errors import InputError, RecordError, StorageError
from mlsr_es.indexing.record import Record

_MOST_SHOWN = 10_000
"""Characters of a caption; one with more is most likely why the record is bad."""


class RejectsFile:
    """Newline-delimited JSON: ``id``, ``stage``, ``reason``, ``record``; made when the first record is rejected.

    Args:
        path: The file. One from an earlier run is replaced, or removed by a successful run without rejects.
        strict: Whether the run stops at the first bad record instead.
    """

    def __init__(self, path: Path, *, strict: bool = False) -> None:
        self.path = path
        self.strict = strict
        self._file: IO[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            # Each record was flushed, so ``add`` has already reported any error.
            with suppress(OSError):
                self._file.close()
        elif kind is None and self.path.is_file():  # a device such as /dev/null stays
            with suppress(OSError):
                self.path.unlink()

    @property
    def written(self) -> Path | None:
        """The file, if any record was rejected; else None."""
        return self.path if self._file is not None else None

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
        row = {"id": error.record_id, "stage": error.stage, "reason": reason, "record": _shown(record)}
        try:
            self._file = self._file or _opened(self.path)
            self._file.write(orjson.dumps(row, default=str, option=orjson.OPT_APPEND_NEWLINE))
            self._file.flush()
        except OSError as problem:
            raise StorageError(
                f"the rejects file {self.path} cannot be written: {problem.strerror}.",
                advice="Name another: --rejects.",
            ) from problem


def _opened(path: Path) -> IO[bytes]:
    """An empty file that only its owner reads: records may have what is nobody else's business."""
    file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")
    if path.is_file():  # one of an earlier run may be open to others; a device such as /dev/null stays as it is
        path.chmod(0o600)
    return file


def _shown(record: Record | None) -> dict[str, Any] | None:
    """The record with the names of its images in place of their bytes, and with the beginning of a long caption."""
    if record is None:
        return None
    document = record.document
    names = ", ".join(picture.name for picture in record.pictures if picture.name)
    values = {entry.name: getattr(document, entry.name) for entry in fields(document)}
    captions = [replace(one, text=one.text[:_MOST_SHOWN]) for one in document.captions]
    return {**values, "captions": captions, "image": without_credentials(names) or None}
