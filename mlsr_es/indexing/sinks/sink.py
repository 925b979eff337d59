"""The contract of every sink."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from mlsr_es.elastic.bulk import Action, BulkResult
from mlsr_es.elastic.reading import Stored
from mlsr_es.indexing.encode import EncodedRecord
from mlsr_es.indexing.record import Key, Record
from mlsr_es.indexing.summary import Summary


@dataclass(frozen=True, slots=True)
class Cleared:
    """A document that can no longer be encoded, so that its stored weights are to be removed.

    Args:
        record: The record as it was read.
        fingerprint: The record's present fingerprint; "" where it is unknown.
    """

    record: Record
    fingerprint: str = ""


Change = EncodedRecord | Cleared

Meter = Callable[[float], None]
"""Called with the seconds that a part of the writing took."""


class Sink(Protocol):
    """Writes encoded documents, reports the result of each, and finishes."""

    @property
    def name(self) -> str:
        """The index or folder that is written to, as the user named it."""

    @property
    def index(self) -> str:
        """The concrete index; "" for files, and before ``open`` where the index has to be created."""

    @property
    def field(self) -> str:
        """The path of the field with the weights."""

    def open(self) -> None:
        """Prepare the index or folder for documents."""

    def stored(self, records: Sequence[Record]) -> Mapping[Key, Stored]:
        """Look up what is already stored for records."""

    def keeps(self, records: Iterable[Record | str]) -> None:
        """Mark records, or ids, whose stored documents stay as they are: unchanged ones and bad ones."""

    def key(self, record: Record) -> Key:
        """The key by which a result of ``write`` names a record."""

    def refuses(self, record: Record) -> str:
        """Why a record cannot be written beside those that were written before; "" where it can."""

    def clears(self, record: Record) -> bool:
        """Whether to clear the stored weights of a record that a rule now leaves out."""

    def clears_bad(self, record: Record) -> bool:
        """Whether to clear the stored weights of a bad record."""

    def write(self, changes: Iterable[Change], meter: Meter) -> Generator[BulkResult]:
        """Write documents as they come; each gets one result, in any order."""

    def close(self) -> None:
        """Release the resources of the run, however it ended."""

    def finish(self, summary: Summary) -> None:
        """Let searches read what was written, tidy up, and record both in the summary.

        Raises:
            SourceError: There was nothing to write.
        """


class IndexSink(Sink, Protocol):
    """A sink that writes to an index, and can show what it would send."""

    @property
    def described(self) -> str:
        """A description of what will be done to the index, for people."""

    @property
    def body(self) -> Mapping[str, Any]:
        """The settings and mapping of a new index, or the additions to a mapping."""

    def action(self, change: Change) -> Action:
        """The bulk action for a change."""
