"""Readability: whether the terms of a vector are words, and whether its own text contains them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from mlsr_es.vectors import SparseVectors, Vocabulary
from mlsr_es.words import STOP_WORDS

_SHORTEST_WORD = 3
"""In letters: shorter word pieces are mostly particles and fragments."""


def own_share(vectors: SparseVectors, inputs: Sequence[Collection[int]]) -> NDArray[np.float64]:
    """The share of each vector's weight on terms of its own text; 1 for every MLP head.

    Args:
        vectors: One row a text.
        inputs: For each row, the term ids of its text.

    Returns:
        Shape (rows,), in [0, 1]; 0 for a vector without terms.
    """
    shares = np.zeros(len(vectors))
    for row, ((term_ids, weights), own) in enumerate(zip(vectors, inputs, strict=True)):
        if weights.size:
            shares[row] = weights[np.isin(term_ids, list(own))].sum() / weights.sum()
    return shares


def content_share(vectors: SparseVectors, vocabulary: Vocabulary, *, top: int = 10) -> NDArray[np.float64]:
    """The share of content words among each vector's heaviest terms.

    Pieces of words (``##ing``), numbers, punctuation, stop words and pairs of letters do not explain to a person why an
    image matched.

    Args:
        vectors: Any number of rows.
        vocabulary: The vocabulary of the vectors.
        top: How many of the heaviest terms count.

    Returns:
        Shape (rows,), in [0, 1]; 0 for a vector without terms.
    """
    readable = np.array([_is_content(term) for term in vocabulary.terms])
    heaviest = vectors.pruned(top=top)
    return np.array([float(readable[term_ids].mean()) if term_ids.size else 0.0 for term_ids, _ in heaviest])


def _is_content(term: str) -> bool:
    return term.isalpha() and len(term) >= _SHORTEST_WORD and term not in STOP_WORDS
