"""How readable the terms of a vector are."""

from __future__ import annotations

import pytest

from mlsr_es.evaluation import content_share, own_share
from mlsr_es.vectors import SparseVectors, Vocabulary

WORDS = Vocabulary(("layer", "##ing", "of", "the", "rotate", "ox", "24", "?"))


def test_own_share_weighs_terms_of_the_text() -> None:
    """The share is by weight, and 0 for a vector without terms."""
    vectors = SparseVectors.from_mappings([{0: 3.0, 4: 1.0}, {1: 1.0}, {}], vocabulary_size=8)
    assert own_share(vectors, [{0, 7}, {1}, {0}]).tolist() == [0.75, 1.0, 0.0]


@pytest.mark.parametrize(
    ("terms", "share"), [({0}, 1.0), ({0, 1}, 0.5), ({1, 2, 3, 5, 6, 7}, 0.0), ({0, 4, 2, 3}, 0.5), (set(), 0.0)]
)
def test_content_words_are_whole_words_that_say_something(terms: set[int], share: float) -> None:
    """Pieces of words, stop words, numbers, signs and pairs of letters do not count."""
    vectors = SparseVectors.from_mappings([dict.fromkeys(terms, 1.0)], vocabulary_size=8)
    assert content_share(vectors, WORDS).tolist() == [share]


def test_only_the_heaviest_terms_are_looked_at() -> None:
    """An explanation shows only these."""
    vectors = SparseVectors.from_mappings([{0: 3.0, 1: 2.0, 2: 1.0}], vocabulary_size=8)
    assert content_share(vectors, WORDS, top=1).tolist() == [1.0]
