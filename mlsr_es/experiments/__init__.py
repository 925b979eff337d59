"""Experiments: studies as data, run unit by unit (a cell on a fold), each unit's figures in a file of its own.

A unit that is done is not run again, so that hours of training can be interrupted; reports are made from the files.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlsr_es.experiments.catalogue import shipped_studies, study_named
    from mlsr_es.experiments.comparing import Answer, Comparison, Verdict
    from mlsr_es.experiments.reporting import Report, report, summarised
    from mlsr_es.experiments.results import Result, Results, State
    from mlsr_es.experiments.running import Estimate, Plan, Running, plan, run
    from mlsr_es.experiments.sentences import headline, sentence
    from mlsr_es.experiments.study import Study, Unit

__all__ = [
    "Answer",
    "Comparison",
    "Estimate",
    "Plan",
    "Report",
    "Result",
    "Results",
    "Running",
    "State",
    "Study",
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

_PLACES = {
    "Answer": "comparing",
    "Comparison": "comparing",
    "Estimate": "running",
    "Plan": "running",
    "Report": "reporting",
    "Result": "results",
    "Results": "results",
    "Running": "running",
    "State": "results",
    "Study": "study",
    "Unit": "study",
    "Verdict": "comparing",
    "headline": "sentences",
    "plan": "running",
    "report": "reporting",
    "run": "running",
    "sentence": "sentences",
    "shipped_studies": "catalogue",
    "study_named": "catalogue",
    "summarised": "reporting",
}


def __getattr__(name: str) -> Any:
    """Pydantic and what training needs are imported when a name that needs them is first asked for."""
    from importlib import import_module

    if name not in _PLACES:
        raise AttributeError(name)
    return getattr(import_module(f"mlsr_es.experiments.{_PLACES[name]}"), name)
