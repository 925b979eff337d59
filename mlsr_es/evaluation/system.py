"""A system: one row of a table that compares systems on the same topics."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from mlsr_es.collection import Judgement
from mlsr_es.evaluation.measures import Figures, figures
from mlsr_es.evaluation.run import Run


@dataclass(frozen=True, eq=False)
class System:
    """A system with its run and its figures.

    Args:
        what: A description in words.
        run: Its rankings; the run's name is the system's name.
        figures: The run's figures.
    """

    what: str
    run: Run
    figures: Figures

    @classmethod
    def measured(cls, what: str, run: Run, judgements: Iterable[Judgement]) -> Self:
        """A system with the figures of the usual measures."""
        return cls(what, run, figures(run, judgements))
