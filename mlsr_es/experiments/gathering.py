"""Gather the results of a study: each system's value of every topic, over all folds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mlsr_es.errors import InputError
from mlsr_es.experiments.results import Measured, Results
from mlsr_es.experiments.study import Study, Unit


@dataclass(frozen=True)
class StudySystem:
    """A cell, a baseline or a variant over the finished folds.

    Args:
        name: The name of the cell, baseline or variant.
        results: Fold to figures, in ascending order.
    """

    name: str
    results: Mapping[int, Measured]

    @property
    def collection(self) -> str:
        """The collection that it searches."""
        return next(iter(self.results.values())).collection

    @property
    def topics(self) -> int:
        """The number of topics."""
        return sum(len(result.topics) for result in self.results.values())

    @cached_property
    def measures(self) -> tuple[str, ...]:
        """The measures that each topic has."""
        return tuple(next(iter(self.results.values())).values)

    def values(self, measure: str, folds: Sequence[int] | None = None) -> NDArray[np.float64]:
        """One value a topic, fold by fold, float64, shape (topics,).

        Args:
            measure: One of ``measures``.
            folds: The folds; all by default.
        """
        chosen = self.results if folds is None else folds
        return np.concatenate([np.array(self.results[fold].values[measure], dtype=np.float64) for fold in chosen])

    def mean(self, measure: str) -> float:
        """The mean over all topics."""
        return float(self.values(measure).mean())

    def fold_means(self, measure: str) -> NDArray[np.float64]:
        """The mean of each fold, float64, shape (folds,)."""
        return np.array([result.mean(measure) for result in self.results.values()])

    def deviation(self, measure: str) -> float:
        """The sample standard deviation of the folds' means; 0 for a single fold."""
        means = self.fold_means(measure)
        return float(means.std(ddof=1)) if means.size > 1 else 0.0

    def of_documents(self, figure: str) -> float | None:
        """The mean over the folds of a figure of the documents' vectors; None for a baseline."""
        found = [result.documents[figure] for result in self.results.values() if figure in result.documents]
        return sum(found) / len(found) if found else None


@dataclass(frozen=True)
class StudyResults:
    """The results of a study so far.

    Args:
        study: The study.
        systems: Name to system, in the study's order; systems without a finished unit are left out.
        stale: Units with results of another recipe; they do not count.
        missing: Units without a result.
        judged: Fold to the image of each judgement in the recipe's collection; without folds that no baseline has.
        types: Image to its type, for the images of the study's ``image_types``.
    """

    study: Study
    systems: Mapping[str, StudySystem]
    stale: tuple[Unit, ...]
    missing: tuple[Unit, ...]
    judged: Mapping[int, Sequence[str]]
    types: Mapping[str, str]

    @property
    def is_whole(self) -> bool:
        """Whether every unit has a result that counts."""
        return not self.stale and not self.missing


def gather(results: Results) -> StudyResults:
    """Read the results of a study.

    Raises:
        InputError: No unit is done, a file cannot be read, or two cells were measured on different topics of a fold.
    """
    study = results.study
    found = results.read()
    if not found.done:
        raise InputError(
            f"{results.folder} holds no result of the study {study.name}.",
            advice=f"Run it first: mlsr-es experiment run {study.name}",
        )
    by_name: dict[str, dict[int, Measured]] = {}
    for unit, result in sorted(found.done.items()):
        for name, measured in result.systems.items():
            if not measured.values:
                continue  # its collection has no topics in this fold
            by_name.setdefault(name, {})[unit.fold] = measured
    systems = {name: StudySystem(name, by_name[name]) for name in study.systems if name in by_name}
    _same_topics(systems)
    judged = {unit.fold: result.judged for unit, result in found.done.items() if result.judged}
    return StudyResults(study, systems, tuple(found.stale), tuple(found.missing), judged, results.image_types())


def _same_topics(systems: Mapping[str, StudySystem]) -> None:
    first: dict[tuple[str, int], tuple[str, Measured]] = {}
    for system in systems.values():
        for fold, result in system.results.items():
            name, other = first.setdefault((result.collection, fold), (system.name, result))
            if (result.topics, result.images) != (other.topics, other.images):
                raise InputError(
                    f"fold {fold} of {name} and of {system.name} have other topics or images: the collection has "
                    "changed between them.",
                    advice="Remove the older results, and run the study again.",
                )
