"""``mlsr-es kibana``: shows an index in Kibana, with pictures."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import typer

from mlsr_es.commands.options.connection import identity
from mlsr_es.commands.rendering.console import note, print_json

kibana_app = typer.Typer(
    name="kibana",
    help="Look at an index in Kibana: a data view in which thumbnails are pictures, and a saved search.",
    epilog="Example: mlsr-es kibana import --kibana-url http://localhost:5601 --index gimp-manual",
    no_args_is_help=True,
)


@kibana_app.callback()
def _group() -> None:
    """Keep the group, although it has only one command."""


@kibana_app.command(
    "import", epilog="Example: mlsr-es kibana import --kibana-url https://kibana.example/s/media --index gimp-manual"
)
def import_objects(
    *,
    kibana_url: str = typer.Option(
        ...,
        "--kibana-url",
        envvar="KIBANA_URL",
        metavar="URL",
        help="Where Kibana answers, with its base path and /s/SPACE where they are used. The environment may hold "
        "ES_API_KEY, or ES_USERNAME and ES_PASSWORD, or the files with them: ES_API_KEY_FILE, ES_PASSWORD_FILE.",
    ),
    name: str = typer.Option(..., "--index", metavar="NAME", help="The index."),
    ca_certs: Path | None = typer.Option(
        None, "--ca-certs", metavar="FILE", help="The authority behind Kibana's certificate (PEM)."
    ),
    insecure: bool = typer.Option(False, "--insecure", help="Do not look at the certificate."),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON object."),
) -> None:
    """Make a data view and a saved search for an index; those of an earlier import are replaced.

    They show pictures if the index was made with --thumbnails.
    """
    from mlsr_es.kibana import KibanaSettings
    from mlsr_es.kibana import import_objects as import_into

    settings = KibanaSettings(url=kibana_url, ca_certs=ca_certs, insecure=insecure, **identity())
    done = import_into(settings, name)
    if as_json:
        print_json(asdict(done))
    else:
        note(f"Kibana has the data view {done.data_view} and the saved search {done.saved_search}.")
        typer.echo(done.url)
