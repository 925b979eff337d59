"""Which images a batch is contrasted with."""

from __future__ import annotations

from random import Random

from mlsr_es.training.sampling import draw


def test_each_positive_stands_among_the_candidates() -> None:
    """At the place that is said, and it is relevant."""
    drawn = draw(Random(1), [[3, 4], [9]], [[1], [2]], images=100, mined=1, extra=4)
    assert drawn.candidates[drawn.positives[0]] in {3, 4}
    assert drawn.candidates[drawn.positives[1]] == 9


def test_candidates_are_as_many_whatever_coincides() -> None:
    """Two queries with one positive and the same hard negative: random images fill up, none twice."""
    drawn = draw(Random(1), [[3], [3]], [[5], [5]], images=100, mined=1, extra=4)
    assert len(drawn.candidates) == len(set(drawn.candidates)) == 2 * (1 + 1) + 4


def test_a_small_collection_gives_all_its_images() -> None:
    """More than there are cannot be drawn."""
    drawn = draw(Random(1), [[0], [1]], [[], []], images=3, mined=8, extra=64)
    assert sorted(drawn.candidates) == [0, 1, 2]


def test_the_same_chance_draws_the_same() -> None:
    """A resumed run sees what it would have seen."""
    first, second = (draw(Random("a"), [[3, 4]], [[1, 2]], images=50, mined=1, extra=8) for _ in range(2))
    assert first == second
