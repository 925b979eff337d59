"""What each caption component is worth: Shapley values over all choices of components."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import factorial

import numpy as np
from numpy.typing import NDArray

from mlsr_es.collection import CaptionKind
from mlsr_es.evaluation import Difference, difference
from mlsr_es.experiments.gathering import StudyResults
from mlsr_es.experiments.measures import QUALITY

Worth = Mapping[frozenset[CaptionKind], NDArray[np.float64]]
"""A choice of components to the value of each topic; all choices but the empty one, whose values are 0."""


@dataclass(frozen=True)
class Contribution:
    """A caption component's part of a system's nDCG@10.

    Args:
        kind: The component.
        alone: The figure where images have this component alone.
        without: The figure where they have all others.
        share: The Shapley value: what the component adds, on average over all orders of adding components. The values
            of all components add up to the figure with all of them.
    """

    kind: CaptionKind
    alone: float
    without: float
    share: Difference


def contributions(gathered: StudyResults, system: str) -> list[Contribution]:
    """What each component of a study's subsets is worth to a system, the most first.

    Args:
        gathered: The results.
        system: A cell or a baseline that the subsets are of.

    Returns:
        One for each component; none if a choice of components is not measured.
    """
    subsets = gathered.study.subsets
    if subsets is None:
        return []
    names = {frozenset(choice): subsets.name(system, choice) for choice in subsets.choices()}
    if any(name not in gathered.systems for name in names.values()):
        return []
    worth = {choice: gathered.systems[name].values(QUALITY[0]) for choice, name in names.items()}
    whole = frozenset(subsets.kinds)
    found = [
        Contribution(
            kind,
            alone=float(worth[frozenset({kind})].mean()),
            without=float(worth[whole - {kind}].mean()),
            share=difference(values, np.zeros_like(values)),
        )
        for kind, values in shapley(worth, subsets.kinds).items()
    ]
    return sorted(found, key=lambda one: -one.share.mean)


def shapley(worth: Worth, kinds: Sequence[CaptionKind]) -> dict[CaptionKind, NDArray[np.float64]]:
    """Compute each component's Shapley value for each topic.

    The value of component i is the sum over all choices S without it of |S|! (n - |S| - 1)! / n! times what it adds to
    S (Shapley, A value for n-person games, 1953).

    Args:
        worth: The value of each choice.
        kinds: All components.

    Returns:
        Component to values, float64, shape (topics,); the values of all components add up to those of all together.
    """
    count = len(kinds)
    nothing = np.zeros_like(worth[frozenset(kinds)])
    values = {}
    for kind in kinds:
        others = [other for other in kinds if other != kind]
        values[kind] = sum(
            (
                factorial(size)
                * factorial(count - size - 1)
                / factorial(count)
                * (worth[frozenset({*choice, kind})] - (worth[frozenset(choice)] if choice else nothing))
                for size in range(count)
                for choice in combinations(others, size)
            ),
            start=nothing,
        )
    return values
