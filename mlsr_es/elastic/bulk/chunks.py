"""Bulk actions, and the byte-bounded chunks that they are sent in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any

import orjson

from mlsr_es.errors import RecordError


@dataclass(frozen=True, slots=True)
class IndexAction:
    """Store a document under its id and replace what is there; doing it twice is the same as doing it once."""

    id: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DeleteAction:
    """Remove a document; a document that is already gone counts as removed."""

    id: str


@dataclass(frozen=True, slots=True)
class UpdateAction:
    """Change parts of a document; if it was changed since it was read, the result is a conflict.

    Args:
        id: The document's id.
        body: The parts to change: objects are merged, everything else is replaced.
        seq_no: The document's sequence number as it was read.
        primary_term: The document's primary term as it was read.
        routing: The document's routing value; None where it has none.
    """

    id: str
    body: Mapping[str, Any]
    seq_no: int
    primary_term: int
    routing: str | None = None


LONGEST_ID = 512
"""Elasticsearch's limit for an id, in bytes."""

LONGEST_WAIT_S = 5.0
"""Seconds that a line waits for its chunk to fill, so that a slow encoder's work is stored before a crash loses it."""

Action = IndexAction | DeleteAction | UpdateAction


@dataclass(frozen=True, slots=True)
class Line:
    """An action as it is sent.

    Args:
        id: The document's id.
        ndjson: The action and, where there is one, the document: one JSON object a line.
        deletes: Whether the action removes the document.
        routing: The document's routing value, which is part of its name; None where it has none.
    """

    id: str
    ndjson: bytes
    deletes: bool
    routing: str | None = None


def line(action: Action) -> Line:
    """Serialise an action.

    Raises:
        RecordError: The action cannot be sent in a bulk request; it would fail every action that is sent with it.
    """
    try:
        id_bytes = len(action.id.encode())
        if not 0 < id_bytes <= LONGEST_ID:
            raise RecordError(action.id, "load", f"an id has 1 to {LONGEST_ID} bytes, and this one {id_bytes}")
        if isinstance(action, DeleteAction):
            return Line(action.id, orjson.dumps({"delete": {"_id": action.id}}), deletes=True)
        if isinstance(action, UpdateAction):
            return Line(action.id, _update(action), deletes=False, routing=action.routing)
        head, body = orjson.dumps({"index": {"_id": action.id}}), orjson.dumps(action.body)
    except (TypeError, UnicodeEncodeError) as error:
        raise RecordError(action.id, "load", f"it cannot be written as JSON: {error}") from error
    return Line(action.id, head + b"\n" + body, deletes=False)


def as_lines(action: Action) -> list[bytes]:
    """An action as it would be sent, one JSON object a line, for somebody to look at."""
    return line(action).ndjson.splitlines()


def _update(action: UpdateAction) -> bytes:
    condition = {"if_seq_no": action.seq_no, "if_primary_term": action.primary_term}
    routing = {"routing": action.routing} if action.routing is not None else {}
    head = {"update": {"_id": action.id, **condition, **routing}}
    return orjson.dumps(head) + b"\n" + orjson.dumps({"doc": action.body})


class ChunkSize:
    """How many bytes a chunk may have; a refusal lowers it, so that each size is refused only once.

    A proxy before the cluster often allows less than the cluster does.
    """

    def __init__(self, largest: int) -> None:
        self.bytes = largest

    def refused(self, size: int) -> None:
        """Lower the limit, because a chunk of this many bytes was too large."""
        self.bytes = min(self.bytes, max(1, size // 2))


def chunks(serialised: Iterable[Line], size: ChunkSize) -> Iterator[list[Line]]:
    """Lines in order, gathered into lists of at most ``size.bytes``; a longer line is a list of its own.

    Where lines come slowly, a list ends after ``LONGEST_WAIT_S``.
    """
    chunk: list[Line] = []
    total, since = 0, 0.0
    for line in serialised:
        length = len(line.ndjson) + 1
        if chunk and (total + length > size.bytes or monotonic() - since > LONGEST_WAIT_S):
            yield chunk
            chunk, total = [], 0
        if not chunk:
            since = monotonic()
        chunk.append(line)
        total += length
    if chunk:
        yield chunk
