"""How vectors use their vocabulary, by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlsr_es.evaluation import Usage
from mlsr_es.vectors import SparseVectors, Vocabulary

WORDS = Vocabulary(("owl", "##ing", "heron", "of", "boat"))


def usage(*rows: dict[int, float]) -> Usage:
    """Of some vectors."""
    return Usage.of(SparseVectors.from_mappings(list(rows), vocabulary_size=len(WORDS)), WORDS)


def test_figures_by_hand() -> None:
    """Posting lists of 3, 1 and 1: shares .6, .2, .2."""
    found = usage({0: 1.0, 1: 2.0}, {0: 1.0, 2: 4.0}, {0: 3.0}, {})
    assert (found.rows, found.empty, found.terms) == (4, 1, 1.25)
    assert found.used == pytest.approx(3 / 5)
    assert found.longest == (("owl", 0.75), ("##ing", 0.25), ("heron", 0.25))
    assert found.entropy == pytest.approx(-(0.6 * math.log(0.6) + 0.4 * math.log(0.2)) / math.log(3))
    # Gini of 1, 1, 3: the mean absolute difference over all pairs, divided by twice the mean.
    assert found.gini == pytest.approx(np.abs(np.subtract.outer([1, 1, 3], [1, 1, 3])).mean() / (2 * 5 / 3))
    assert found.content == pytest.approx((0.5 + 1 + 1) / 3)  # of the vectors that have terms
    assert (found.weights_at[0], found.weights_at[-1]) == (1.0, 4.0)


def test_vectors_without_any_term() -> None:
    """Nothing is divided by nothing."""
    found = usage({}, {})
    assert (found.empty, found.terms, found.used, found.entropy, found.gini, found.content) == (2, 0, 0, 0, 0, 0)
    assert found.longest == ()


@given(st.lists(st.dictionaries(st.integers(0, 4), st.floats(0.1, 9)), min_size=1, max_size=12))
def test_shares_are_shares(rows: list[dict[int, float]]) -> None:
    """Whatever the vectors are."""
    found = usage(*rows)
    for share in (found.used, found.entropy, found.gini, found.content, *(share for _, share in found.longest)):
        assert 0 <= share <= 1 + 1e-9
    assert list(found.terms_at) == sorted(found.terms_at)
