"""Co-activation: how many terms a query shares with images that have nothing to do with it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mlsr_es.vectors import SparseVectors


def co_activation(queries: SparseVectors, documents: SparseVectors) -> NDArray[np.float64]:
    """Count the terms that each query shares with a document, on average over all documents.

    Nearly all pairs are unrelated, so terms that occur in vectors of every subject raise this number. Its mean over the
    queries is the expected number of postings that are scored for a pair, which SPLADE's evaluation calls FLOPS
    (arXiv 2107.05720, section 4).

    Args:
        queries: Any number of rows.
        documents: At least one row, over the same vocabulary.

    Returns:
        Shape (queries,), float64: each from 0 to the number of the query's terms.
    """
    shares = np.bincount(documents.term_ids, minlength=documents.vocabulary_size) / len(documents)
    running = np.concatenate([[0.0], np.cumsum(shares[queries.term_ids])])
    return np.asarray(running[queries.row_starts[1:]] - running[queries.row_starts[:-1]])
