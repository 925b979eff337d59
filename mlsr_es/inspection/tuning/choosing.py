"""Choose the strategies to try, and then the strategy to use."""

from __future__ import annotations

from collections.abc import Sequence

from mlsr_es.elastic.search import Strategy
from mlsr_es.inspection.tuning.timing import Measured

LEAST_OVERLAP = 0.99

_TOPS = (10, 20)
_MASSES = (0.7, 0.8, 0.9)
_FINDING_MASSES = (0.5, 0.6, 0.7, 0.8)
_WINDOWS = (100, 300, 1000)

_WORTHWHILE = 0.9
"""A strategy that is not exact must take less than this share of the exact strategy's time."""

_EQUAL = 1.05
"""Times within this ratio count as equal, and the strategy that finds more is better."""

EXACT = (Strategy(), Strategy(dynamic=True))
"""The strategies that give the exact ranking."""


def candidates(*, dynamic: bool, images: int, terms: int) -> list[Strategy]:
    """List the strategies to try in addition to the exact ones.

    Args:
        dynamic: Whether they prune dynamically; set if the faster exact strategy does.
        images: The number of images in the index; windows of this size would rank them all, and are left out.
        terms: The number of terms of the longest query; strategies that keep as many or more are not tried.
    """
    windows = [window for window in _WINDOWS if window < images] or _WINDOWS[:1]
    return [
        *(Strategy(dynamic, top=top) for top in _TOPS if top < terms),
        *(Strategy(dynamic, mass=mass) for mass in _MASSES),
        *(Strategy(dynamic, mass=mass, window=window) for mass in _FINDING_MASSES for window in windows),
    ]


def faster(measured: Sequence[Measured]) -> Measured:
    """The strategy with the lowest median time."""
    return min(measured, key=lambda one: one.p50_ms)


def recommended(measured: Sequence[Measured], *, least_overlap: float = LEAST_OVERLAP) -> Measured:
    """Choose the fastest strategy that finds enough; an exact one, unless another is faster by more than noise.

    Args:
        measured: The measured strategies; at least one is exact.
        least_overlap: The share of the exact top 10 that must be found, in [0, 1].
    """
    exact = faster([one for one in measured if one.strategy.exact])
    enough = [one for one in measured if one.overlap >= least_overlap and one.p50_ms < _WORTHWHILE * exact.p50_ms]
    if not enough:
        return exact
    as_fast = _EQUAL * faster(enough).p50_ms
    return max((one for one in enough if one.p50_ms <= as_fast), key=lambda one: (one.overlap, -one.p50_ms))
