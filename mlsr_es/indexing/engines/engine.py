"""The contract of every engine."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Protocol, Self

from mlsr_es.indexing.encode import EncodedRecord, encode
from mlsr_es.indexing.prepare import Block, Item, Preparing

if TYPE_CHECKING:
    from mlsr_es.encoders import Model


@dataclass(frozen=True, slots=True)
class Encoded:
    """A block whose documents are encoded.

    Args:
        block: The outcome of preparing some records.
        records: Those that were worth encoding, with their weights.
        seconds: How long encoding took, in seconds.
    """

    block: Block
    records: list[EncodedRecord]
    seconds: float

    @classmethod
    def of(cls, block: Block, model: Model) -> Self:
        """Encode what of a block is worth it."""
        started = perf_counter()
        records = encode(model, block.ready)
        return cls(block, records, perf_counter() - started)


Encoding = Callable[[Iterator[Item]], Generator[Encoded]]
"""Prepares and encodes records; takes them as they are needed, and gives the blocks in any order.

Where several encode side by side, their seconds are divided by their number: all together are those of the run.
"""


class Engine(Protocol):
    """Prepares and encodes records."""

    def opened(self, preparing: Preparing, model: Model) -> AbstractContextManager[Encoding]:
        """Be ready to prepare and encode, for one run.

        Args:
            preparing: How records are prepared.
            model: What encodes them.
        """
