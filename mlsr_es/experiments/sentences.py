"""Sentences about the tests; every figure in them is computed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mlsr_es.experiments.comparing import CellComparison, StudyAnswer, Verdict
from mlsr_es.experiments.study import Question, Study

_SMALLEST_P = 0.001
_MOST_LISTED = 4
_FACTORS = {
    "query_head": "query head",
    "document_head": "document head",
    "document_input": "document input",
    "captions": "captions",
    "collection": "the collection that they are trained on",
}


def headline(answer: StudyAnswer) -> str:
    """A sentence that says whether the paper's finding holds here; where it makes no claim, what was found."""
    if not answer.question.claim:
        return _found(answer)
    told = [test for test in answer.comparisons if test.is_as_expected is not None]
    count = f"{sum(bool(test.is_as_expected) for test in told)} of {len(told)} comparisons"
    match answer.verdict:
        case Verdict.OPEN:
            return f"Whether it holds here is open: {answer.open} of its comparisons wait for units that are not done."
        case Verdict.HOLDS:
            return f"It holds here, in {count}."
        case Verdict.PARTLY:
            return f"It holds here in part: in {count}."
        case Verdict.FAILS:
            return f"It does not hold here: in {count}."


def claimed(study: Study, question: Question) -> str:
    """What the paper says of a question."""
    if question.claim:
        return f"The paper ({study.paper}): {question.claim}."
    return f"The paper ({study.paper}) leaves this open."


def _found(answer: StudyAnswer) -> str:
    """The comparisons by their outcome, each with its difference."""
    waiting = f"{answer.open} of its comparisons wait for units that are not done." if answer.open else ""
    if not answer.comparisons:
        return f"This is open: {waiting}"
    outcomes: dict[str, list[CellComparison]] = {"above": [], "below": [], "no significant difference": []}
    for test in answer.comparisons:
        outcome = "above" if test.is_above else "below" if test.is_below else "no significant difference"
        outcomes[outcome].append(test)
    said = "; ".join(f"{outcome}: {_listed(tests)}" for outcome, tests in outcomes.items() if tests)
    return f"{said[0].upper()}{said[1:]}. {waiting}".rstrip()


def _listed(tests: Sequence[CellComparison]) -> str:
    """Each comparison with its difference; where there are many, how many, and from what to what."""
    if len(tests) <= _MOST_LISTED:
        return ", ".join(f"{test.first} beside {test.second} ({test.difference.mean:+.3f})" for test in tests)
    means = sorted((test.difference.mean for test in tests), key=abs)
    return f"{len(tests)} comparisons ({means[0]:+.3f} to {means[-1]:+.3f})"


def sentence(test: CellComparison) -> str:
    """A sentence about a test: both figures, the difference, its significance, and whether the paper predicts it."""
    found, (first, second) = test.difference, test.means
    begin = f"{test.measure}: {test.first} {first:.3f}, {test.second} {second:.3f}"
    figures = (
        f"{found.mean:+.3f}, 95 % interval {found.low:+.3f} to {found.high:+.3f}, d {found.effect:+.2f}, "
        f"p {p_value(found.corrected_p)}; higher in {test.folds_above} of {test.folds} folds"
    )
    said = {True: ", as the paper says", False: ", other than the paper says", None: ""}[test.is_as_expected]
    return f"{begin} ({figures}). {_outcome(test)}{said}."


def differing(study: Study, first: str, second: str) -> str:
    """The differences of two cells: factors of the grid, and settings that go with them."""
    factors = [_FACTORS[factor] for factor in study.differing(first, second)]
    settings = [
        f"`{key}` ({_value(one)}, {_value(other)})" for key, (one, other) in study.settings(first, second).items()
    ]
    if not factors:
        return f"which differ in {', '.join(settings)} alone"
    said = f"which differ in {' and '.join(factors)}"
    return f"{said}, and so in {', '.join(settings)}" if settings else f"{said} alone"


def adjustments(study: Study) -> str:
    """The adjustments to the common recipe, with their reasons, one line each."""
    lines = []
    for each in study.adjustments:
        kinds = "; ".join(
            f"{_FACTORS[factor]} {values if isinstance(values, str) else ' or '.join(values)}"
            for factor, values in each.where.items()
        )
        cells = ", ".join(name for name, cell in study.cells.items() if each.holds(cell)) or "no cell"
        lines.append(f"- {kinds} ({cells}): {each.because}.")
    return "\n".join(lines)


def p_value(p: float) -> str:
    """A p value with its relation: "= .012", "< .001"."""
    return f"< {_SMALLEST_P:.3f}" if p < _SMALLEST_P else f"= {p:.3f}"


def _value(value: Any) -> str:
    return "none" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _outcome(test: CellComparison) -> str:
    if test.is_far_below:
        return "Significantly below, and less than half"
    if test.is_below:
        return "Significantly below"
    return "Significantly above" if test.is_above else "No significant difference"
