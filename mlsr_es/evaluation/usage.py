"""How vectors use their vocabulary: terms, posting lists, and how evenly the load is spread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from mlsr_es.evaluation.readability import content_share
from mlsr_es.vectors import SparseVectors, Vocabulary

QUANTILES = (0.0, 0.25, 0.5, 0.75, 0.95, 1.0)
LONGEST = 20


@dataclass(frozen=True)
class Usage:
    """How a batch of vectors uses its vocabulary.

    Args:
        rows: The number of vectors.
        empty: The number of vectors without terms.
        terms: The mean number of terms of a vector.
        terms_at: ``QUANTILES`` of the number of terms of a vector.
        weights_at: ``QUANTILES`` of the weights.
        used: The share of the vocabulary that occurs in a vector, in [0, 1].
        postings_at: ``QUANTILES`` of the length of a posting list, over the terms that occur.
        longest: The terms with the longest posting lists, at most ``LONGEST``, each with the share of the vectors that
            have it.
        entropy: The entropy of the postings over the terms that occur, divided by the logarithm of their number:
            1 where all posting lists are equally long, 0 where one term has all.
        gini: The Gini coefficient of the lengths of the posting lists: 0 where all are equally long.
        content: The mean share of content words among a vector's ten heaviest terms (``content_share``), in [0, 1].
    """

    rows: int
    empty: int
    terms: float
    terms_at: tuple[float, ...]
    weights_at: tuple[float, ...]
    used: float
    postings_at: tuple[float, ...]
    longest: tuple[tuple[str, float], ...]
    entropy: float
    gini: float
    content: float

    @classmethod
    def of(cls, vectors: SparseVectors, vocabulary: Vocabulary) -> Self:
        """Measure vectors.

        Args:
            vectors: At least one row.
            vocabulary: The vocabulary of the vectors.
        """
        counts = vectors.term_counts
        postings = np.bincount(vectors.term_ids, minlength=vectors.vocabulary_size)
        lengths = np.sort(postings[postings > 0])
        longest = np.argsort(-postings, kind="stable")[:LONGEST]
        filled = counts > 0
        shares = content_share(vectors, vocabulary)[filled]
        return cls(
            rows=len(vectors),
            empty=int((~filled).sum()),
            terms=float(counts.mean()),
            terms_at=_quantiles(counts),
            weights_at=_quantiles(vectors.weights),
            used=len(lengths) / len(vocabulary),
            postings_at=_quantiles(lengths),
            longest=tuple(
                (vocabulary.term(int(term)), float(postings[term] / len(vectors))) for term in longest if postings[term]
            ),
            entropy=_entropy(lengths),
            gini=_gini(lengths),
            content=float(shares.mean()) if shares.size else 0.0,
        )


def _quantiles(values: NDArray[np.integer] | NDArray[np.floating]) -> tuple[float, ...]:
    return tuple(np.quantile(values, QUANTILES).tolist()) if values.size else (0.0,) * len(QUANTILES)


def _entropy(lengths: NDArray[np.int64]) -> float:
    if len(lengths) < 2:  # noqa: PLR2004 - of one posting list nothing can be spread
        return 0.0
    shares = lengths / lengths.sum()
    return float(-(shares * np.log(shares)).sum() / np.log(len(lengths)))


def _gini(lengths: NDArray[np.int64]) -> float:
    """Of ascending lengths, by their ranks."""
    if not lengths.size:
        return 0.0
    ranks = np.arange(1, len(lengths) + 1)
    return float((2 * ranks - len(lengths) - 1).dot(lengths) / (len(lengths) * lengths.sum()))
