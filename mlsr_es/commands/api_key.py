"""``mlsr-es api-key``: API keys with only the rights that are needed."""

from __future__ import annotations

from dataclasses import asdict

import typer

from mlsr_es.commands.options.connection import with_connection
from mlsr_es.commands.rendering.console import note, print_json
from mlsr_es.elastic.client import ConnectionSettings
from mlsr_es.elastic.cluster import AccessRole

api_key_app = typer.Typer(
    name="api-key",
    help="API keys that have just the rights that are needed.",
    epilog="Example: mlsr-es api-key create --role searcher --index gimp-manual",
    no_args_is_help=True,
)


@api_key_app.callback()
def _group() -> None:
    """Keep the group, although it has only one command."""


@api_key_app.command(epilog="Example: mlsr-es api-key create --role indexer --index site-images --expires 90d")
@with_connection
def create(
    *,
    role: AccessRole = typer.Option(
        ...,
        "--role",
        help="indexer: index, enrich and all that a searcher does; searcher: nothing is written.",
    ),
    index: str = typer.Option(..., "--index", metavar="NAME", help="The index. The key has no rights on any other."),
    expires: str = typer.Option(
        "", "--expires", metavar="90d", show_default="never", help="How long the key is valid."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON object."),
    connection: ConnectionSettings,
) -> None:
    """Make a key for ES_API_KEY, and print it. It is shown only once.

    You need the cluster privilege manage_own_api_key and the role's rights: a key never has more than its maker.
    """
    from mlsr_es.elastic.client import connect
    from mlsr_es.elastic.cluster import create_key

    made = create_key(connect(connection), role, index, expires=expires)
    note(f"{made.name} (id {made.id}) has the rights of the {role} on {index}, and no others.")
    if made.lacks:
        note(f"Its maker lacks {', '.join(made.lacks)} there, and so does the key.")
    if as_json:
        print_json(asdict(made))
    else:
        typer.echo(made.encoded)
