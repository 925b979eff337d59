"""The ten best documents of a query by libraries that hold all vectors in memory: no node, no network, one thread.

What a cluster costs is seen beside these. bm25s is not among them: its queries have no weights.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import impact_index
import numba
import numpy as np
import seismic
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array

SIZE = 10
_CUT, _HEAP = 20, 0.9
"""What Seismic's own guide takes: the heaviest terms of a query that are looked up, and how much is skipped."""

Ask = Callable[[dict[str, float]], list[int]]


def best_of(scores: Any) -> list[int]:
    """The numbers of the documents with the highest scores."""
    best = np.argpartition(scores, -SIZE)[-SIZE:]
    return [int(place) for place in best[np.argsort(-scores[best])]]


def parts_of(weights: dict[str, float]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The numbers of a query's terms, and their weights."""
    return np.array([int(term[1:]) for term in weights]), np.array(list(weights.values()), dtype=np.float32)


def scipy_in_memory(columns: csc_array) -> Ask:
    """Exact: the columns of the query's terms alone."""

    def ask(weights: dict[str, float]) -> list[int]:
        terms, values = parts_of(weights)
        return best_of(columns[:, terms] @ values)

    return ask


def numba_in_memory(columns: csc_array) -> Ask:
    """Exact: a compiled loop over the posting lists of the query's terms."""
    lists = columns.indptr, columns.indices, columns.data
    scores = np.zeros(columns.shape[0], dtype=np.float32)

    def ask(weights: dict[str, float]) -> list[int]:
        _add(scores, lists, *parts_of(weights))
        return best_of(scores)

    ask({"t0": 1.0})  # compiles it
    return ask


@numba.njit
def _add(scores: Any, lists: Any, terms: Any, values: Any) -> None:
    starts, documents, stored = lists
    scores[:] = 0
    for place in range(len(terms)):
        for posting in range(starts[terms[place]], starts[terms[place] + 1]):
            scores[documents[posting]] += values[place] * stored[posting]


def seismic_in_memory(rows: csr_array) -> Ask:
    """Approximate: blocks of similar documents with summaries (SIGIR 2024), as its guide configures it."""
    text = seismic.get_seismic_string()
    dataset = seismic.SeismicDataset()
    for row in range(rows.shape[0]):
        part = slice(rows.indptr[row], rows.indptr[row + 1])
        dataset.add_document(str(row), rows.indices[part].astype(text), rows.data[part].astype(np.float32))
    index = seismic.SeismicIndex.build_from_dataset(dataset)

    def ask(weights: dict[str, float]) -> list[int]:
        terms, values = parts_of(weights)
        found = index.search("q", terms.astype(text), values, SIZE, _CUT, _HEAP)
        return [int(hit[2]) for hit in found]

    return ask


@contextmanager
def impact_index_in_memory(rows: csr_array) -> Iterator[Ask]:
    """Exact: posting lists with block maxima, by MaxScore; its files are there as long as the context."""
    with tempfile.TemporaryDirectory(prefix="mlsr-benchmark-") as folder:
        builder = impact_index.IndexBuilder(folder)
        for row in range(rows.shape[0]):
            part = slice(rows.indptr[row], rows.indptr[row + 1])
            builder.add(row, rows.indices[part].astype(np.uintp), rows.data[part].astype(np.float32))
        index = builder.build(in_memory=True)

        def ask(weights: dict[str, float]) -> list[int]:
            known = {int(term[1:]): weight for term, weight in weights.items()}
            return [int(hit.docid) for hit in index.search_maxscore(known, SIZE)]

        yield ask
