"""A rejects file as a source: what a run rejected, once it is mended, without the rest of its collection."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from copy import copy
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from mlsr_es.collection import ImageDocument, ImageFile
from mlsr_es.errors import RecordError, SourceError
from mlsr_es.seen import Seen
from mlsr_es.sources.atomic import document_from
from mlsr_es.sources.rows import read_rows
from mlsr_es.sources.source import ImagesAlone, LeftOut, narrowed

_KEYS = frozenset({"id", "stage", "reason", "record"})
_ADVICE = "; mend it in its source, and index that"


class Rejected(ImagesAlone):
    """The records of one collection in a rejects file.

    Args:
        path: The file, as ``index`` writes it.
        collection: The collection; None for that of the first line.

    Raises:
        SourceError: The file has nothing of the collection.
    """

    def __init__(self, path: Path, collection: str | None = None) -> None:
        self.path = path
        there = list(dict.fromkeys(str(row["collection"]) for _, row in self._rows() if row.get("collection")))
        if not there or (collection or there[0]) not in there:
            raise SourceError(
                f"{path} has no records of {collection or 'any collection'}.",
                advice=f"It has those of {', '.join(there)}." if there else "Index the source itself again.",
            )
        self.name = collection or there[0]
        self.others = tuple(name for name in there if name != self.name)
        """Other collections that the file has records of."""
        self._languages: frozenset[str] | None = None

    def documents(self) -> Iterator[ImageDocument | RecordError | LeftOut]:
        """One document for each record; a line that has none is what it was, a bad record."""
        with closing(Seen()) as seen:
            for place, row in self._rows():
                if row.get("collection") != self.name or not seen.add(str(row["id"])):
                    continue
                try:
                    yield narrowed(self._document(row, place), self._languages)
                except RecordError as error:
                    record = row["record"] if isinstance(row["record"], dict) else None
                    yield RecordError(error.record_id, error.stage, error.reason, record)

    def count(self) -> int:
        """The number of records."""
        return sum(1 for _ in self.documents())

    def in_languages(self, languages: frozenset[str] | None) -> Rejected:
        """The same records with captions in these languages; they are read again."""
        source = copy(self)
        source._languages = languages  # noqa: SLF001 - an object of the same class
        return source

    def _rows(self) -> Iterator[tuple[str, dict[str, Any]]]:
        return ((place, row) for place, row in read_rows(self.path) if isinstance(row, dict) and row.keys() >= _KEYS)

    def _document(self, row: dict[str, Any], place: str) -> ImageDocument:
        id_, record, folder = str(row["id"]), row["record"], self.path.parent.resolve()
        if not isinstance(record, dict):
            raise RecordError(id_, str(row["stage"]), f"{str(row['reason']).removesuffix(_ADVICE)}{_ADVICE}")
        file = row.get("file")
        if not isinstance(file, str) or not isinstance(record.get("image"), str):
            return document_from(record, place=place, collection=self.name, folder=folder)
        document = document_from(record | {"image": None}, place=place, collection=self.name, folder=folder)
        if not Path(file).is_file():
            raise RecordError(id_, "read", f"there is no such file any more: {file}")
        return replace(document, image=ImageFile(record["image"], Path(file)))


def is_rejects(path: Path) -> bool:
    """Whether a file of rows is one of rejects."""
    return any(isinstance(row, dict) and row.keys() >= _KEYS for _, row in islice(read_rows(path), 1))
