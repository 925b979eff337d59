"""``mlsr-es analyze``: a page about the vectors of an index, or of a folder."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from mlsr_es.commands.options.connection import ConnectionLater, with_connection_later
from mlsr_es.commands.options.vectors import check_one_of
from mlsr_es.commands.rendering.console import data, note, print_json, progress, table
from mlsr_es.errors import InputError, StorageError

if TYPE_CHECKING:
    from mlsr_es.collection import Section
    from mlsr_es.inspection.analysing import Analysis
    from mlsr_es.progress import Progress


@with_connection_later
def analyze(
    *,
    index: str = typer.Option("", "--index", metavar="NAME", help="The index."),
    vectors: Path | None = typer.Option(
        None, "--vectors", metavar="DIR", help="In place of an index: a folder that mlsr-es encode wrote."
    ),
    compare: str = typer.Option(
        "", "--compare", metavar="NAME|DIR", help="Another index, or another folder, shown beside it."
    ),
    topics: Path | None = typer.Option(
        None, "--topics", metavar="FILE", help="Sections whose query vectors are analysed too: topics.jsonl."
    ),
    output: Path | None = typer.Option(
        None, "-o", "--output", metavar="FILE.html", help="Write a page that needs nothing else to be read."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON object."),
    connection: ConnectionLater,
) -> None:
    """Show what the vectors of an index are like: numbers, images with their words, and signs that something is wrong.

    Numbers: terms of a vector, the share of the vocabulary in use, posting lists, how evenly they are spread, how many
    terms a query shares with an image, how many heavy terms are words. A sign says what to try.
    """
    check_one_of(index, vectors, "analysed")
    if vectors and topics:
        raise InputError("a folder has the vectors of its own sections.", advice="Leave --topics out.")
    from mlsr_es.sources import read_topics

    sections = read_topics(topics, note) if topics else []
    with progress() as bars:
        if vectors:
            found = [_of_folder(folder) for folder in (vectors, *([Path(compare)] if compare else []))]
        else:
            found = _of_indices([index, *([compare] if compare else [])], sections, connection, bars)
    if output:
        from mlsr_es.commands.rendering.report import report

        try:
            output.write_text(report(found), encoding="utf-8")
        except OSError as error:
            raise StorageError(f"{output} cannot be written: {error.strerror or error}.") from error
        note(f"The report is in {output}.")
    if as_json:
        print_json({"analyses": [asdict(one) for one in found]})
        return
    print_analyses(found)


def print_analyses(found: list[Analysis]) -> None:
    """Print a table with a column an analysis, and a line a sign."""
    from mlsr_es.commands.rendering.report import figures, quantiles

    shown = table("", *(one.name for one in found), numbers=set(range(1, len(found) + 1)))
    for name, cells in figures(found):
        shown.add_row(name, *cells)
    data.print(shown)
    note(f"Quantiles are at {quantiles()}.")
    for one in found:
        for sign in one.signs:
            note(f"{one.name}: {sign.about}: {sign.says} {sign.advice}")
        if not one.signs:
            note(f"{one.name}: nothing seems wrong.")


def _of_folder(folder: Path) -> Analysis:
    from mlsr_es.encoders import load_query_encoder
    from mlsr_es.evaluation import vectors_meta
    from mlsr_es.inspection.analysing import analyse_vectors

    model = load_query_encoder(vectors_meta(folder)["model"], say=note)
    return analyse_vectors(folder, model=model)


def _of_indices(
    names: list[str], sections: list[Section], connection: ConnectionLater, bars: Progress
) -> list[Analysis]:
    from mlsr_es.elastic.client import connect
    from mlsr_es.inspection.analysing import analyse_index
    from mlsr_es.suggestion import model_for, serving_version

    client = connect(connection())
    return [
        analyse_index(
            client,
            name,
            model=model_for(serving_version(client, name).meta, "", say=note),
            sections=sections,
            progress=bars,
        )
        for name in names
    ]
