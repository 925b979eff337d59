"""``mlsr-es export-query-table``: a model's query encoder as a table, for searches without torch."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from mlsr_es.commands.options.connection import ConnectionLater, with_connection_later
from mlsr_es.commands.rendering.console import data, note, print_json, progress, table
from mlsr_es.errors import InputError
from mlsr_es.evaluation import MEASURES

if TYPE_CHECKING:
    from mlsr_es.collection import Section
    from mlsr_es.inspection.evaluating import TableLoss
    from mlsr_es.progress import Progress

_SHOWN = "nDCG@10"


@with_connection_later
def export_query_table(
    *,
    sections: str = typer.Option(
        ...,
        "--sections",
        metavar="S",
        help="Sections in which words are weighed: topics.jsonl, AToMiC's texts, or a source (a known collection, a "
        "folder of pages). The more the better.",
    ),
    output: Path = typer.Option(..., "--output", "-o", metavar="FILE", help="The table, a JSON file."),
    model: str = typer.Option("demo", "--model", metavar="M", help="'demo', a model's folder, or a hub's owner/name."),
    qrels: Path | None = typer.Option(
        None, "--qrels", metavar="FILE", help="Judgements of the sections: measures what the table loses."
    ),
    vectors: Path | None = typer.Option(
        None, "--vectors", metavar="DIR", help="With --qrels: the images, as mlsr-es encode wrote them."
    ),
    name: str = typer.Option("", "--index", metavar="NAME", help="With --qrels, in place of --vectors: an index."),
    device: str = typer.Option("auto", "--device", help="Where encoding runs: auto, cuda, mps or cpu."),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON object: the table, and what it loses."),
    connection: ConnectionLater,
) -> None:
    """Distil an MLP query head into a table: a weight for each word piece in each field of a section.

    The loss against the model is measured on the pages that training holds out, with a table made from the other pages.
    The table that is written is made from all pages. A model with an MLM query head has no such table.
    """
    from mlsr_es.elastic.client import connect
    from mlsr_es.encoders import load_model, lone_weights
    from mlsr_es.evaluation import read_qrels
    from mlsr_es.inspection.evaluating import contents_of_index, contents_of_vectors, table_loss
    from mlsr_es.suggestion import check_distillable, distil, write_table

    if bool(qrels) != bool(vectors or name) or (vectors and name):
        raise InputError(
            "judgements and the images that they are of go together.",
            advice="Give --qrels with --vectors or with --index, or none of them.",
        )
    judgements = read_qrels(qrels) if qrels else []
    with progress() as bars:
        read = _sections(sections, bars)
        encoder = load_model(model, device=device)
        check_distillable(encoder, model)
        contents, loss = None, None
        if vectors:
            contents = contents_of_vectors(vectors, encoder)
        elif name:
            contents = contents_of_index(connect(connection()), name, encoder, bars)
        lone = lone_weights(encoder, bars)
        if contents:
            loss = table_loss(contents, model=encoder, sections=read, judgements=judgements, lone=lone, progress=bars)
        made = distil(encoder, model, read, lone=lone, progress=bars)
        write_table(made, output)
    if as_json:
        told = {"file": str(output), "model": model, "revision": made.revision, "fields": list(made.fields)}
        print_json({**told, "sections": len(read), "loss": _plain(loss) if loss else None})
        return
    if loss:
        _print(loss)
    note(
        f"{output}: {', '.join(made.fields)} of {len(read):,} sections, {output.stat().st_size / 2**20:.1f} MiB. "
        f"Use it with: mlsr-es search --query-table {output} --index NAME"
    )


def _sections(named: str, bars: Progress) -> list[Section]:
    from mlsr_es.sources import open_source, read_topics

    if Path(named).is_file():
        return read_topics(Path(named), note)
    found = list(open_source(named, progress=bars).sections())
    if not found:
        raise InputError(f"{named} has no sections.", advice="Name a folder of pages, or a file of topics.")
    return found


def _plain(loss: TableLoss) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "topics": loss.topics,
        "model": {measure: loss.model.mean(measure) for measure in MEASURES},
        "table": {measure: loss.table.mean(measure) for measure in MEASURES},
        "differences": {measure: asdict(one) for measure, one in loss.differences.items()},
    }


def _print(loss: TableLoss) -> None:
    shown = table("queries by", *MEASURES, numbers=range(1, len(MEASURES) + 1))
    for name, one in (("the model", loss.model), ("the table", loss.table)):
        shown.add_row(name, *(f"{one.mean(measure):.3f}" for measure in MEASURES))
    data.print(shown)
    lost = loss.differences[_SHOWN]
    note(
        f"{_SHOWN}: {-lost.mean:.3f} lost (95 % interval {-lost.high:+.3f} to {-lost.low:+.3f}) on {loss.topics:,} "
        "topics of held-out pages, by a table of the other pages."
    )
