"""Co-activation."""

from __future__ import annotations

import numpy as np
import pytest

from mlsr_es.evaluation import co_activation
from mlsr_es.vectors import SparseVectors


def vectors(*rows: set[int]) -> SparseVectors:
    return SparseVectors.from_mappings([dict.fromkeys(row, 0.5) for row in rows], vocabulary_size=6)


def test_it_is_the_mean_number_of_shared_terms() -> None:
    """The result equals a count over all pairs."""
    queries, documents = [{0, 1, 2}, set(), {5}, {1}], [{0, 1}, {1}, {3, 4}]
    expected = [np.mean([len(query & document) for document in documents]) for query in queries]
    assert co_activation(vectors(*queries), vectors(*documents)) == pytest.approx(expected)


def test_weights_do_not_count() -> None:
    """A posting counts once, whatever its weight."""
    light = SparseVectors.from_mappings([{1: 1e-6}], vocabulary_size=6)
    assert co_activation(light, vectors({1})).tolist() == [1.0]
