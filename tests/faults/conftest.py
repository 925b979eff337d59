"""The figures of a run of these tests are printed at its end."""

from __future__ import annotations

import os
from typing import Any

import pytest

from tests.faults.figures import Figures
from tests.faults.work import FORKING

SLOW = bool(os.environ.get("MLSR_ES_SLOW"))
_FIGURES = Figures()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say what was counted; in several processes each counts for itself, and says nothing."""
    if _FIGURES.runs:
        terminalreporter.write_sep("=", "loads through faults")
        terminalreporter.write_line(str(_FIGURES))


@pytest.fixture(scope="session")
def figures() -> Figures:
    """The figures of all tests together."""
    return _FIGURES


@pytest.fixture(scope="session", autouse=True)
def _forking() -> None:
    """The process that runs are forked from imports torch before anything is timed."""
    first = FORKING.Process()
    first.start()
    first.join()
