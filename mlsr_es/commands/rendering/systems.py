"""Systems beside each other, as people read them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from mlsr_es.commands.rendering.console import data, table

if TYPE_CHECKING:
    from mlsr_es.evaluation import System


def print_systems(systems: Iterable[System]) -> None:
    """A row a system: its figures, how many terms its queries and documents have, and what it is."""
    from mlsr_es.evaluation import MEASURES

    shown = table("system", *MEASURES, "terms", "what it is", numbers=range(1, len(MEASURES) + 1))
    for one in systems:
        means = (f"{one.figures.mean(measure):.3f}" for measure in MEASURES)
        terms = f"{one.run.terms[0]:.0f} x {one.run.terms[1]:.0f}" if one.run.terms else ""
        shown.add_row(one.run.name, *means, terms, one.what)
    data.print(shown)
