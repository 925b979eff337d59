"""What every sink is."""

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
    """A document that is not encoded, and whose weights of an earlier run are to be removed.

    Args:
        record: As it was read.
        fingerprint: Of what it is now; "" where that is not known.
    """

    record: Record
    fingerprint: str = ""


Change = EncodedRecord | Cleared

Meter = Callable[[float], None]
"""Told how many seconds a part of the writing took."""


class Sink(Protocol):
    """Takes encoded documents, answers what became of each, and finishes."""

    @property
    def name(self) -> str:
        """What is written to, as the user named it."""

    @property
    def index(self) -> str:
        """The concrete index; "" for files, and before ``open`` where one has to be made."""

    @property
    def field(self) -> str:
        """The field with the weights."""

    def open(self) -> None:
        """Make room for documents."""

    def stored(self, records: Sequence[Record]) -> Mapping[Key, Stored]:
        """What is stored of records already."""

    def keeps(self, records: Iterable[Record | str]) -> None:
        """These stay as they are stored, or their ids do: unchanged ones, and those that are bad today."""

    def key(self, record: Record) -> Key:
        """By what a result of ``write`` names a record."""

    def refuses(self, record: Record) -> str:
        """Why a record can not be written beside those that were written before; "" where it can."""

    def clears(self, record: Record) -> bool:
        """Whether weights that are stored of a record are removed where a rule leaves it out from now on."""

    def clears_bad(self, record: Record) -> bool:
        """The same where the record is bad."""

    def write(self, changes: Iterable[Change], meter: Meter) -> Generator[BulkResult]:
        """Write documents as they come; each has one result, in any order."""

    def close(self) -> None:
        """Release what the run has held, however it ended."""

    def finish(self, summary: Summary) -> None:
        """All is written: let searches read it, and tidy up. What was done is written into the summary.

        Raises:
            SourceError: Nothing was there to be written.
        """


class IndexSink(Sink, Protocol):
    """A sink that is an index, so that it can be shown what would be sent."""

    @property
    def described(self) -> str:
        """What will be done to it, in words."""

    @property
    def body(self) -> Mapping[str, Any]:
        """What makes room for the weights: settings and mapping of a new index, or what is added to a mapping."""

    def action(self, change: Change) -> Action:
        """How a change is sent."""
