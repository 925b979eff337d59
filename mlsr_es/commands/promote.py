"""``mlsr-es indices promote``: lets searches reach another version."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from mlsr_es.commands.options.connection import with_connection
from mlsr_es.commands.rendering.console import agreed, data, note, print_json, progress, table
from mlsr_es.elastic.client import ConnectionSettings
from mlsr_es.errors import InputError
from mlsr_es.evaluation import MEASURES, Split

if TYPE_CHECKING:
    from mlsr_es.elastic.client import Client
    from mlsr_es.indexing import Candidate
    from mlsr_es.inspection.evaluating import Comparison


@with_connection
def promote(
    named: str = typer.Argument(
        ...,
        metavar="NAME",
        help="A version, as gimp-manual-v0002, or the index: its newest version that is ready.",
    ),
    *,
    if_better: bool = typer.Option(
        False, "--if-better", help="Only if its model is not significantly worse than the one that is searched now."
    ),
    topics: Path | None = typer.Option(
        None, "--topics", metavar="FILE", help="Sections: topics.jsonl, or AToMiC's texts."
    ),
    qrels: Path | None = typer.Option(None, "--qrels", metavar="FILE", help="Judgements, a TREC file."),
    split: Split = typer.Option(
        Split.ALL, "--split", help="Which pages' topics are used: test, where a model was trained on the others."
    ),
    device: str = typer.Option("auto", "--device", help="Where encoding runs: auto, cuda, mps or cpu."),
    yes: bool = typer.Option(False, "--yes", help="Do not ask, also where images would be missing."),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON object."),
    connection: ConnectionSettings,
) -> None:
    """Let searches reach another version from now on, in one atomic step. The present version is kept.

    With --if-better both versions are first asked the topics. If the new version is significantly worse (nDCG@10,
    paired two-sided t-test, p below 0.05), nothing is changed and the exit code is 1.
    """
    from mlsr_es.elastic.client import connect
    from mlsr_es.elastic.versions import leased
    from mlsr_es.elastic.versions import promote as swap
    from mlsr_es.indexing import candidate

    asked = _asked(topics, qrels, if_better=if_better)
    client = connect(connection)
    chosen = candidate(client, named)
    for objection in chosen.objections:
        note(objection)
    if chosen.objections and not yes:
        agreed(f"Promote {chosen.version.index} all the same?")
    compared = _compared(client, chosen, asked, split=split, device=device) if asked else None
    promoted = compared is None or not compared.worse
    if promoted:
        with leased(client, chosen.name, "promote", say=note):
            swap(client, chosen.name, chosen.version.index, serving=chosen.serving.index if chosen.serving else None)
    if as_json:
        print_json(_to_json(chosen, compared, promoted=promoted))
    else:
        _print(chosen, compared, promoted=promoted)
    if not promoted:
        raise typer.Exit(1)


def _asked(topics: Path | None, qrels: Path | None, *, if_better: bool) -> tuple[Path, Path] | None:
    if topics and qrels and if_better:
        return topics, qrels
    if topics or qrels or if_better:
        raise InputError("--if-better, --topics and --qrels go together.", advice="Give all three, or none.")
    return None


def _compared(
    client: Client, chosen: Candidate, asked: tuple[Path, Path], *, split: Split, device: str
) -> Comparison | None:
    from mlsr_es.evaluation import read_qrels
    from mlsr_es.sources import read_topics

    if chosen.serving is None:
        return None
    sections, judgements = read_topics(asked[0], note), read_qrels(asked[1])
    from mlsr_es.inspection.evaluating import TopicPlan, compare_versions
    from mlsr_es.suggestion import model_for

    with progress() as bars:
        return compare_versions(
            client,
            (chosen.version, model_for(chosen.version.meta, device=device, say=note)),
            (chosen.serving, model_for(chosen.serving.meta, device=device, say=note)),
            plan=TopicPlan(sections, judgements, split=split),
            progress=bars,
        )


def _print(chosen: Candidate, found: Comparison | None, *, promoted: bool) -> None:
    version, before = chosen.version.index, chosen.serving.index if chosen.serving else ""
    if found:
        shown = table("measure", version, before, "difference", "95 % interval", "p", numbers={1, 2, 3, 5})
        for measure, one in found.differences.items():
            means = (f"{of.mean(measure):.3f}" for of in (found.candidate, found.serving))
            shown.add_row(measure, *means, f"{one.mean:+.3f}", f"{one.low:+.3f} to {one.high:+.3f}", f"{one.p:.2g}")
        data.print(shown)
        note(
            f"{len(found.topics.sections):,} topics; the first measure decides. With few, only large differences show."
        )
    if not promoted:
        note(f"Nothing was changed: {version} is significantly worse than {before}.")
        return
    note(f"{chosen.name} is {version} from now on.")
    if before:
        note(f"{before} is kept. Back to it: mlsr-es indices rollback {chosen.name}")


def _to_json(chosen: Candidate, found: Comparison | None, *, promoted: bool) -> dict[str, Any]:
    told: dict[str, Any] = {
        "index": chosen.name,
        "version": chosen.version.index,
        "before": chosen.serving.index if chosen.serving else None,
        "promoted": promoted,
    }
    if found:
        told["topics"] = len(found.topics.sections)
        told["means"] = {
            side: {measure: of.mean(measure) for measure in MEASURES}
            for side, of in (("candidate", found.candidate), ("serving", found.serving))
        }
        told["differences"] = {measure: asdict(one) for measure, one in found.differences.items()}
    return told
