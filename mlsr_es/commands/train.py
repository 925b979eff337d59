"""``mlsr-es train``: a model from a configuration, or from a collection alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import typer

from mlsr_es.commands.options.connection import ConnectionLater, with_connection_later
from mlsr_es.commands.options.miners import check_mining, miner
from mlsr_es.commands.options.pages import ROOT
from mlsr_es.commands.options.reading import with_reading
from mlsr_es.commands.rendering.console import note, print_json, progress
from mlsr_es.commands.rendering.systems import print_systems
from mlsr_es.errors import InputError
from mlsr_es.splits import FOLDS

if TYPE_CHECKING:
    from mlsr_es.evaluation import System
    from mlsr_es.sources import Source
    from mlsr_es.training import Trained, TrainingConfig

_KEYS = {"hybrid": "together"}
"""System name in the table to its key in ``--json``, where the two differ."""


@with_connection_later
@with_reading
def train(
    config: Path | None = typer.Argument(None, metavar="[CONFIG.toml]", help="The configuration; see configs/."),
    *,
    output: Path = typer.Option(..., "-o", "--output", metavar="DIR", help="The model's folder; made if not there."),
    from_collection: str = typer.Option(
        "",
        "--from-collection",
        metavar="SOURCE",
        help="In place of a configuration: train the shipped model further on the sections and images of a source.",
    ),
    root: Path | None = ROOT,
    mine_index: str = typer.Option(
        "",
        "--mine-index",
        metavar="NAME",
        help="Mine hard negatives from this index of the collection: by BM25 on its captions or, where the "
        "configuration says negatives.miner = 'model', by the model that it was made with.",
    ),
    describe: str | None = typer.Option(
        None,
        "--describe",
        metavar="text,name",
        help="What machines add to the captions, as mlsr-es index takes it. Default: what the configuration says.",
    ),
    folds: str = typer.Option(
        "",
        "--folds",
        metavar="all",
        help="Train five more models, each without another fifth of the pages, and measure on all pages: one fifth may "
        "be lucky or unlucky. The model in DIR then sees all pages.",
    ),
    resume: bool = typer.Option(False, "--resume", help="Go on from the folder's last checkpoint."),
    device: str = typer.Option("auto", "--device", help="Where training runs: auto, cuda, mps or cpu."),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON object."),
    reading: Any,
    connection: ConnectionLater,
) -> None:
    """Train a model, and measure it on the held-out pages: alone, with BM25 added, and compared with BM25.

    The training data are a collection's own sections and images. The collection is split by page: training never sees
    one fold of the pages, and uses a few others to choose the best epoch. TensorBoard's files are in DIR/logs.
    """
    from mlsr_es.describe import choose_describers, described
    from mlsr_es.elastic.client import connect
    from mlsr_es.evaluation import ndcg
    from mlsr_es.sources import open_source
    from mlsr_es.training import Watch, held_out, pooled
    from mlsr_es.training import train as run

    if folds not in {"", "all"}:
        raise InputError(f"--folds {folds!r} is not known.", advice="Write --folds all, or leave it out.")
    plan = _plan(config, from_collection, describe)
    check_mining(plan, mine_index)
    cluster = connect(connection()) if mine_index else None
    with progress() as bars:
        describers = choose_describers(plan.collection.describe, device=device)
        languages = frozenset(plan.collection.languages) or None

        def opened(name: str) -> Source:
            found = open_source(name, root=root, languages=languages, reading=reading, progress=bars, say=note)
            return described(found, describers, bars)

        source, *also = map(opened, (plan.collection.source, *plan.collection.also))

        def trained_by(plan: TrainingConfig, folder: Path) -> Trained:
            return run(
                plan,
                source,
                folder,
                mine=miner(plan, mine_index, cluster, collection=source.name, device=device, progress=bars),
                metric=ndcg,
                also=also,
                device=device,
                resume=resume and folder == output,
                watch=Watch(bars, note),
            )

        parts = []
        for fold in range(FOLDS) if folds else ():
            note(f"Without fold {fold}:")
            with TemporaryDirectory() as folder:
                part = trained_by(plan.holding_out(fold), Path(folder) / "model")
            parts.append((held_out(part), part.data.test.judgements))
        plan = plan.holding_out(None) if folds else plan
        trained = trained_by(plan, output)
    systems = pooled(parts) if folds else held_out(trained)
    if as_json:
        print_json(to_json(plan, trained, systems) | ({"folds": FOLDS} if folds else {}))
    else:
        print_trained(trained, systems)
    note(f"The model is in {output}: mlsr-es index {plan.collection.source} --index NAME --model {output}")


def to_json(plan: TrainingConfig, trained: Trained, systems: Sequence[System]) -> dict[str, Any]:
    """One object: the training data, and the figures on the held-out pages."""
    from mlsr_es.evaluation import MEASURES

    found = trained.data
    return {
        "collection": plan.collection.source,
        "start": plan.start,
        "fold": plan.folds.test,
        "sections": {
            "training": len(found.sections),
            "validation": len(found.validation.sections),
            "test": len(found.test.sections),
        },
        "shared_images": found.shared_images,
        "revision": trained.model.revision,
        "seconds": trained.seconds,
        "validation": trained.best,
        "test": {
            _KEYS.get(one.run.name, one.run.name): {measure: one.figures.mean(measure) for measure in MEASURES}
            | ({"query_terms": one.run.terms[0], "document_terms": one.run.terms[1]} if one.run.terms else {})
            for one in systems
        },
    }


def print_trained(trained: Trained, systems: Sequence[System]) -> None:
    """Print a table with one row a system, measured on the held-out pages."""
    if systems:
        print_systems(systems)
        topics = len(systems[0].run.rankings)
        note(f"{topics:,} held-out topics among {len(trained.data.images):,} images.")
    else:
        note("No page was held out for a test: nothing is measured.")
    from mlsr_es.training import below_bm25

    if lost := below_bm25(systems):
        note(
            "BM25 alone is better on these pages: nDCG@10 {1:.3f}, the model {0:.3f}. A fold may be unlucky, which "
            "--folds all shows; else keep the model that you have.".format(*lost)
        )
    kept = "" if trained.best is None else f", nDCG@10 on validation pages {trained.best:.3f}"
    note(f"Trained in {trained.seconds:.0f} s, {trained.epochs:.0f} epochs{kept}.")


def _plan(config: Path | None, source: str, describe: str | None) -> TrainingConfig:
    from mlsr_es.training import TrainingConfig

    if bool(config) == bool(source):
        raise InputError("a configuration or a collection is trained on.", advice="Give one of them.")
    plan = TrainingConfig.read(config) if config else TrainingConfig.from_collection(source)
    return plan if describe is None else plan.describing(describe)
