"""What is written: actions, and the byte-bounded chunks that they are sent in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any

import orjson

from mlsr_es.errors import RecordError


@dataclass(frozen=True, slots=True)
class IndexAction:
    """Store a document under an id of its own, in place of whatever is there: twice is the same as once."""

    id: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DeleteAction:
    """Remove a document; where it is gone already, that is fine."""

    id: str


@dataclass(frozen=True, slots=True)
class UpdateAction:
    """Change parts of a document that is still as it was read; where it was changed since, that is a conflict.

    Args:
        id: The document's id.
        body: The parts: objects are merged, everything else is replaced.
        seq_no: The document's sequence number as it was read.
        primary_term: Likewise.
        routing: The document's own; None where it has none.
    """

    id: str
    body: Mapping[str, Any]
    seq_no: int
    primary_term: int
    routing: str | None = None


LONGEST_ID = 512
"""Bytes: Elasticsearch's own limit."""

LONGEST_WAIT_S = 5.0
"""Seconds that a line waits for its chunk to fill: what a slow encoder has made is stored, whatever happens to it."""

Action = IndexAction | DeleteAction | UpdateAction


@dataclass(frozen=True, slots=True)
class Line:
    """An action as it goes over the wire.

    Args:
        id: The document's id.
        ndjson: The action and, where there is one, the document, a JSON object a line.
        deletes: Whether it removes.
        routing: Of a document that has one: its id alone does not name it.
    """

    id: str
    ndjson: bytes
    deletes: bool
    routing: str | None = None


def line(action: Action) -> Line:
    """An action, serialised.

    Raises:
        RecordError: It has no place in a bulk request; one such action would fail all that are sent with it.
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
    """An action as it would go over the wire, a JSON object a line, for somebody to look at."""
    return line(action).ndjson.splitlines()


def _update(action: UpdateAction) -> bytes:
    condition = {"if_seq_no": action.seq_no, "if_primary_term": action.primary_term}
    routing = {"routing": action.routing} if action.routing is not None else {}
    head = {"update": {"_id": action.id, **condition, **routing}}
    return orjson.dumps(head) + b"\n" + orjson.dumps({"doc": action.body})


class ChunkSize:
    """How many bytes a chunk may have; learns from a refusal, so that each size is refused once.

    A proxy before the cluster often allows less than the cluster does.
    """

    def __init__(self, largest: int) -> None:
        self.bytes = largest

    def refused(self, size: int) -> None:
        """A chunk of so many bytes was too large."""
        self.bytes = min(self.bytes, max(1, size // 2))


def chunks(serialised: Iterable[Line], size: ChunkSize) -> Iterator[list[Line]]:
    """Lines in order, gathered into lists of at most ``size.bytes``; a longer line is a list of its own.

    Where lines come slowly, a list is as long as ``LONGEST_WAIT_S`` allows.
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
