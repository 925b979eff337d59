"""Significance, by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlsr_es.evaluation import Figures, compare, difference, holm


def test_a_difference_is_the_textbooks_paired_t_test() -> None:
    """Gains 0, .1, .2, .3: mean .15, deviation .1291, and p by Student's closed form for 3 degrees of freedom."""
    second = np.array([0.5, 0.5, 0.5, 0.5])
    found = difference(second + np.array([0.0, 0.1, 0.2, 0.3]), second)
    assert found.mean == pytest.approx(0.15)
    assert found.effect == pytest.approx(0.15 / math.sqrt(0.05 / 3))
    angle = math.atan(0.15 / math.sqrt(0.05 / 3 / 4) / math.sqrt(3))
    assert found.p == found.corrected_p == pytest.approx(1 - 2 / math.pi * (angle + math.sin(2 * angle) / 2))
    assert found.ratio == pytest.approx(1.3)
    assert 0 <= found.low < 0.15 < found.high <= 0.3


def test_the_interval_is_about_two_standard_errors_wide() -> None:
    """With many sections the bootstrap agrees with the normal distribution, and a seed gives the same interval."""
    gains = np.random.default_rng(1).normal(0.1, 0.5, 400)
    found = difference(gains, np.zeros(400), seed=3)
    error = 1.96 * gains.std(ddof=1) / 20
    assert found.low == pytest.approx(gains.mean() - error, abs=0.006)
    assert found.high == pytest.approx(gains.mean() + error, abs=0.006)
    assert found.low == difference(gains, np.zeros(400), seed=3).low
    assert math.isnan(found.ratio)


def test_equal_systems_do_not_differ() -> None:
    """The standard deviation is 0, and nothing is divided by it."""
    values = np.array([0.1, 0.9, 0.4])
    found = difference(values, values)
    assert (found.mean, found.low, found.high, found.effect, found.p) == (0, 0, 0, 0, 1)


def test_holm_by_hand() -> None:
    """The values are .01 x 4, .02 x 3, .03 x 2 and .04 x 1, each raised to at least the one before."""
    assert holm([0.04, 0.01, 0.03, 0.02]) == pytest.approx([0.06, 0.04, 0.06, 0.06])
    assert holm([0.9, 0.8]) == [1, 1]
    assert holm([]) == []


@given(st.lists(st.floats(0, 1), max_size=8))
def test_holm_only_raises_and_keeps_the_order(p_values: list[float]) -> None:
    """Corrected values are not below the p values and have the same order."""
    found = holm(p_values)
    assert all(before <= after <= 1 for before, after in zip(p_values, found, strict=True))
    order = np.argsort(p_values, kind="stable")
    assert sorted(found) == [found[place] for place in order]


def test_two_systems_are_compared_measure_by_measure() -> None:
    """Holm's correction is over the measures."""
    first = Figures(("s", "t", "u"), {"A": np.array([0.4, 0.5, 0.7]), "B": np.array([0.1, 0.2, 0.3])})
    second = Figures(("s", "t", "u"), {"A": np.array([0.1, 0.3, 0.2]), "B": np.array([0.1, 0.2, 0.3])})
    found = compare(first, second)
    assert found["A"].corrected_p == pytest.approx(2 * found["A"].p)
    assert found["B"].corrected_p == 1


def test_what_cannot_be_paired_is_refused() -> None:
    """Different sections, or fewer than two, are refused."""
    with pytest.raises(ValueError, match="different sections"):
        compare(Figures(("s",), {}), Figures(("t",), {}))
    with pytest.raises(ValueError, match="two sections"):
        difference(np.ones(1), np.zeros(1))
