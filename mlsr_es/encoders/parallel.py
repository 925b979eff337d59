"""Encoding on several threads of a CPU."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from mlsr_es.encoders.promotion_encoder import Model

_MOST = 8
"""Threads; each has a block of documents in memory, and the sources rarely give more."""


@contextmanager
def one_thread_each(model: Model) -> Iterator[int]:
    """Within, torch does each product on one thread, for callers that encode on several threads themselves.

    Short texts have many small products, and threads that share each of them mostly wait for each other. Run on two
    cores, 10,000 captions in blocks of 64: 4.6 s where each thread has its own block, 6.9 s where two share a product.

    Args:
        model: What encodes; products of images are large, and are shared as usual.

    Yields:
        On how many threads to encode.
    """
    threads = torch.get_num_threads()
    if model.device.type != "cpu" or model.config.document_input.reads_image or threads == 1:
        yield 1
        return
    torch.set_num_threads(1)  # the process's number; threads that start later take it over
    try:
        yield min(threads, _MOST)
    finally:
        torch.set_num_threads(threads)
