"""The rejects file: bad records, each with stage and reason, so that they can be mended and indexed again."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import orjson

from mlsr_es.errors import InputError, RecordError, StorageError
from mlsr_es.indexing.record import Record


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
        if self.strict:
            raise InputError(
                f"the record {error.record_id} is bad: {error.stage}: {error.reason}.",
                advice="Mend it, or run without --strict: bad records then go to a file, and the run goes on.",
            )
        row = {"id": error.record_id, "stage": error.stage, "reason": error.reason, "record": _shown(record)}
        try:
            self._file = self._file or self.path.open("wb")
            self._file.write(orjson.dumps(row, default=str, option=orjson.OPT_APPEND_NEWLINE))
            self._file.flush()
        except OSError as problem:
            raise StorageError(
                f"the rejects file {self.path} cannot be written: {problem.strerror}.",
                advice="Name another: --rejects.",
            ) from problem


def _shown(record: Record | None) -> dict[str, Any] | None:
    """The record with the names of its images in place of their bytes."""
    if record is None:
        return None
    document = record.document
    names = ", ".join(picture.name for picture in record.pictures if picture.name)
    values = {entry.name: getattr(document, entry.name) for entry in fields(document)}
    return {**values, "image": names or None}
