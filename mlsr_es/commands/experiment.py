"""``mlsr-es experiment``: studies of many models, run unit by unit, and reported."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from mlsr_es.commands.rendering.console import data, note, print_json, progress, table
from mlsr_es.errors import MlsrError

if TYPE_CHECKING:
    from mlsr_es.experiments import Plan, Running, StudyReport, Unit

experiment_app = typer.Typer(
    help="Run the paper's studies: many models over five folds, compared with significance.",
    epilog="Example: mlsr-es experiment run first-three --dry-run",
    no_args_is_help=True,
)

_STUDY = typer.Argument(..., metavar="STUDY", help="A study by name, or a TOML file like those in configs/experiments.")
_OUTPUT = typer.Option(
    Path("experiments/results"), "-o", "--output", metavar="DIR", help="Results of all studies; a folder a study."
)
_JSON = typer.Option(False, "--json", help="Print one JSON object.")
_MINUTE, _HOUR = 60, 3600


@experiment_app.command("list", epilog="Example: mlsr-es experiment list")
def list_studies(*, output: Path = _OUTPUT, as_json: bool = _JSON) -> None:
    """List the studies that come with the package, and how much of each is done."""
    from mlsr_es.experiments import plan, shipped_studies

    plans = [plan(study, output) for study in shipped_studies()]
    if as_json:
        print_json({each.study.name: {"title": each.study.title, **_counts(each)} for each in plans})
        return
    shown = table("study", "what it asks", "cells", "folds", "done", numbers={2, 3}, whole={0})
    for each in plans:
        study = each.study
        done = f"{len(each.done)} of {len(study.units())}"
        shown.add_row(study.name, study.title, str(len(study.cells)), str(len(study.folds)), done)
    data.print(shown)


@experiment_app.command("run", epilog="Example: mlsr-es experiment run first-three --jobs 2")
def run_study(
    study: str = _STUDY,
    *,
    output: Path = _OUTPUT,
    jobs: int = typer.Option(
        1, "--jobs", metavar="N", min=1, help="Units at a time, each in a process and on a thread of its own."
    ),
    folds: list[int] = typer.Option([], "--fold", metavar="N", help="Only this fold; give it again for more."),
    cells: list[str] = typer.Option(
        [], "--cell", metavar="NAME", help="Only this cell or baseline; give it again for more."
    ),
    dry_run: bool = typer.Option(False, "--dry-run", help="Say what would be run, and about how long it would take."),
    device: str = typer.Option("auto", "--device", help="Where training runs: auto, cuda, mps or cpu."),
    as_json: bool = _JSON,
) -> None:
    """Train and measure those parts of a study that are not done yet.

    A unit is a cell on a fold. When it is done, its figures are written to a JSON file of their own, so a run can be
    stopped and started again. Units that were run with another recipe than the study's are run again.
    """
    from mlsr_es.experiments import Estimate, plan, run, study_named

    planned = plan(study_named(study), output, cells=cells, folds=folds)
    seconds = Estimate(planned.seconds).of(planned.to_do, jobs=jobs)
    _say_plan(planned, seconds)
    if dry_run:
        _print_plan(planned, seconds, as_json=as_json)
        return
    ran: list[Running] = []
    with progress() as bars:
        bars.start(planned.study.name, len(planned.to_do), "units")
        for one in run(planned, jobs=jobs, device=device):
            ran.append(one)
            bars.advance(planned.study.name)
            note(_line(one))
        bars.finish(planned.study.name)
    failed = [one for one in ran if one.error]
    if as_json:
        done = [_named(one.unit) for one in ran if one.result]
        print_json({"results": str(planned.results.folder), "done": done, "failed": [_named(f.unit) for f in failed]})
    if failed:
        raise MlsrError(
            f"{len(failed)} of {len(ran)} units failed; first {_said(failed[0].unit)}: {failed[0].error}",
            advice="The others are done. Run the same command again for those that failed.",
        )
    note(f"Results are in {planned.results.folder}.")


@experiment_app.command("report", epilog="Example: mlsr-es experiment report first-three")
def report_study(
    study: str = _STUDY,
    *,
    output: Path = _OUTPUT,
    findings: Path = typer.Option(
        Path("docs/findings.md"),
        "--findings",
        metavar="FILE",
        help="The document whose section on the study is renewed.",
    ),
    as_json: bool = _JSON,
) -> None:
    """Compare the cells of a study, and say whether the paper's findings hold here.

    Tables, plots and the document's section are made only from the units' results: nothing is trained, and nothing is
    written by hand.
    """
    from mlsr_es.experiments import report, study_named, summarised

    made = report(study_named(study), output, findings)
    if as_json:
        print_json(summarised(made.gathered, made.answers))
    else:
        _print_report(made)
    if not made.gathered.is_whole:
        missing, stale = len(made.gathered.missing), len(made.gathered.stale)
        note(f"The study is not whole: {missing} units are not done, {stale} are of another recipe and left out.")
    note("Written: " + ", ".join(map(str, [*made.files, *([made.document] if made.document else [])])))
    if not made.document:
        note(f"{findings} has no marks for the findings of {made.gathered.study.name}: left as it is.")


def _print_report(made: StudyReport) -> None:
    """Print a table with one row a system, and one line a comparison."""
    from mlsr_es.experiments import headline, sentence

    measures = list(dict.fromkeys(name for each in made.gathered.systems.values() for name in each.measures))
    shown = table("system", "topics", *measures, numbers=range(1, len(measures) + 2), whole={0})
    for name, each in made.gathered.systems.items():
        figures = (f"{each.mean(measure):.3f}" if measure in each.measures else "" for measure in measures)
        shown.add_row(name, str(each.topics), *figures)
    data.print(shown)
    for answer in made.answers:
        claim = f"The paper: {answer.question.claim}. " if answer.question.claim else ""
        typer.echo(f"{answer.question.title} {claim}{headline(answer)}")
        for one in answer.comparisons:
            typer.echo(f"  {one.first} beside {one.second}: {sentence(one)}")


def _say_plan(planned: Plan, seconds: float | None) -> None:
    for unit in planned.stale:
        note(f"stale: {_said(unit)} is of another recipe, and is done again.")
    left = "" if seconds is None else f", about {_time(seconds)}"
    counts = f"{len(planned.done)} units are done, {len(planned.to_do)} are to do"
    note(f"{planned.study.name}: {counts}{left}.")


def _print_plan(planned: Plan, seconds: float | None, *, as_json: bool) -> None:
    if as_json:
        units = [_named(unit) for unit in planned.to_do]
        print_json({"study": planned.study.name, **_counts(planned), "to_do": units, "seconds": seconds})
        return
    shown = table("cell", "fold", "state", "minutes", numbers={1, 3})
    for unit in planned.to_do:
        took = planned.seconds.get(unit.cell)
        minutes = "" if took is None else f"{took / _MINUTE:.1f}"
        shown.add_row(unit.cell, str(unit.fold), "stale" if unit in planned.stale else "to do", minutes)
    data.print(shown)
    if seconds is None:
        note("How long it takes is known when the first unit is done.")


def _line(one: Running) -> str:
    left = "" if one.left is None else f"; about {_time(one.left)} left"
    begin = f"[{one.place}/{one.total}] {_said(one.unit)}: "
    if one.result is None:
        return f"{begin}failed: {one.error}{left}"
    figure = f"nDCG@10 {one.result.mean('nDCG@10'):.3f}" if one.result.values else "no topics of its own"
    return f"{begin}{figure}, {_time(one.result.seconds)}{left}"


def _counts(planned: Plan) -> dict[str, Any]:
    return {"done": len(planned.done), "stale": len(planned.stale), "missing": len(planned.missing)}


def _named(unit: Unit) -> dict[str, Any]:
    return {"cell": unit.cell, "fold": unit.fold}


def _said(unit: Unit) -> str:
    return f"{unit.cell}, fold {unit.fold}"


def _time(seconds: float) -> str:
    if seconds < _MINUTE:
        return f"{seconds:.0f} s"
    return f"{seconds / _MINUTE:.0f} min" if seconds < _HOUR else f"{seconds / _HOUR:.1f} h"
