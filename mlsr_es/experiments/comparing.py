"""What a study's comparisons come to: tests over the topics, and whether they are as the paper says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from mlsr_es.evaluation import Difference, corrected, difference
from mlsr_es.experiments.gathering import Gathered
from mlsr_es.experiments.study import Expected, Question

SIGNIFICANT = 0.05
"""Of p after Holm's correction over all tests of the study."""

FAR = 0.5
"""A figure is far below another where it is less than this share of it."""


class Verdict(StrEnum):
    """Whether the paper's finding holds here."""

    HOLDS = "holds"
    PARTLY = "holds in part"
    FAILS = "does not hold"
    OPEN = "is open"
    """Units that would tell are not done."""


@dataclass(frozen=True)
class Comparison:
    """A comparison of two cells by one measure, paired over the topics of the folds that both have.

    Args:
        first: The cell that something is said of.
        second: The one beside it.
        measure: What is compared.
        expected: What the paper's claim makes expect.
        means: Of both, over these topics.
        difference: First less second; Holm's correction is over all tests of the study.
        topics: How many.
        folds: How many.
        folds_above: In how many of them the first cell's mean is the higher one.
    """

    first: str
    second: str
    measure: str
    expected: Expected
    means: tuple[float, float]
    difference: Difference
    topics: int
    folds: int
    folds_above: int

    @property
    def is_above(self) -> bool:
        """Significantly."""
        return self.difference.mean > 0 and self.difference.corrected_p < SIGNIFICANT

    @property
    def is_below(self) -> bool:
        """Significantly."""
        return self.difference.mean < 0 and self.difference.corrected_p < SIGNIFICANT

    @property
    def is_far_below(self) -> bool:
        """Significantly, and less than half."""
        return self.is_below and self.means[0] < FAR * self.means[1]

    @property
    def is_as_expected(self) -> bool | None:
        """Whether it is as the claim says; None where the claim says nothing."""
        return {
            "either way": None,
            "above": self.is_above,
            "below": self.is_below,
            "far below": self.is_far_below,
            "not above": not self.is_above,
        }[self.expected]


@dataclass(frozen=True)
class Answer:
    """What the tests say to a question.

    Args:
        question: The question.
        comparisons: Those that could be made, in the question's order.
        open: How many could not: units are missing.
    """

    question: Question
    comparisons: tuple[Comparison, ...]
    open: int

    @property
    def verdict(self) -> Verdict:
        """Of all tests of which the claim says something."""
        found = [test.is_as_expected for test in self.comparisons if test.is_as_expected is not None]
        if self.open or not found:
            return Verdict.OPEN
        if all(found):
            return Verdict.HOLDS
        return Verdict.PARTLY if any(found) else Verdict.FAILS


def answers(gathered: Gathered) -> list[Answer]:
    """The answers to all questions of a study."""
    asked = [
        (question, pair, measure)
        for question in gathered.study.questions
        for pair in question.pairs
        for measure in question.measures
    ]
    made = {place: _paired(gathered, *pair, measure) for place, (_, pair, measure) in enumerate(asked)}
    differences = corrected({str(place): one for place, one in made.items() if one is not None})
    tests = {
        place: _test(gathered, *asked[place], differences[str(place)]) for place, one in made.items() if one is not None
    }
    found = []
    for question in gathered.study.questions:
        places = [place for place, (of, _, _) in enumerate(asked) if of is question]
        own = tuple(tests[place] for place in places if place in tests)
        found.append(Answer(question, own, len(places) - len(own)))
    return found


def _common(gathered: Gathered, first: str, second: str) -> list[int]:
    systems = gathered.systems
    if first not in systems or second not in systems:
        return []
    return [fold for fold in systems[first].results if fold in systems[second].results]


def _paired(gathered: Gathered, first: str, second: str, measure: str) -> Difference | None:
    folds = _common(gathered, first, second)
    if not folds:
        return None
    one, other = (gathered.systems[name].values(measure, folds) for name in (first, second))
    return difference(one, other) if one.size > 1 else None


def _test(gathered: Gathered, question: Question, pair: tuple[str, str], measure: str, found: Difference) -> Comparison:
    folds = _common(gathered, *pair)
    values = [gathered.systems[name].values(measure, folds) for name in pair]
    return Comparison(
        *pair,
        measure=measure,
        expected=question.measures[measure],
        means=(float(values[0].mean()), float(values[1].mean())),
        difference=found,
        topics=values[0].size,
        folds=len(folds),
        folds_above=_times_above(gathered, pair, measure, folds),
    )


def _times_above(gathered: Gathered, pair: tuple[str, str], measure: str, folds: Sequence[int]) -> int:
    means = [
        np.array([gathered.systems[name].results[fold].mean(measure) for fold in folds], dtype=np.float64)
        for name in pair
    ]
    return int((means[0] > means[1]).sum())
