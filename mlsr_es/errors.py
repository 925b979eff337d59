"""Every error that this package raises on purpose.

    MlsrError                      exit code 1: ours, or the cluster's
    ├── InputError                 exit code 2: what the user gave, or asked for
    │   ├── SourceError            a collection that cannot be read, or holds nothing to read
    │   ├── ModelError             a model that cannot be loaded, or does not fit the index
    │   ├── MissingExtraError      a package of an extra that is not installed
    │   ├── QueryError             a query that cannot be encoded, or would match nothing
    │   ├── UnknownImageError      an image that the index does not hold
    │   └── IndexMismatchError     an index that is missing, clashes or belongs to somebody else
    ├── ClusterError               the cluster did not do what was asked
    │   ├── ClusterUnreachableError    nothing answers, or the answer is not Elasticsearch's
    │   └── ClusterRefusedError        credentials, rights, version, limits, blocks
    ├── KibanaError                Kibana does not answer, or did not do what was asked
    ├── NodeError                  the embedded node cannot be had, started or stopped
    ├── StorageError               this machine's disk: full, or not writable
    └── EngineError                the machines that were to encode cannot be had, or failed
    RecordError                    one bad record; never leaves the room that reads or loads records

Nothing of a dependency's own errors leaves a room: each is turned into one of these where it is met.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Self, TypeVar

Given = TypeVar("Given")


def first_line(error: Exception) -> str:
    """The first line that an error of somebody else's says, without its full stop; else the name of its class."""
    lines = (line.strip() for line in str(error).splitlines())
    return next((line.rstrip(".") for line in lines if line), type(error).__name__)


class MlsrError(Exception):
    """The base of all: a sentence on what is wrong and where, and one on what to do next."""

    exit_code = 1

    def __init__(self, what: str, *, advice: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.what} {self.advice}".rstrip()


def or_error(work: Callable[[], Given]) -> Given | MlsrError:
    """What some work gives, or the error that it raises: for one of several that are done together."""
    try:
        return work()
    except MlsrError as error:
        return error


class InputError(MlsrError):
    """The user's input or usage; mend the input and run again."""

    exit_code = 2


class SourceError(InputError):
    """A source cannot be read, or holds nothing to read; name another one, or mend it."""


class ModelError(InputError):
    """A model cannot be loaded, or does not fit the index; name the one the index was made with."""


class MissingExtraError(InputError):
    """What is asked needs a package of an extra that is not installed; install the extra."""


class QueryError(InputError):
    """A query is empty or holds no term that the model knows; reword it."""


class UnknownImageError(InputError):
    """The index holds no image of this id; take one that search shows."""


class IndexMismatchError(InputError):
    """An index is missing, clashes with what is asked, or belongs to somebody else; name another one."""


class ClusterError(MlsrError):
    """The cluster did not do what was asked; its own words are in the message."""


class ClusterUnreachableError(ClusterError):
    """Nothing that speaks Elasticsearch answers there; check the address, the scheme and the certificates."""


class ClusterRefusedError(ClusterError):
    """The cluster answers and refuses: credentials, rights, version, limits or blocks."""


class KibanaError(MlsrError):
    """Kibana does not answer, or refuses; its own words are in the message. Check its address and the rights."""


class NodeError(MlsrError):
    """The embedded node cannot be had, started or stopped; its log says more."""


class StorageError(MlsrError):
    """This machine's disk is full or not writable; free room, or name another folder."""


class EngineError(MlsrError):
    """The machines that were to encode cannot be had, or failed; what is stored stays stored."""


class RecordError(MlsrError):
    """One record is bad: it goes to the rejects file with its stage and reason, and the run goes on.

    Args:
        record_id: The record's id, or its place where it has none.
        stage: The stage that found it bad.
        reason: Why it is bad.
        row: The row that is no record; None where the record could be read, or nothing is a row.
    """

    def __init__(self, record_id: str, stage: str, reason: str, row: Mapping[str, Any] | None = None) -> None:
        super().__init__(f"{stage}: {record_id}: {reason}")
        self.record_id = record_id
        self.stage = stage
        self.reason = reason
        self.row = row

    def __reduce__(self) -> tuple[type[Self], tuple[str, str, str, Mapping[str, Any] | None]]:
        """Pickled by its parts: ``Exception`` would hand the finished sentence to ``__init__``."""
        return type(self), (self.record_id, self.stage, self.reason, self.row)
