"""What prepares and encodes pieces of a run in another process, perhaps on another machine; nothing here needs Ray."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING

from mlsr_es.elastic.reading import Stored
from mlsr_es.indexing.encode import EncodedRecord
from mlsr_es.indexing.engines.engine import Encoded
from mlsr_es.indexing.prepare import Item, Preparing
from mlsr_es.indexing.record import Key, Record

if TYPE_CHECKING:
    from mlsr_es.encoders import Model


@dataclass(frozen=True, slots=True)
class Work:
    """What every piece of a run needs; it can be pickled.

    Args:
        preparing: How records are prepared, with a reader that is apart from its records and without an index.
        model: The bi-encoder, on the CPU.
        device: Where it is to encode.
    """

    preparing: Preparing
    model: Model
    device: str

    @classmethod
    def of(cls, preparing: Preparing, model: Model, device: str) -> Work:
        """The work of a run; what is stored is looked up where the run is, and comes with each piece."""
        return cls(replace(preparing, reader=preparing.reader.apart(), stored=_nothing), model, device)


@dataclass(frozen=True, slots=True)
class Piece:
    """Some records, as they were read.

    Args:
        items: The records.
        stored: What is stored of them.
    """

    items: Sequence[Item]
    stored: Mapping[Key, Stored]


class Worker:
    """Prepares and encodes pieces of one run. It speaks to no cluster: pieces come and go."""

    _work: Work | None = None

    def begin(self, work: Work) -> None:
        """Be ready; a second call does nothing."""
        if self._work is None:
            work.model.to(work.device)
            self._decoders = ThreadPoolExecutor(thread_name_prefix="decode")
            self._work = work

    def encoded(self, piece: Piece) -> Encoded:
        """Prepare and encode a piece.

        Raises:
            MlsrError: The run cannot go on; a bad record is not such an error, and is in the block.
        """
        if self._work is None:
            raise RuntimeError("a worker begins with its work")
        started = perf_counter()
        preparing = replace(self._work.preparing, stored=lambda _: piece.stored)
        block = preparing.block(piece.items, self._decoders)
        block.seconds = perf_counter() - started
        found = Encoded.of(block, self._work.model)
        records = [_light(each) for each in found.records]
        block.ready = [each.prepared for each in records]
        block.unchanged = [record.without_content for record in block.unchanged]
        return replace(found, records=records)


def _light(encoded: EncodedRecord) -> EncodedRecord:
    """Without pixels and files: what was made of them is stored, and they are large."""
    prepared = encoded.prepared
    return replace(encoded, prepared=replace(prepared, record=prepared.record.without_bytes, images=()))


def _nothing(_: Sequence[Record]) -> Mapping[Key, Stored]:
    return {}
