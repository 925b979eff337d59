"""Compare a study's cells: tests over the topics, and whether their results agree with the paper."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from mlsr_es.evaluation import Difference, difference, holm
from mlsr_es.experiments.gathering import StudyResults
from mlsr_es.experiments.study import Expected, Question

SIGNIFICANT = 0.05
"""A difference is significant if its p is below this, after Holm's correction over all tests of the study."""

FAR = 0.5
"""A figure is far below another if it is less than this share of it."""

_FEWEST_TOPICS = 2
"""A standard deviation needs two values."""


class Verdict(StrEnum):
    """Whether the paper's finding holds here."""

    HOLDS = "holds"
    PARTLY = "holds in part"
    FAILS = "does not hold"
    OPEN = "is open"
    """Units that would decide it are not done."""


@dataclass(frozen=True)
class CellComparison:
    """A comparison of two cells by one measure, paired over the topics of the folds that both cells have.

    Args:
        first: The cell that the claim is about.
        second: The cell that it is compared with.
        measure: The measure that is compared.
        expected: What the paper's claim predicts.
        means: The means of both cells over these topics.
        difference: First minus second; Holm's correction is over all tests of the study.
        topics: The number of topics.
        folds: The number of folds.
        folds_above: The number of folds in which the first cell's mean is higher.
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
        """Whether the first cell is significantly above the second."""
        return self.difference.mean > 0 and self.difference.corrected_p < SIGNIFICANT

    @property
    def is_below(self) -> bool:
        """Whether the first cell is significantly below the second."""
        return self.difference.mean < 0 and self.difference.corrected_p < SIGNIFICANT

    @property
    def is_far_below(self) -> bool:
        """Whether the first cell is significantly below the second, and below half of it."""
        return self.is_below and self.means[0] < FAR * self.means[1]

    @property
    def is_as_expected(self) -> bool | None:
        """Whether the result is as the claim predicts; None if the claim predicts nothing."""
        return {
            "either way": None,
            "above": self.is_above,
            "below": self.is_below,
            "far below": self.is_far_below,
            "not above": not self.is_above,
        }[self.expected]


@dataclass(frozen=True)
class StudyAnswer:
    """The tests' answer to a question.

    Args:
        question: The question.
        comparisons: The comparisons that could be made, in the question's order.
        open: The number of comparisons that could not be made because units are missing.
    """

    question: Question
    comparisons: tuple[CellComparison, ...]
    open: int

    @property
    def verdict(self) -> Verdict:
        """The verdict of all tests for which the claim predicts something."""
        found = [test.is_as_expected for test in self.comparisons if test.is_as_expected is not None]
        if self.open or not found:
            return Verdict.OPEN
        if all(found):
            return Verdict.HOLDS
        return Verdict.PARTLY if any(found) else Verdict.FAILS


def answers(gathered: StudyResults) -> list[StudyAnswer]:
    """Answer all questions of a study."""
    questions = gathered.study.questions
    asked = [
        [_compared(gathered, question, pair, measure) for pair in question.pairs for measure in question.measures]
        for question in questions
    ]
    p_values = iter(holm([test.difference.p for tests in asked for test in tests if test]))
    return [
        StudyAnswer(question, tuple(_corrected(test, next(p_values)) for test in tests if test), tests.count(None))
        for question, tests in zip(questions, asked, strict=True)
    ]


def _compared(gathered: StudyResults, question: Question, pair: tuple[str, str], measure: str) -> CellComparison | None:
    """A comparison without Holm's correction; None if there is too little to compare."""
    first, second = (gathered.systems.get(name) for name in pair)
    if first is None or second is None:
        return None
    folds = [fold for fold in first.results if fold in second.results]
    topics = sum(len(first.results[fold].topics) for fold in folds)
    if topics < _FEWEST_TOPICS:
        return None
    values = first.values(measure, folds), second.values(measure, folds)
    return CellComparison(
        *pair,
        measure=measure,
        expected=question.measures[measure],
        means=(float(values[0].mean()), float(values[1].mean())),
        difference=difference(*values),
        topics=topics,
        folds=len(folds),
        folds_above=sum(first.results[fold].mean(measure) > second.results[fold].mean(measure) for fold in folds),
    )


def _corrected(test: CellComparison, p: float) -> CellComparison:
    return replace(test, difference=replace(test.difference, corrected_p=p))
