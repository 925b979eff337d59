"""The page that ``mlsr-es analyze`` writes: one file, without anything from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
    rows: dict[str, list[str]] = {
        "model": [one.model for one in analyses],
        "images": [f"{one.documents.rows:,}" for one in analyses],
        "of these without terms": [f"{one.documents.empty:,}" for one in analyses],
        **_of_usage("image", [one.documents for one in analyses]),
        "sections": [f"{one.queries.rows:,}" if one.queries else "" for one in analyses],
        **_of_usage("section", [one.queries for one in analyses]),
        "terms that a section shares with an image": [
            "" if one.co_activation is None else f"{one.co_activation:.2f}" for one in analyses
        ],
    }
    kinds = dict.fromkeys(kind for one in analyses for kind in one.kinds)
    rows |= {f"images with {kind}": [f"{one.kinds.get(kind, 0):,}" for one in analyses] for kind in kinds}
    yield from ((name, cells) for name, cells in rows.items() if any(cells))


def _of_usage(noun: str, usages: Sequence[Usage | None]) -> dict[str, list[str]]:
    told: dict[str, list[str]] = {}
    for usage in usages:
        cells = _cells(noun, usage) if usage else {}
        for name in _cells(noun, next(filter(None, usages), None)):
            told.setdefault(name, []).append(cells.get(name, ""))
    return told


def _cells(noun: str, usage: Usage | None) -> dict[str, str]:
    if usage is None:
        return {}
    article = "an" if noun == "image" else "a"
    return {
        f"terms of {article} {noun}, mean": f"{usage.terms:.1f}",
        f"terms of {article} {noun}, quantiles": ", ".join(f"{count:.0f}" for count in usage.terms_at),
        f"weights in {noun}s, quantiles": ", ".join(f"{weight:.2f}" for weight in usage.weights_at),
        f"vocabulary in use in {noun}s": f"{usage.used:.1%}",
        f"posting lists of {noun}s, quantiles": ", ".join(f"{length:.0f}" for length in usage.postings_at),
        f"entropy of the postings of {noun}s": f"{usage.entropy:.2f}",
        f"Gini coefficient of the postings of {noun}s": f"{usage.gini:.2f}",
        f"content words in the top ten of {noun}s": f"{usage.content:.0%}",
    }
