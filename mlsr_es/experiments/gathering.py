"""The units of a study put together: a system's value of each topic, whatever fold it was tested in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mlsr_es.errors import InputError
from mlsr_es.experiments.results import Result, Results
from mlsr_es.experiments.study import BASELINES, Study, Unit


@dataclass(frozen=True)
class StudySystem:
    """A cell or a baseline over the folds that are done.

    Args:
        name: The cell's.
        results: Fold to result, ascending.
    """

    name: str
    results: Mapping[int, Result]

    @property
    def topics(self) -> int:
        """How many there are."""
        return sum(len(result.topics) for result in self.results.values())

    @cached_property
    def measures(self) -> tuple[str, ...]:
        """What was measured of each topic."""
        return tuple(next(iter(self.results.values())).values)

    def values(self, measure: str, folds: Sequence[int] | None = None) -> NDArray[np.float64]:
        """A value a topic, fold by fold, float64.

        Args:
            measure: One of ``measures``.
            folds: Of these; of all by default.
        """
        chosen = self.results if folds is None else folds
        return np.concatenate([np.array(self.results[fold].values[measure], dtype=np.float64) for fold in chosen])

    def mean(self, measure: str) -> float:
        """Over all topics."""
        return float(self.values(measure).mean())

    def fold_means(self, measure: str) -> NDArray[np.float64]:
        """Of each fold, shape (folds,)."""
        return np.array([result.mean(measure) for result in self.results.values()])

    def deviation(self, measure: str) -> float:
        """Of the folds' means, the sample's; 0 for a single fold."""
        means = self.fold_means(measure)
        return float(means.std(ddof=1)) if means.size > 1 else 0.0

    def of_documents(self, figure: str) -> float | None:
        """A figure of the documents' vectors, mean over the folds; None for a baseline."""
        found = [result.documents[figure] for result in self.results.values() if figure in result.documents]
        return sum(found) / len(found) if found else None


@dataclass(frozen=True)
class StudyResults:
    """What there is of a study.

    Args:
        study: The study.
        systems: By name, in the study's order, baselines first; those of which nothing is done are not among them.
        stale: Units of another recipe; they do not count.
        missing: Units that are not done.
    """

    study: Study
    systems: Mapping[str, StudySystem]
    stale: tuple[Unit, ...]
    missing: tuple[Unit, ...]

    @property
    def is_whole(self) -> bool:
        """Whether every unit counts."""
        return not self.stale and not self.missing


def gather(results: Results) -> StudyResults:
    """Read the results of a study.

    Raises:
        InputError: Nothing is done, a file cannot be read, or two cells were measured on other topics of a fold.
    """
    study = results.study
    found = results.read()
    if not found.done:
        raise InputError(
            f"{results.folder} holds no result of the study {study.name}.",
            advice=f"Run it first: mlsr-es experiment run {study.name}",
        )
    by_cell: dict[str, dict[int, Result]] = {}
    for unit, result in sorted(found.done.items()):
        by_cell.setdefault(unit.cell, {})[unit.fold] = result
    systems = {name: StudySystem(name, by_cell[name]) for name in (*BASELINES, *study.cells) if name in by_cell}
    _same_topics(systems)
    return StudyResults(study, systems, tuple(found.stale), tuple(found.missing))


def _same_topics(systems: Mapping[str, StudySystem]) -> None:
    first: dict[int, Result] = {}
    for system in systems.values():
        for fold, result in system.results.items():
            other = first.setdefault(fold, result)
            if (result.topics, result.images) != (other.topics, other.images):
                raise InputError(
                    f"fold {fold} of {other.cell} and of {result.cell} have other topics or images: the collection has "
                    "changed between them.",
                    advice="Remove the older results, and run the study again.",
                )
