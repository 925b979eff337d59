"""The threads of this process."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from mlsr_es.indexing.ahead import beside
from mlsr_es.indexing.engines.engine import Encoded, Encoding
from mlsr_es.indexing.prepare import Block, Item, Preparing

if TYPE_CHECKING:
    from mlsr_es.encoders import Model


class LocalEngine:
    """Prepares the next block while blocks are encoded, each by one thread where the model gains by it."""

    @contextmanager
    def opened(self, preparing: Preparing, model: Model) -> Iterator[Encoding]:
        """Nothing is kept: threads begin with the first record."""

        def encoding(items: Iterator[Item]) -> Generator[Encoded]:
            from mlsr_es.encoders import one_thread_each

            def encoded(block: Block) -> Encoded:
                found = Encoded.of(block, model)
                return replace(found, seconds=found.seconds / threads)

            with (
                one_thread_each(model) as threads,
                closing(preparing.blocks(items)) as blocks,
                closing(beside(encoded, blocks, threads)) as encoded_blocks,
            ):
                yield from encoded_blocks

        yield encoding


HERE = LocalEngine()
