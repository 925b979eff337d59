"""A sink that writes the vectors of documents and sections to a folder, as Parquet files."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from mlsr_es.collection import Section
from mlsr_es.elastic.bulk import BulkResult
from mlsr_es.elastic.reading import Stored
from mlsr_es.errors import SourceError, StorageError
from mlsr_es.evaluation import DOCUMENTS, SECTIONS, VectorWriter, caption_text
from mlsr_es.indexing.encode import EncodedRecord
from mlsr_es.indexing.kept import stored_text
from mlsr_es.indexing.prepare import BLOCK
from mlsr_es.indexing.record import Key, Record
from mlsr_es.indexing.sinks.sink import Change, Meter
from mlsr_es.indexing.summary import Summary
from mlsr_es.progress import Progress, Silent

if TYPE_CHECKING:
    from mlsr_es.encoders import BiEncoder

_SECTIONS_AT_ONCE = 256
_CREATED = 201
_STAGE = "Encoding sections"


@dataclass(slots=True)
class FilesSink:
    """Writes ``documents.parquet`` and ``sections.parquet``; each file appears once it is complete.

    Args:
        folder: The folder to write to, made if it does not exist.
        meta: The metadata of the files: model, revision and so on.
        model: The bi-encoder.
        asked: The sections to encode, with the fields to encode.
        progress: Reports each section.
        sections: How many sections were written.
        sections_without_terms: How many sections have no terms, so that they cannot find an image.
    """

    folder: Path
    meta: Mapping[str, str]
    model: BiEncoder
    asked: Iterator[Section]
    progress: Progress = Silent()
    sections: int = 0
    sections_without_terms: int = 0

    index = ""
    field = ""

    @property
    def name(self) -> str:
        """The folder, as text."""
        return str(self.folder)

    def open(self) -> None:
        """Make the folder.

        Raises:
            SourceError: The path is a file.
            StorageError: The folder cannot be made.
        """
        if self.folder.exists() and not self.folder.is_dir():
            raise SourceError(f"{self.folder} is a file.", advice="Name a folder for the vectors.")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(f"{self.folder} cannot be made: {error.strerror or error}.") from error

    def stored(self, records: Sequence[Record]) -> Mapping[Key, Stored]:  # noqa: ARG002
        """Always empty: the files are written anew."""
        return {}

    def keeps(self, records: Iterable[Record | str]) -> None:
        """Do nothing: the files are written anew."""

    def key(self, record: Record) -> Key:
        """The record's id, without a routing."""
        return record.id, None

    def refuses(self, record: Record) -> str:  # noqa: ARG002
        """Always "": every record can be written."""
        return ""

    def clears(self, record: Record) -> bool:  # noqa: ARG002
        """Always False: nothing is stored before."""
        return False

    def clears_bad(self, record: Record) -> bool:  # noqa: ARG002
        """Always False: nothing is stored before."""
        return False

    def write(self, changes: Iterable[Change], meter: Meter) -> Generator[BulkResult]:  # noqa: ARG002
        """Write documents, a block at a time.

        Raises:
            StorageError: The disk is full, or not writable.
        """
        encoded = (change for change in changes if isinstance(change, EncodedRecord))
        with VectorWriter(self.folder / DOCUMENTS, self.meta, columns=("text", "stored")) as writer:
            while some := list(islice(encoded, BLOCK)):
                documents = [each.prepared.record.document for each in some]
                weights = [each.weights for each in some]
                writer.add(
                    [each.id for each in documents],
                    weights,
                    text=[caption_text(each) for each in documents],
                    stored=[stored_text(each.prepared) for each in some],
                )
                yield from (BulkResult(each.id, _CREATED) for each in documents)

    def close(self) -> None:
        """Do nothing: each file is closed when it is written."""

    def finish(self, summary: Summary) -> None:  # noqa: ARG002
        """Write the sections.

        Raises:
            StorageError: The disk is full, or not writable.
        """
        self.progress.start(_STAGE, unit="sections")
        with VectorWriter(self.folder / SECTIONS, self.meta) as writer:
            while some := list(islice(self.asked, _SECTIONS_AT_ONCE)):
                vectors = self.model.encode_sections(some)
                found = vectors.term_counts.nonzero()[0].tolist()
                weights = [vectors.heaviest(row, self.model.vocabulary) for row in found]
                writer.add([some[row].id for row in found], weights)
                self.sections += len(found)
                self.sections_without_terms += len(some) - len(found)
                self.progress.advance(_STAGE, len(some))
        self.progress.finish(_STAGE)
