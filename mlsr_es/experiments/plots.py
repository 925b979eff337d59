"""A study's plots: SVG files, identical byte for byte for the same results."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mlsr_es.experiments.comparing import StudyAnswer
from mlsr_es.experiments.gathering import StudyResults, StudySystem
from mlsr_es.experiments.measures import CO_ACTIVATION, CONTENT_WORDS, QUALITY
from mlsr_es.experiments.study import BASELINES
from mlsr_es.experiments.tables import main_systems
from mlsr_es.extras import extra

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MAIN = QUALITY[0]
_BASELINE, _CELL, _FOLD = "#9a9a9a", "#2a6f97", "#012a4a"
_DPI, _WIDE, _ROW = 100, 7.2, 0.36


def draw(gathered: StudyResults, answers: Sequence[StudyAnswer], folder: Path) -> list[Path]:
    """Draw the plots of a study.

    Args:
        gathered: The systems.
        answers: The answers with their comparisons.
        folder: The folder for the files.

    Returns:
        The files ``quality.svg``, ``differences.svg`` and ``vectors.svg``, without those that would be empty.
    """
    files = []
    systems = main_systems(gathered)
    with _figure(folder / "quality.svg", rows=len(systems)) as (axes,):
        _bars(axes, systems, _MAIN, f"{_MAIN}: mean over the topics, and each fold's")
        files.append(folder / "quality.svg")
    tests = [test for answer in answers for test in answer.comparisons if test.measure == _MAIN]
    if tests:
        with _figure(folder / "differences.svg", rows=len(tests)) as (axes,):
            places = np.arange(len(tests))[::-1]
            means = np.array([test.difference.mean for test in tests])
            ends = np.array([[test.difference.low, test.difference.high] for test in tests]).T
            axes.errorbar(means, places, xerr=np.abs(ends - means), fmt="o", color=_CELL, capsize=3)
            axes.axvline(0, color=_BASELINE, linewidth=1)
            axes.set_yticks(places, [f"{test.first} - {test.second}" for test in tests])
            axes.set_xlabel(f"difference in {_MAIN}, 95 % interval")
            files.append(folder / "differences.svg")
    cells = [system for system in systems if system.name in gathered.study.cells]
    if cells:
        with _figure(folder / "vectors.svg", rows=len(cells), panels=2) as panels:
            _bars(panels[0], cells, CO_ACTIVATION, "terms shared with an image (co-activation)")
            _bars(panels[1], cells, CONTENT_WORDS, "content words among the ten heaviest")
            panels[1].set_yticklabels([])
            files.append(folder / "vectors.svg")
    return files


def _bars(axes: Axes, systems: Sequence[StudySystem], measure: str, title: str) -> None:
    places = np.arange(len(systems))[::-1]
    colours = [_BASELINE if system.name in BASELINES else _CELL for system in systems]
    axes.barh(places, [system.mean(measure) for system in systems], color=colours, height=0.62)
    for place, system in zip(places, systems, strict=True):
        means = system.fold_means(measure)
        axes.plot(means, np.full(means.size, place), "|", color=_FOLD, markersize=8)
    axes.set_yticks(places, [system.name for system in systems])
    axes.set_xlabel(title)
    axes.set_xlim(left=0)


@contextmanager
def _figure(file: Path, *, rows: int, panels: int = 1) -> Iterator[list[Axes]]:
    """A context that writes its figure at the end; matplotlib's global state is not changed."""
    with extra("research"):
        from matplotlib import rc_context
        from matplotlib.backends.backend_svg import FigureCanvasSVG
        from matplotlib.figure import Figure

    settings: Any = {
        "svg.hashsalt": "mlsr-es",
        "svg.fonttype": "path",
        "axes.spines.top": False,
        "axes.spines.right": False,
    }
    with rc_context(settings):
        figure = Figure(figsize=(_WIDE, 1.0 + rows * _ROW), dpi=_DPI, layout="constrained")
        FigureCanvasSVG(figure)
        axes = figure.subplots(1, panels, squeeze=False)
        yield list(axes[0])
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
