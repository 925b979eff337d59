"""Experiments: a study is a file, run unit by unit (a cell on a fold), with each unit's figures in a file of its own.

A finished unit is not run again, so that long runs can be interrupted. Reports are made from the files.
"""

from typing import TYPE_CHECKING

from mlsr_es import lazy

if TYPE_CHECKING:
    from mlsr_es.experiments.catalogue import shipped_studies, study_named
    from mlsr_es.experiments.comparing import CellComparison, StudyAnswer, Verdict
    from mlsr_es.experiments.reporting import StudyReport, report, summarised
    from mlsr_es.experiments.results import Result, Results
    from mlsr_es.experiments.running import Estimate, Plan, Running, plan, run
    from mlsr_es.experiments.sentences import headline, sentence
    from mlsr_es.experiments.study import Study, Unit

__all__ = [
    "CellComparison",
    "Estimate",
    "Plan",
    "Result",
    "Results",
    "Running",
    "Study",
    "StudyAnswer",
    "StudyReport",
    "Unit",
    "Verdict",
    "headline",
    "plan",
    "report",
    "run",
    "sentence",
    "shipped_studies",
    "study_named",
    "summarised",
]

__getattr__ = lazy.exports(
    __name__,
    catalogue=("shipped_studies", "study_named"),
    comparing=("StudyAnswer", "CellComparison", "Verdict"),
    reporting=("StudyReport", "report", "summarised"),
    results=("Result", "Results"),
    running=("Estimate", "Plan", "Running", "plan", "run"),
    sentences=("headline", "sentence"),
    study=("Study", "Unit"),
)
