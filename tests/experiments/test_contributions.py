"""Shapley values of caption components."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mlsr_es.collection import CaptionKind
from mlsr_es.experiments.contributions import shapley

TITLE, ALT, READ = CaptionKind.TITLE, CaptionKind.ALT, CaptionKind.READ
KINDS = (TITLE, ALT, READ)
CHOICES = [frozenset(choice) for size in (1, 2, 3) for choice in combinations(KINDS, size)]


def test_two_components_by_hand() -> None:
    """Alone .6 and .2, together .7: the first adds .6 or .5, the second .2 or .1."""
    worth = {frozenset({TITLE}): 0.6, frozenset({ALT}): 0.2, frozenset({TITLE, ALT}): 0.7}
    found = shapley({choice: np.array([value]) for choice, value in worth.items()}, [TITLE, ALT])
    np.testing.assert_allclose([found[TITLE][0], found[ALT][0]], [0.55, 0.15])


@given(st.lists(st.floats(0, 1), min_size=len(CHOICES), max_size=len(CHOICES)))
def test_the_values_add_up_to_all_components_together(values: list[float]) -> None:
    """Whatever the choices are worth; a component that never adds anything has none."""
    worth = {choice: np.array([value]) for choice, value in zip(CHOICES, values, strict=True)}
    total = sum(value[0] for value in shapley(worth, KINDS).values())
    np.testing.assert_allclose(total, worth[frozenset(KINDS)][0], atol=1e-12)
    idle = worth | {choice: worth[choice - {READ}] for choice in CHOICES if READ in choice and len(choice) > 1}
    idle[frozenset({READ})] = np.zeros(1)
    np.testing.assert_allclose(shapley(idle, KINDS)[READ], 0, atol=1e-12)
