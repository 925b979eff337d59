"""``mlsr-es load``: stores what ``mlsr-es encode`` wrote."""

from __future__ import annotations

from pathlib import Path

import typer

from mlsr_es.commands.options.connection import with_connection
from mlsr_es.commands.options.field_kind import FIELD_KIND, parsed_kind
from mlsr_es.commands.options.versions import INDEX, PROMOTES, REJECTS_FILE
from mlsr_es.commands.rendering.console import REJECTED, data, note, print_json, progress
from mlsr_es.commands.rendering.run_summary import print_summary
from mlsr_es.elastic.client import ConnectionSettings


@with_connection
def load(
    folder: Path = typer.Argument(..., metavar="DIR", help="What mlsr-es encode wrote."),
    *,
    name: str = INDEX,
    field_kind: str = FIELD_KIND,
    prune_missing: bool = typer.Option(
        False, "--prune-missing", help="Remove images of this collection that the folder does not have."
    ),
    rejects: Path | None = REJECTS_FILE,
    promotes: bool = PROMOTES,
    dry_run: bool = typer.Option(False, "--dry-run", help="Say what would be done, write nothing."),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON object."),
    connection: ConnectionSettings,
) -> None:
    """Load the vectors that encode wrote into an index, as index would have stored them.

    So a machine with a GPU encodes, and one that reaches the cluster loads; no model is needed here. Run it again to
    store only what is new or changed, or to complete a run that was stopped. The exit code is 3 where records were
    rejected.
    """
    from mlsr_es.elastic.client import connect
    from mlsr_es.elastic.cluster import check
    from mlsr_es.indexing import LoadJob, load_vectors, preview_loading

    job = LoadJob(
        folder,
        name,
        prune_missing=prune_missing,
        field_kind=parsed_kind(field_kind),
        rejects=rejects or Path(f"{name}-rejects.ndjson"),
        promotes=promotes,
    )
    client = connect(connection, patient=True)
    check(client)
    if dry_run:
        told = preview_loading(job, client)
        if as_json:
            print_json({"would": told})
        else:
            data.print(told, soft_wrap=True)
        return
    with progress() as bars:
        summary = load_vectors(job, client, bars, note)
    print_summary(summary, as_json=as_json)
    if summary.rejected:
        raise typer.Exit(REJECTED)
