"""``mlsr-es tune strategy``: find the best way to execute queries."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from mlsr_es.commands.options.connection import with_connection
from mlsr_es.commands.rendering.console import data, note, print_json, progress, table
from mlsr_es.elastic.client import ConnectionSettings

if TYPE_CHECKING:
    from mlsr_es.inspection.tuning import Tuning


@with_connection
def tune_strategy(
    *,
    name: str = typer.Option(..., "--index", metavar="NAME", help="The index."),
    topics: Path = typer.Option(
        ..., "--topics", metavar="FILE", help="Sections such as are searched for: topics.jsonl, or AToMiC's texts."
    ),
    overlap: float = typer.Option(
        0.99, "--overlap", metavar="SHARE", min=0, max=1, help="How much of the exact top 10 has to be found."
    ),
    hybrid: str = typer.Option(
        "",
        "--hybrid",
        metavar="FIELD:WEIGHT",
        help="Measure searches with so much of BM25: auto, or as in caption_all:0.3.",
    ),
    store: bool = typer.Option(
        False, "--store", help="Write the recommended one into the index: searches then use it."
    ),
    model: str = typer.Option("", "--model", metavar="M", help="Default: the one that the index was made with."),
    device: str = typer.Option("auto", "--device", help="Where encoding runs: auto, cuda, mps or cpu."),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON object."),
    connection: ConnectionSettings,
) -> None:
    """Measure how fast each strategy is on an index, and how much of the exact top 10 it finds; recommend one.

    A strategy is how a query is executed. exhaustive and dynamic (pruning) give the exact ranking. top:20 and mass:0.8
    ask only the heaviest terms. With two-phase:0.6/100, the heaviest terms, with 0.6 of the query's weight, find 100
    images, which all terms then rank. Up to 100 sections are searched for, three times each, one search at a time.
    """
    from mlsr_es.elastic.client import connect
    from mlsr_es.elastic.versions import leased, store_strategy
    from mlsr_es.inspection.tuning import tune_strategy as tuned
    from mlsr_es.sources import read_topics
    from mlsr_es.suggestion import hybrid_for, model_for, serving_version

    sections = read_topics(topics, note)
    client = connect(connection)
    version = serving_version(client, name)
    added = hybrid_for(version, hybrid)
    with progress() as bars:
        found = tuned(
            client,
            name,
            model=model_for(version.meta, model, device=device, say=note),
            sections=sections,
            hybrid=added,
            least_overlap=overlap,
            progress=bars,
        )
    if store:
        with leased(client, version.leased_as, "tune strategy --store", say=note):
            store_strategy(client, version.index, found.recommended.strategy)
    if as_json:
        print_json(to_json(found, stored=store))
    else:
        print_tuning(found)
        best = found.recommended.strategy
        note(
            f"{best} is stored in {version.index}: searches use it."
            if store
            else f"Use it with --strategy {best}, or store it with --store."
        )


def to_json(found: Tuning, *, stored: bool) -> dict[str, Any]:
    """One object: the strategies with their figures, and the recommended one."""
    from dataclasses import asdict

    return {
        "queries": found.queries,
        "terms": found.terms,
        "images": found.images,
        "strategies": [asdict(one) | {"strategy": str(one.strategy)} for one in found.measured],
        "recommended": str(found.recommended.strategy),
        "stored": stored,
    }


def print_tuning(found: Tuning) -> None:
    """Print a table with one row a strategy, the recommended one marked."""
    shown = table("strategy", "p50 ms", "p95 ms", "took ms", "overlap", "", numbers={1, 2, 3, 4}, whole={0})
    for one in found.measured:
        shown.add_row(
            str(one.strategy),
            f"{one.p50_ms:.1f}",
            f"{one.p95_ms:.1f}",
            f"{one.took_ms:.1f}",
            f"{one.overlap:.3f}",
            "recommended" if one is found.recommended else "",
        )
    data.print(shown)
    note(
        f"{found.queries} queries of {found.terms} terms (the median) on {found.images:,} images. p50 and p95 are what "
        "a search takes as seen from here, took is the cluster's own part; overlap is with the exact top 10."
    )
