"""A unit that fails, of whatever it is, fails alone."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from mlsr_es.errors import MlsrError, RecordError
from mlsr_es.experiments import Result, Results, Running, Study, Unit, plan, run

BASELINES = ["bm25s", "titles"]


class Failing(Results):
    """Results that cannot be kept where the unit is the first baseline."""

    def write(self, result: Result) -> None:
        """Fail, or write."""
        if result.cell == BASELINES[0]:
            self.fail()
        super().write(result)

    def fail(self) -> None:
        """With an error that nobody expects."""
        raise RuntimeError("CUDA out of memory")


class Rejecting(Failing):
    """With an error of a kind of its own parts."""

    def fail(self) -> None:
        """One bad record."""
        raise RecordError("owl", "decode", "no image")


class Deadly(Failing):
    """With the end of the process."""

    def fail(self) -> None:
        """As where memory runs out."""
        os._exit(9)


@pytest.fixture
def outcomes(study_file: Callable[..., Path], tmp_path: Path) -> Callable[[type[Results], int], dict[str, Running]]:
    """Runs two baselines on a fold, so many at a time; what became of each."""

    def of(kind: type[Results], jobs: int) -> dict[str, Running]:
        study = Study.read(study_file())
        planned = replace(plan(study, tmp_path, cells=BASELINES, folds=[0]), results=kind(study, tmp_path))
        return {one.unit.cell: one for one in run(planned, jobs=jobs, device="cpu")}

    return of


@pytest.mark.parametrize(
    ("kind", "said", "jobs"),
    [
        (Failing, "RuntimeError: CUDA out of memory (test_running.py, line", 2),
        (Rejecting, "decode: owl: no image", 1),
    ],
)
def test_whatever_a_unit_raises_the_others_go_on(
    kind: type[Results], said: str, jobs: int, outcomes: Callable[[type[Results], int], dict[str, Running]]
) -> None:
    """In this process and in others; why it failed is told."""
    found = outcomes(kind, jobs)
    assert isinstance(found["bm25s"].error, MlsrError)
    assert said in str(found["bm25s"].error)
    assert (found["titles"].error, found["titles"].unit) == (None, Unit("titles", 0))


def test_a_process_that_dies_fails_its_unit_alone(
    outcomes: Callable[[type[Results], int], dict[str, Running]], tmp_path: Path
) -> None:
    """The other's result is on disk."""
    found = outcomes(Deadly, 2)
    assert "its process died" in str(found["bm25s"].error)
    assert found["titles"].error is None
    assert [file.name for file in tmp_path.rglob("*.json")] == ["fold0.json"]
