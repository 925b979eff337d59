"""Whether a difference between two systems is significant: tests of values paired by section."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mlsr_es.evaluation.measures import Figures

CONFIDENCE = 0.95
RESAMPLES = 9_999
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Difference:
    """One system's figures minus another's, over the same sections.

    Args:
        mean: The mean difference.
        low: Lower end of the 95 % confidence interval of ``mean``, by bootstrap over sections (percentiles).
        high: Upper end of that interval.
        ratio: The first mean divided by the second; NaN if the second is 0.
        effect: Cohen's d of the pairs: mean over standard deviation of the differences; 0 if they are all equal.
        p: Two-sided p of a paired t-test; 1 if all differences are 0.
        corrected_p: ``p`` after Holm's correction over all comparisons made together.
    """

    mean: float
    low: float
    high: float
    ratio: float
    effect: float
    p: float
    corrected_p: float


def difference(
    first: NDArray[np.float64], second: NDArray[np.float64], *, resamples: int = RESAMPLES, seed: int = 0
) -> Difference:
    """Compare two systems' values of one measure.

    Args:
        first: One value a section, shape (sections,).
        second: The other system's values, for the same sections in the same order, shape (sections,).
        resamples: The number of resamples of the bootstrap.
        seed: The random seed of the bootstrap.

    Raises:
        ValueError: The shapes differ, or there are fewer than two sections.
    """
    from scipy import stats

    if first.shape != second.shape or first.size < 2:  # noqa: PLR2004 - a deviation needs two
        raise ValueError(f"paired values of two sections or more are needed, not {first.shape} and {second.shape}")
    gains = first - second
    deviation = float(gains.std(ddof=1))
    base = float(second.mean())
    ratio = float(first.mean()) / base if base else float("nan")
    if np.allclose(gains, gains[0], rtol=0, atol=1e-12):
        constant = float(gains[0])
        p = 0.0 if constant else 1.0
        return Difference(constant, constant, constant, ratio, 0.0, p, p)
    interval = stats.bootstrap(
        (gains,),
        np.mean,
        confidence_level=CONFIDENCE,
        n_resamples=resamples,
        batch=_BATCH,
        method="percentile",
        rng=np.random.default_rng(seed),
    ).confidence_interval
    p = float(stats.ttest_rel(first, second).pvalue)
    mean = float(gains.mean())
    return Difference(mean, float(interval.low), float(interval.high), ratio, mean / deviation, p, p)


def holm(p_values: Sequence[float]) -> list[float]:
    """Correct p values for several comparisons by Holm's step-down method.

    Args:
        p_values: Uncorrected values, in [0, 1].

    Returns:
        Corrected values in the same order, each at least as large, at most 1.
    """
    order = sorted(range(len(p_values)), key=lambda place: p_values[place])
    corrected, largest = [0.0] * len(p_values), 0.0
    for rank, place in enumerate(order):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[place]))
        corrected[place] = largest
    return corrected


def corrected(differences: Mapping[str, Difference]) -> dict[str, Difference]:
    """Apply Holm's correction to comparisons that are made together."""
    p_values = holm([one.p for one in differences.values()])
    return {name: replace(one, corrected_p=p) for (name, one), p in zip(differences.items(), p_values, strict=True)}


def compare(first: Figures, second: Figures) -> dict[str, Difference]:
    """Compare two systems over the same sections: measure to difference, corrected over the measures.

    Raises:
        ValueError: The systems were measured over different sections, or over fewer than two.
    """
    if first.section_ids != second.section_ids:
        raise ValueError("the two systems were measured over different sections")
    return corrected(
        {
            name: difference(values, second.values[name])
            for name, values in first.values.items()
            if name in second.values
        }
    )
