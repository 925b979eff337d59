"""What a study's comparisons come to: tests over the topics, and whether they are as the paper says."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from mlsr_es.evaluation import Difference, difference, holm
from mlsr_es.experiments.gathering import StudyResults
from mlsr_es.experiments.study import Expected, Question

SIGNIFICANT = 0.05
"""Of p after Holm's correction over all tests of the study."""

FAR = 0.5
"""A figure is far below another where it is less than this share of it."""

_FEWEST_TOPICS = 2
"""A deviation needs two."""


class Verdict(StrEnum):
    """Whether the paper's finding holds here."""

    HOLDS = "holds"
    PARTLY = "holds in part"
    FAILS = "does not hold"
    OPEN = "is open"
    """Units that would tell are not done."""


@dataclass(frozen=True)
class CellComparison:
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
class StudyAnswer:
    """What the tests say to a question.

    Args:
        question: The question.
        comparisons: Those that could be made, in the question's order.
        open: How many could not: units are missing.
    """

    question: Question
    comparisons: tuple[CellComparison, ...]
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


def answers(gathered: StudyResults) -> list[StudyAnswer]:
    """The answers to all questions of a study."""
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
    """Without correction; None where there is too little to compare."""
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
