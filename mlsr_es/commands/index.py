"""``mlsr-es index``: indexes a source."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from mlsr_es.commands.options.connection import with_connection
from mlsr_es.commands.options.describing import DESCRIBE
from mlsr_es.commands.options.engine import with_engine
from mlsr_es.commands.options.field_kind import FIELD_KIND, parsed_kind
from mlsr_es.commands.options.languages import LANGUAGES, parsed_languages
from mlsr_es.commands.options.pages import COLLECTION, ROOT, STAND_INS
from mlsr_es.commands.options.reading import with_reading
from mlsr_es.commands.options.versions import INDEX, PROMOTES, REJECTS_FILE
from mlsr_es.commands.rendering.console import REJECTED, note, progress
from mlsr_es.commands.rendering.run_summary import print_preview, print_summary
from mlsr_es.elastic.client import ConnectionSettings
from mlsr_es.encoders import DEMO


@with_connection
@with_reading
@with_engine
def index(
    source: str = typer.Argument(
        ..., metavar="SOURCE", help="A known collection, a folder, a file, a glob, or a mended rejects file."
    ),
    *,
    collection: str | None = COLLECTION,
    root: Path | None = ROOT,
    introduced: bool = STAND_INS,
    name: str = INDEX,
    sections: bool = typer.Option(
        False,
        "--sections",
        help="Index the sections in place of the images: mlsr-es search then takes a caption, or an image, and finds "
        "the sections that want it.",
    ),
    model: str = typer.Option(DEMO, "--model", metavar="M", help="'demo', a model's folder, or a hub's owner/name."),
    languages: str | None = LANGUAGES,
    describe: str | None = DESCRIBE,
    field_kind: str = FIELD_KIND,
    thumbnails: bool = typer.Option(
        False, "--thumbnails", help="Store a small picture with each document, so that Kibana can show it."
    ),
    prune_missing: bool = typer.Option(
        False, "--prune-missing", help="Remove images of this collection that the source no longer has."
    ),
    rejects: Path | None = REJECTS_FILE,
    strict: bool = typer.Option(False, "--strict", help="Stop at the first bad record."),
    promotes: bool = PROMOTES,
    dry_run: bool = typer.Option(
        False, "--dry-run", help="Read and encode the first batch, show what would be sent, write nothing."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON object."),
    reading: Any,
    encoding_on: Any,
    connection: ConnectionSettings,
) -> None:
    """Encode the images of a source and load them into an index, so that they can be suggested.

    Run it again to encode only new and changed images, or to complete a run that was stopped. Another model makes a
    new version of the index, which replaces the old version once it is complete. The old version is kept until the
    next replacement (mlsr-es indices). The exit code is 3 where records were rejected.
    """
    from mlsr_es.api import job_of
    from mlsr_es.elastic.client import connect

    engine, device = encoding_on
    wanted, kind = parsed_languages(languages), parsed_kind(field_kind)
    client = connect(connection, patient=True)
    with progress() as bars:
        job = job_of(
            client,
            source,
            name,
            model=model,
            device=device,
            collection=collection,
            root=root,
            introduced=introduced,
            reading=reading,
            sections=sections,
            languages=wanted,
            describe=describe,
            thumbnails=thumbnails,
            field_kind=kind,
            prune_missing=prune_missing,
            promotes=promotes,
            rejects=rejects,
            strict=strict,
            engine=engine,
            progress=bars,
            say=note,
        )
        from mlsr_es.encoders import ensure_query_graph
        from mlsr_es.indexing import index_collection, preview_indexing

        summary = None if dry_run else index_collection(job, client, bars, note)
        if summary:
            ensure_query_graph(model, job.model, say=note)
    if summary is None:
        found = preview_indexing(job, client)
        print_preview(
            found,
            as_json=as_json,
            body_name="index",
            heading=f"settings and mapping of a version of {name}",
            looked_at=f"a first batch of {found.block.read} {'sections' if sections else 'images'}",
            becomes="stored",
        )
        return
    print_summary(summary, as_json=as_json)
    if summary.rejected:
        raise typer.Exit(REJECTED)
