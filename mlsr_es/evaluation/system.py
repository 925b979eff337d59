"""A system: a row of a table in which several answer the same topics."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from mlsr_es.collection import Judgement
from mlsr_es.evaluation.measures import Figures, figures
from mlsr_es.evaluation.run import Run


@dataclass(frozen=True, eq=False)
class System:
    """A system.

    Args:
        what: What it is, in words.
        run: Its answers; the run's name is the system's.
        figures: What they are worth.
    """

    what: str
    run: Run
    figures: Figures

    @classmethod
    def measured(cls, what: str, run: Run, judgements: Iterable[Judgement]) -> Self:
        """By the usual measures."""
        return cls(what, run, figures(run, judgements))
