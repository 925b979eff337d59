"""Run the unfinished units of a study, one by one or in parallel, and write each result at once."""

from __future__ import annotations

import multiprocessing
import os
import signal
import traceback
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

from mlsr_es.errors import InputError, MlsrError
from mlsr_es.experiments.results import Result, Results
from mlsr_es.experiments.study import BASELINES, Study, Unit


@dataclass(frozen=True)
class Plan:
    """The units that a run would do.

    Args:
        study: The study.
        results: The results of the study.
        done: Units that are finished.
        stale: Units that are run again, because their results are of another recipe.
        missing: Units without a result.
        seconds: Cell to the time of one of its units, in seconds, for cells whose time is known.
    """

    study: Study
    results: Results
    done: tuple[Unit, ...]
    stale: tuple[Unit, ...]
    missing: tuple[Unit, ...]
    seconds: dict[str, float]

    @property
    def to_do(self) -> list[Unit]:
        """The units to run, in the study's order."""
        wanted = {*self.stale, *self.missing}
        return [unit for unit in self.study.units() if unit in wanted]


@dataclass
class Estimate:
    """Estimates the remaining time from finished units.

    Args:
        seconds: Cell to the time of a unit, in seconds; for other cells, the times of these cells are used.
    """

    seconds: dict[str, float] = field(default_factory=dict)

    def of(self, units: Sequence[Unit], *, jobs: int) -> float | None:
        """Estimate the time of units, in seconds; None if no time is known.

        Args:
            units: The remaining units.
            jobs: The number of parallel units.
        """
        if not units:
            return 0.0
        cells = [seconds for cell, seconds in self.seconds.items() if cell not in BASELINES]
        if not cells:
            return None
        mean = sum(cells) / len(cells)
        return sum(self.seconds.get(unit.cell, mean) for unit in units) / min(jobs, len(units))


@dataclass(frozen=True)
class Running:
    """The state of a run after each unit.

    Args:
        unit: The unit that has just been run.
        result: The unit's result; None if it failed.
        error: Why the unit failed.
        place: The unit's number in this run, from 1.
        total: The number of units of this run.
        left: The estimated time of the remaining units, in seconds; None if no time is known.
    """

    unit: Unit
    result: Result | None
    error: MlsrError | None
    place: int
    total: int
    left: float | None


def plan(study: Study, folder: Path, *, cells: Collection[str] = (), folds: Collection[int] = ()) -> Plan:
    """Plan a run.

    Args:
        study: The study.
        folder: The folder of all studies' results.
        cells: The cells and baselines to run; empty for all.
        folds: The folds to run; empty for all.

    Raises:
        InputError: There is no such cell or fold, or a result cannot be read.
    """
    there_are = (*study.baselines, *study.cells)
    if unknown := [cell for cell in cells if cell not in there_are]:
        raise InputError(f"the study has no cell {unknown[0]!r}.", advice=f"Its cells: {', '.join(there_are)}.")
    if unknown_folds := [fold for fold in folds if fold not in study.folds]:
        listed = ", ".join(map(str, study.folds))
        raise InputError(f"the study has no fold {unknown_folds[0]}.", advice=f"Its folds: {listed}.")
    results = Results(study, folder)
    found = results.read()
    taken: dict[str, list[float]] = {}
    for unit, result in (found.done | found.stale).items():
        taken.setdefault(unit.cell, []).append(result.seconds)

    def wanted(units: Iterable[Unit]) -> tuple[Unit, ...]:
        return tuple(one for one in units if one.cell in (cells or there_are) and one.fold in (folds or study.folds))

    return Plan(
        study,
        results,
        done=wanted(found.done),
        stale=wanted(found.stale),
        missing=wanted(found.missing),
        seconds={cell: sum(seconds) / len(seconds) for cell, seconds in taken.items()},
    )


def run(plan: Plan, *, jobs: int = 1, device: str = "auto") -> Iterator[Running]:
    """Run a plan; each result is on disk before it is yielded.

    A unit that fails does not stop the others, whatever it fails of, the end of its process included.

    Args:
        plan: The plan, from ``plan``.
        jobs: The number of parallel units, each in a process of its own with one thread.
        device: "auto", "cuda", "mps" or "cpu".
    """
    waiting = plan.to_do
    total, estimate, taken = len(waiting), Estimate(dict(plan.seconds)), dict[str, list[float]]()
    for place, (unit, result, error) in enumerate(_done(plan, jobs, device), start=1):
        waiting.remove(unit)
        if result is not None:
            taken.setdefault(unit.cell, []).append(result.seconds)
            estimate.seconds[unit.cell] = sum(taken[unit.cell]) / len(taken[unit.cell])
        yield Running(unit, result, error, place, total, estimate.of(waiting, jobs=jobs))


_Outcome = tuple[Unit, Result | None, MlsrError | None]


def _done(plan: Plan, jobs: int, device: str) -> Iterator[_Outcome]:
    if jobs == 1:
        for unit in plan.to_do:
            yield _attempt(plan.study, plan.results, unit, device)
        return
    with ThreadPoolExecutor(jobs) as lanes:
        futures = [lanes.submit(_apart, plan.study, plan.results, unit, device) for unit in plan.to_do]
        try:
            for future in as_completed(futures):
                yield future.result()
        finally:
            lanes.shutdown(wait=True, cancel_futures=True)


def _apart(study: Study, results: Results, unit: Unit, device: str) -> _Outcome:
    """Do a unit in a process of its own: one that dies takes no other unit with it, as it would in a common pool."""
    context = multiprocessing.get_context("spawn")  # a fork of a process that has threads may hang
    try:
        with ProcessPoolExecutor(1, mp_context=context, initializer=_alone) as process:
            return process.submit(_attempt, study, results, unit, device).result()
    except BrokenExecutor:
        return unit, None, MlsrError("its process died.", advice="Where memory ran out, give a smaller --jobs.")
    except Exception as error:  # noqa: BLE001  (what could not be sent to the process, or back)
        return unit, None, _as_ours(error)


def _attempt(study: Study, results: Results, unit: Unit, device: str) -> _Outcome:
    from mlsr_es.experiments.unit import run_unit  # torch: after _alone

    try:
        result = run_unit(study, unit, device=device)
        results.write(result)
    except Exception as error:  # noqa: BLE001  (whatever it is, the other units go on)
        return unit, None, _as_ours(error)
    return unit, result, None


def _as_ours(error: Exception) -> MlsrError:
    """What a unit failed of, and, where that is a fault of the program, the line that raised it."""
    if isinstance(error, MlsrError):
        return error
    last = traceback.extract_tb(error.__traceback__)[-1]
    return MlsrError(
        f"{type(error).__name__}: {error} ({Path(last.filename).name}, line {last.lineno}).",
        advice="This is a fault of the program: please report it.",
    )


def _alone() -> None:
    """Set up a worker process: it uses one thread, and an interrupt ends it without a message."""
    os.environ["OMP_NUM_THREADS"] = "1"  # before torch is loaded
    signal.signal(signal.SIGINT, signal.SIG_DFL)
