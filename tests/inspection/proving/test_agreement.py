"""Whether a ranking is the expected one, on scores that are easy to check by eye."""

from __future__ import annotations

import numpy as np
import pytest

from mlsr_es.inspection.proving.agreement import Expected, disagreement, disproved, expected, order_kept, overlap

SCORES = np.array([3.0, 0.0, 5.0, 3.0, 1.0])


def places(*numbers: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(numbers, dtype=np.int64)


def test_ties_with_the_last_of_the_best_are_as_good() -> None:
    """Images 0 and 3 have the same score, so either may be the second."""
    assert overlap(SCORES, places(2, 3), 2) == 1
    assert overlap(SCORES, places(2, 0), 2) == 1
    assert overlap(SCORES, places(2, 4), 2) == 0.5
    assert overlap(SCORES, places(), 2) == 0
    assert overlap(SCORES, places(2, 0, 3, 4), 10) == 1
    assert overlap(np.zeros(3), places(), 10) == 1


def test_an_order_is_kept_as_far_as_pairs_are() -> None:
    """Tau counts pairs in order; ties count as in order."""
    assert order_kept(SCORES, places(2, 3, 0, 4)) == 1
    assert order_kept(SCORES, places(4, 2)) == -1
    assert order_kept(SCORES, places(2)) == 1


def test_the_best_are_those_that_score() -> None:
    """Of equal scores the first image is better, and an image with score 0 is not a hit."""
    assert expected(SCORES).best(3).tolist() == [2, 0, 3]
    assert expected(SCORES).best(10).tolist() == [2, 0, 3, 4]


def test_two_phases_rank_what_the_first_has_found() -> None:
    """Of images that tie at the window's edge any may be a hit, and none has a certain score."""
    found = np.array([4.0, 2.0, 2.0, 1.0, 0.0])
    others = np.array([0.0, 1.0, 9.0, 90.0, 99.0])
    wanted = expected(found, others, 2)
    assert wanted.scores.tolist() == [4, 3, 11, 0, 0]
    assert wanted.sure.tolist() == [True, False, False, False, False]
    assert expected(found, others, 9).scores.tolist() == [4, 3, 11, 91, 0]


@pytest.mark.parametrize(
    ("hits", "scores", "what"),
    [
        ((2, 0), (5.0, 3.0), ""),
        ((2, 3), (5.0, 3.0), ""),
        ((2, 3), (5.0, 3.00001), ""),
        ((2, 4), (5.0, 1.0), "an image with the dot product 3 is not among the hits"),
        ((2,), (5.0,), "an image with the dot product 3 is not among the hits"),
        ((2, 0), (0.9, 0.8), "hit 1 has the score 0.9, and its dot product is 5"),
        ((2, -1), (5.0, 4.0), "hit 2 is an image that is not known"),
    ],
)
def test_what_the_dot_product_does_not_explain_is_said(
    hits: tuple[int, ...], scores: tuple[float, ...], what: str
) -> None:
    """Two hits were asked for, and each kind of wrong result is described."""
    assert disagreement(expected(SCORES), places(*hits), scores, 2) == what


def test_what_is_not_sure_may_be_missing() -> None:
    """An image without a certain score may be missing, but if it is a hit it has its expected score."""
    unsure = Expected(SCORES, np.zeros(5, dtype=bool))
    assert disagreement(unsure, places(4), [1.0], 2) == ""
    assert "dot product" in disagreement(unsure, places(4), [2.0], 2)


def test_an_explanation_that_does_not_add_up_is_told() -> None:
    """A hit whose terms add up to something else than its score is named; rounding is no difference."""
    assert disproved((5.0, 3.0), (5.0, 3.00001)) == ""
    assert disproved((5.0, 3.0), (5.0, 0.0)) == "hit 2 has the score 3, and its explanation adds up to 0"
