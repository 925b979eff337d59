"""``mlsr-es tune hybrid``: find the weight of BM25."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from mlsr_es.commands.options.connection import with_connection
from mlsr_es.commands.rendering.console import data, note, print_json, progress, table
from mlsr_es.elastic.client import ConnectionSettings
from mlsr_es.evaluation import Split
from mlsr_es.splits import FOLDS, TEST_FOLD

if TYPE_CHECKING:
    from mlsr_es.evaluation import Figures
    from mlsr_es.inspection.tuning import Weighing

_MEASURES = ("nDCG@10", "R@10")


@with_connection
def tune_hybrid(
    *,
    name: str = typer.Option(..., "--index", metavar="NAME", help="The index."),
    topics: Path = typer.Option(
        ..., "--topics", metavar="FILE", help="Sections such as are searched for: topics.jsonl, or AToMiC's texts."
    ),
    qrels: Path | None = typer.Option(
        None, "--qrels", metavar="FILE", help="Judgements, a TREC file. Without them both scores are balanced."
    ),
    split: Split = typer.Option(
        Split.ALL,
        "--split",
        help="Which pages' judgements are used: of all pages, or of those that a model was (not) trained on.",
    ),
    fold: int = typer.Option(TEST_FOLD, "--fold", min=0, max=FOLDS - 1, help="The fold of pages that --split means."),
    field: str = typer.Option(
        "",
        "--field",
        metavar="FIELD",
        show_default="caption_stems, or the first caption field of an enriched index",
        help="The text field that BM25 reads.",
    ),
    store: bool = typer.Option(False, "--store", help="Write it into the index: --hybrid auto then takes it."),
    model: str = typer.Option("", "--model", metavar="M", help="Default: the one that the index was made with."),
    device: str = typer.Option("auto", "--device", help="Where encoding runs: auto, cuda, mps or cpu."),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON object."),
    connection: ConnectionSettings,
) -> None:
    """Find the weight of BM25 in hybrid searches, and show the figures of other weights.

    An image's score is its dot product plus the weight times its BM25 score. The balanced weight makes the best scores
    of both equally high, and needs no judgements. Another weight is recommended only if judgements show that it is
    significantly better. Use judgements of pages that the model was not trained on. It knows the other pages too well,
    so the weight would be far too small; a warning says so if the model's training pages are known.
    """
    from mlsr_es.elastic.client import connect
    from mlsr_es.elastic.versions import leased, store_hybrid
    from mlsr_es.evaluation import read_qrels
    from mlsr_es.inspection.tuning import weigh_hybrid
    from mlsr_es.sources import read_topics
    from mlsr_es.suggestion import bm25_field, model_for, serving_version
    from mlsr_es.training import trained_on

    sections, judgements = read_topics(topics, note), read_qrels(qrels) if qrels else []
    client = connect(connection)
    version = serving_version(client, name)
    used = model or version.meta.model
    with progress() as bars:
        found = weigh_hybrid(
            client,
            name,
            model=model_for(version.meta, model, device=device, say=note),
            sections=sections,
            judgements=judgements,
            split=split,
            fold=fold,
            field=field or bm25_field(version),
            trained=trained_on(used),
            progress=bars,
        )
    if store:
        with leased(client, version.leased_as, "tune hybrid --store", say=note):
            store_hybrid(client, version.index, found.hybrid)
    if as_json:
        print_json(to_json(found, stored=store))
    else:
        print_weighing(found, stored=store)


def to_json(found: Weighing, *, stored: bool) -> dict[str, Any]:
    """One object: the recommended weight, the balanced weight, the curve, and BM25 alone."""
    curve = [{"weight": weight} | _means(one) for weight, one in found.curve.items()]
    return {
        "hybrid": found.hybrid.to_json(),
        "balance": found.balance,
        "best": found.best,
        "curve": curve,
        "bm25": _means(found.words) if found.words else None,
        "sections": found.sections,
        "stored": stored,
        "warning": found.warning or None,
    }


def print_weighing(found: Weighing, *, stored: bool) -> None:
    """Print a table with one row a weight and one for BM25 alone, and what to do."""
    if found.words:
        shown = table("weight", *_MEASURES, "", numbers={0, 1, 2})
        for weight, one in found.curve.items():
            told = {0.0: "no BM25", found.balance: "balanced"}.get(weight, "")
            best = ["best"] if weight == found.best else []
            shown.add_row(f"{weight:g}", *_cells(one), ", ".join([*([told] if told else []), *best]))
        shown.add_row("", *_cells(found.words), "BM25 alone")
        data.print(shown)
        if found.best not in (found.balance, found.hybrid.weight):
            note("The best weight is not better than the balanced one by more than chance.")
    else:
        data.print(f"{found.hybrid.field}:{found.hybrid.weight:g}")
    if found.warning:
        note(f"warning: {found.warning}")
    if found.by_words:
        note(
            "warning: BM25 alone is better on these pages, so the terms hardly count beside it. Teach a model this "
            "collection: mlsr-es train --from-collection SOURCE"
        )
    done = "It is stored: --hybrid auto takes it." if stored else "Store it with --store."
    note(f"--hybrid {found.hybrid.field}:{found.hybrid.weight:g} ({found.hybrid.found}). {done}")


def _means(one: Figures) -> dict[str, float]:
    return {measure: one.mean(measure) for measure in _MEASURES}


def _cells(one: Figures) -> list[str]:
    return [f"{mean:.3f}" for mean in _means(one).values()]
