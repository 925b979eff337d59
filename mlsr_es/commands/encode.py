"""``mlsr-es encode``: encodes a source into files of vectors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from mlsr_es.commands.options.describing import DESCRIBE_NAMES
from mlsr_es.commands.options.engine import with_engine
from mlsr_es.commands.options.languages import languages_of, parsed_languages
from mlsr_es.commands.options.pages import COLLECTION, ROOT
from mlsr_es.commands.options.query_fields import parsed_fields
from mlsr_es.commands.options.reading import with_reading
from mlsr_es.commands.rendering.console import REJECTED, loading_model, note, progress
from mlsr_es.commands.rendering.run_summary import note_rejects
from mlsr_es.encoders import DEMO, model_name

_SHOWN = 5


@with_reading
@with_engine
def encode(
    source: str = typer.Argument(..., metavar="SOURCE", help="A known collection, a folder, a file or a glob."),
    *,
    output: Path = typer.Option(..., "--output", "-o", metavar="DIR", help="The folder, made if it is not there."),
    collection: str | None = COLLECTION,
    root: Path | None = ROOT,
    model: str = typer.Option(DEMO, "--model", metavar="M", help="'demo', a model's folder, or a hub's owner/name."),
    languages: str | None = typer.Option(
        None, "--languages", metavar="en,de", help="Captions that are read. Default: those that the model reads."
    ),
    describe: str = DESCRIBE_NAMES,
    thumbnails: bool = typer.Option(
        False, "--thumbnails", help="Write a small picture of each image too, for mlsr-es load."
    ),
    query_fields: str = typer.Option(
        "",
        "--query-fields",
        metavar="text",
        help="The fields of a section that are encoded, as in page_title,text. Default: all.",
    ),
    reading: Any,
    encoding_on: Any,
) -> None:
    """Write the vectors of a source's images and sections as Parquet, to evaluate a model without a cluster.

    documents.parquet and sections.parquet have the columns id, terms and weights. The files' metadata names the model
    and its revision. mlsr-es load stores the folder in an index, from another machine too. The exit code is 3 where
    records were rejected.
    """
    from mlsr_es.describe import choose_describers
    from mlsr_es.encoders import load_model
    from mlsr_es.indexing import encode_collection
    from mlsr_es.sources import open_source, origin_of

    engine, device = encoding_on
    fields = parsed_fields(query_fields)
    describers = choose_describers(describe, device=device)
    with loading_model():
        encoder = load_model(model, device=device)
    with progress() as bars:
        kept = parsed_languages(languages) or languages_of(encoder)
        opened = open_source(
            source, name=collection, root=root, languages=kept, reading=reading, progress=bars, say=note
        )
        done = encode_collection(
            opened,
            output,
            model=encoder,
            model_name=model_name(model),
            origin=origin_of(source),
            languages=kept,
            thumbnails=thumbnails,
            query_fields=fields,
            describing=describers,
            engine=engine,
            progress=bars,
        )
    documents = done.documents
    images_without_terms = documents.left_out["no terms"]
    rejected = documents.rejected.total() + len(done.faults)
    note(
        f"{output}: {documents.encoded:,} documents, {done.sections:,} sections; without any term "
        f"{images_without_terms + done.without_terms:,}, left out by rule "
        f"{documents.left_out.total() - images_without_terms:,}, rejected {rejected:,}."
    )
    note_rejects(documents, shown=_SHOWN)
    for error in done.faults[:_SHOWN]:
        note(f"rejected: {error}")
    if rejected:
        raise typer.Exit(REJECTED)
