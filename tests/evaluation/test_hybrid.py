"""Hybrid rankings: the sum of a model's scores and BM25's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mlsr_es.evaluation import Ranked, Run, balanced_weight, beside
from mlsr_es.vectors import SparseVectors

ROWS = arrays(np.float32, (3, 4), elements=st.sampled_from([0, 0.5, 1, 4]))


@given(queries=ROWS, words=ROWS, documents=ROWS, captions=ROWS, weight=st.sampled_from([0.0, 0.5, 2.0]))
def test_scores_add_up(
    queries: np.ndarray, words: np.ndarray, documents: np.ndarray, captions: np.ndarray, weight: float
) -> None:
    """A hybrid score is the model's dot product plus the weight times BM25's."""
    left = beside(SparseVectors.from_dense(queries), SparseVectors.from_dense(words), weight=weight)
    right = beside(SparseVectors.from_dense(documents), SparseVectors.from_dense(captions))
    assert left.dot(right).toarray() == pytest.approx(queries @ documents.T + weight * (words @ captions.T))


def test_rows_have_to_match() -> None:
    """Batches with different numbers of rows are refused."""
    with pytest.raises(ValueError, match="1 rows cannot stand beside 2"):
        beside(SparseVectors.from_dense(np.ones((1, 2))), SparseVectors.from_dense(np.ones((2, 2))))


def test_a_balanced_weight_makes_best_scores_equally_high() -> None:
    """The medians of the best scores become equal; sections for which a system finds nothing do not count."""

    def run(*best: float | None) -> Run:
        rankings = {
            str(number): [Ranked("a", score), Ranked("b", score / 2)] if score else []
            for number, score in enumerate(best)
        }
        return Run("system", rankings)

    assert balanced_weight(run(2.0, 6.0, 3.0), run(None, 12.0, 12.0)) == pytest.approx(3 / 12)
    assert balanced_weight(run(2.0), run(None)) is None
