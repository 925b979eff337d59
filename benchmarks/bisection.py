"""Recursive graph bisection: an order of documents in which those with the same terms are near each other.

After Dhulipala et al., Compressing Graphs and Indexes with Recursive Graph Bisection (KDD 2016). The documents are cut
into halves, and pairs change sides as long as the logarithms of the gaps in posting lists are likely to get smaller.
Then each half is cut in the same way.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

_ROUNDS = 20
_LEAF = 32
Numbers = NDArray[np.int64]


def bisected(rows: csr_array) -> Numbers:
    """The rows in their new order."""
    return _bisected(rows, np.arange(rows.shape[0]))


def gap_bits(rows: csr_array, order: Numbers) -> float:
    """The mean logarithm, to base 2, of the gap between two documents of a posting list: what the order makes small."""
    columns = rows[order].tocsc()
    columns.sort_indices()
    gaps = np.diff(columns.indices)
    within = np.ones(len(gaps), dtype=bool)
    starts = columns.indptr[1:-1]
    within[starts[(starts > 0) & (starts < columns.nnz)] - 1] = False
    return float(np.log2(gaps[within]).mean())


def _bisected(rows: csr_array, documents: Numbers) -> Numbers:
    if len(documents) <= _LEAF:
        return documents
    part = rows[documents]
    owners = np.repeat(np.arange(len(documents)), np.diff(part.indptr))
    _, terms = np.unique(part.indices, return_inverse=True)
    left = np.arange(len(documents)) < len(documents) // 2
    for _ in range(_ROUNDS):
        if not _swapped(owners, terms, left):
            break
    return np.concatenate([_bisected(rows, documents[left]), _bisected(rows, documents[~left])])


def _swapped(owners: Numbers, terms: Numbers, left: NDArray[np.bool_]) -> bool:
    """Let pairs change sides, the most willing first, as long as both together gain; whether one did."""
    gains = _gains(owners, terms, left)
    here, there = np.flatnonzero(left), np.flatnonzero(~left)
    here, there = here[np.argsort(-gains[here], kind="stable")], there[np.argsort(-gains[there], kind="stable")]
    pairs = min(len(here), len(there))
    count = int((gains[here[:pairs]] + gains[there[:pairs]] > 0).sum())
    left[here[:count]], left[there[:count]] = False, True
    return count > 0


def _gains(owners: Numbers, terms: Numbers, left: NDArray[np.bool_]) -> NDArray[np.float64]:
    """What each document gains by being on the other side."""
    sizes = np.array([left.sum(), (~left).sum()])
    is_left = left[owners]
    most = int(terms.max(initial=0)) + 1
    degrees = np.stack([np.bincount(terms[side], minlength=most) for side in (is_left, ~is_left)])
    now, less, more = (_cost(degrees + step, sizes[:, None]) for step in (0, -1, 1))
    moves = now.sum(axis=0) - np.stack([less[0] + more[1], more[0] + less[1]])
    gains = np.where(is_left, moves[0, terms], moves[1, terms])
    return np.bincount(owners, gains, minlength=len(left)).astype(np.float64)


def _cost(degrees: Numbers, sizes: Numbers) -> NDArray[np.float64]:
    """The bits of a term's gaps on a side."""
    bits: NDArray[np.float64] = degrees * np.log2(sizes / (np.maximum(degrees, 0) + 1))
    return bits
