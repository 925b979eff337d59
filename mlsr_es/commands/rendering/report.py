"""The page that ``mlsr-es analyze`` writes: one file, without anything from elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from importlib.resources import files
from typing import TYPE_CHECKING

from mlsr_es.evaluation import QUANTILES
from mlsr_es.version import __version__

if TYPE_CHECKING:
    from mlsr_es.evaluation import Usage
    from mlsr_es.inspection.analysing import Analysis


def report(analyses: Sequence[Analysis]) -> str:
    """The page, as HTML.

    Args:
        analyses: One, or two to compare.
    """
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = files("mlsr_es.commands.rendering").joinpath("report.html").read_text(encoding="utf-8")
    return environment.from_string(template).render(
        analyses=analyses, figures=list(figures(analyses)), quantiles=quantiles(), version=__version__
    )


def quantiles() -> str:
    """Where the quantiles are taken, for people to read."""
    return ", ".join(f"{share:.0%}" for share in QUANTILES)


def figures(analyses: Sequence[Analysis]) -> Iterator[tuple[str, list[str]]]:
    """The rows of the table: what is told, and a cell an analysis; without rows that say nothing of any of them."""
    for name, cells in _rows(analyses):
        if any(cells):
            yield name, cells


def _rows(analyses: Sequence[Analysis]) -> Iterator[tuple[str, list[str]]]:
    yield "model", [one.model for one in analyses]
    yield "images", [f"{one.documents.rows:,}" for one in analyses]
    yield "of these without terms", [f"{one.documents.empty:,}" for one in analyses]
    yield from _of_usage("an image", "images", [one.documents for one in analyses])
    yield "sections", [f"{one.queries.rows:,}" if one.queries else "" for one in analyses]
    yield from _of_usage("a section", "sections", [one.queries for one in analyses])
    shared = (one.co_activation for one in analyses)
    yield "terms that a section shares with an image", ["" if one is None else f"{one:.2f}" for one in shared]
    found = (one.found for one in analyses)
    yield "images that their own caption finds in the best ten", ["" if one is None else f"{one:.0%}" for one in found]
    for kind in dict.fromkeys(kind for one in analyses for kind in one.kinds):
        yield f"images with {kind}", [f"{one.kinds.get(kind, 0):,}" for one in analyses]
    for origin in dict.fromkeys(origin for one in analyses for origin in one.origins):
        shares = (one.origins.get(origin, 0.0) for one in analyses)
        yield f"weight from {origin}", [f"{share:.0%}" if share else "" for share in shares]


def _of_usage(one: str, all_of_them: str, usages: Sequence[Usage | None]) -> Iterator[tuple[str, list[str]]]:
    told: dict[str, Callable[[Usage], str]] = {
        f"terms of {one}, mean": lambda usage: f"{usage.terms:.1f}",
        f"terms of {one}, quantiles": lambda usage: _listed(usage.terms_at, 0),
        f"weights in {all_of_them}, quantiles": lambda usage: _listed(usage.weights_at, 2),
        f"vocabulary in use in {all_of_them}": lambda usage: f"{usage.used:.1%}",
        f"posting lists of {all_of_them}, quantiles": lambda usage: _listed(usage.postings_at, 0),
        f"entropy of the postings of {all_of_them}": lambda usage: f"{usage.entropy:.2f}",
        f"Gini coefficient of the postings of {all_of_them}": lambda usage: f"{usage.gini:.2f}",
        f"content words in the top ten of {all_of_them}": lambda usage: f"{usage.content:.0%}",
    }
    for name, tell in told.items():
        yield name, [tell(usage) if usage else "" for usage in usages]


def _listed(values: Sequence[float], digits: int) -> str:
    return ", ".join(f"{value:.{digits}f}" for value in values)
