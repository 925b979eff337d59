"""``mlsr-es kibana``: shows an index in Kibana, with pictures."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from mlsr_es.commands.options.connection import with_connection
from mlsr_es.commands.rendering.console import note, print_json
from mlsr_es.elastic.client import ConnectionSettings

if TYPE_CHECKING:
    from mlsr_es.elastic.client import Client
    from mlsr_es.kibana import ShownFields

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
@with_connection
def import_objects(
    *,
    kibana_url: str = typer.Option(
        ...,
        "--kibana-url",
        envvar="KIBANA_URL",
        metavar="URL",
        help="Where Kibana answers, with its base path and /s/SPACE where they are used. The credentials and "
        "certificates of the cluster are those for Kibana too.",
    ),
    name: str = typer.Option(..., "--index", metavar="NAME", help="The index."),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON object."),
    connection: ConnectionSettings,
) -> None:
    """Make a data view and a saved search for an index; those of an earlier import are replaced.

    They show pictures if the index was made with --thumbnails. Of an index that mlsr-es enrich has added weights to,
    they show the fields with captions, and pictures if its image field has URLs.
    """
    from mlsr_es.elastic.client import connect
    from mlsr_es.kibana import KibanaSettings
    from mlsr_es.kibana import import_objects as import_into

    settings = KibanaSettings(
        url=kibana_url,
        api_key=connection.api_key,
        username=connection.username,
        password=connection.password,
        ca_certs=connection.ca_certs,
        insecure=connection.insecure,
    )
    done = import_into(settings, name, _fields(connect(connection), name))
    if as_json:
        print_json(asdict(done))
    else:
        note(f"Kibana has the data view {done.data_view} and the saved search {done.saved_search}.")
        typer.echo(done.url)


def _fields(client: Client, name: str) -> ShownFields | None:
    """The fields to show of an enriched index; None for an index of this package.

    Raises:
        IndexMismatchError: There is no such index, or it has no weights.
    """
    from mlsr_es.elastic.reading import some_values
    from mlsr_es.kibana import ShownFields
    from mlsr_es.suggestion import serving_version

    meta = serving_version(client, name).meta
    if not meta.enriched:
        return None
    place = meta.field.rpartition(".")[0]
    image = "" if meta.enriched.get("inline") else str(meta.enriched.get("image", ""))
    has_urls = image and any(value.startswith(("http:", "https:")) for value in some_values(client, name, image))
    return ShownFields(
        tuple(meta.caption_fields), f"{place}.top_terms", ("mlsr.terms", "mlsr.second.terms"), image if has_urls else ""
    )
