"""``mlsr-es indices``: lists, promotes, rolls back and removes the versions behind an alias."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import typer

from mlsr_es.commands.options.connection import with_connection
from mlsr_es.commands.promote import promote
from mlsr_es.commands.rendering.console import agreed, data, note, print_json, table
from mlsr_es.elastic.client import ConnectionSettings

if TYPE_CHECKING:
    from mlsr_es.elastic.versions import Listed

indices_app = typer.Typer(
    name="indices",
    help="The versions behind an alias: which one is searched, which one before, and which ones nobody needs.",
    epilog="Example: mlsr-es indices list",
    no_args_is_help=True,
)

_MEBIBYTE = 2**20
_JSON = typer.Option(False, "--json", help="Print one JSON object.")

indices_app.command(
    epilog="Example: mlsr-es indices promote gimp-manual --if-better --topics gimp/topics.jsonl --qrels gimp/qrels.txt"
)(promote)


@indices_app.command("list", epilog="Example: mlsr-es indices list gimp-manual")
@with_connection
def list_indices(
    name: str = typer.Argument("", metavar="[NAME]", help="The index. Default: all that the user may see."),
    *,
    as_json: bool = _JSON,
    connection: ConnectionSettings,
) -> None:
    """List versions: serving (searched), previous (for a rollback), ready, building, left behind."""
    from mlsr_es.elastic.client import connect
    from mlsr_es.elastic.cluster import hidden_by_rights
    from mlsr_es.elastic.versions import list_versions

    client = connect(connection)
    found = list_versions(client, name)
    if as_json:
        print_json({"indices": [_to_json(one) for one in found]})
        return
    if not found:
        which = f"{name}. {hidden_by_rights(client, name)}".rstrip() if name else "of mlsr-es."
        note(f"There is no index {which}")
        return
    shown = table("index", "version", "is", "model", "images", "MiB", "made (UTC)", numbers={4, 5}, whole={0, 1})
    for one in found:
        images = f"{one.documents:,}" if one.documents is not None else "?"
        size = f"{one.size_bytes / _MEBIBYTE:,.1f}" if one.size_bytes is not None else "?"
        shown.add_row(one.name, one.index, one.role, one.model, images, size, f"{one.created:%Y-%m-%d %H:%M}")
    data.print(shown)


@indices_app.command(epilog="Example: mlsr-es indices rollback gimp-manual")
@with_connection
def rollback(
    name: str = typer.Argument(..., metavar="NAME", help="The index."),
    *,
    as_json: bool = _JSON,
    connection: ConnectionSettings,
) -> None:
    """Let searches reach the previous version again, in one atomic step. The present version is kept.

    Searches then load the model that this version was made with.
    """
    from mlsr_es.elastic.client import connect
    from mlsr_es.elastic.versions import leased, resolve, roll_back

    client = connect(connection)
    resolve(client, name)  # a name that is none gets no lease
    with leased(client, name, "rollback", say=note):
        version, left = roll_back(client, name)
    if as_json:
        print_json({"index": name, "version": version, "before": left})
    else:
        note(f"{name} is {version} again. Forward: mlsr-es indices promote {left}")


@indices_app.command(epilog="Example: mlsr-es indices delete gimp-manual-v0001")
@with_connection
def delete(
    versions: list[str] = typer.Argument(..., metavar="VERSION...", help="Versions by their own names."),
    *,
    yes: bool = typer.Option(False, "--yes", help="Do not ask."),
    as_json: bool = _JSON,
    connection: ConnectionSettings,
) -> None:
    """Remove versions for good; a version that is searched is never removed."""
    from mlsr_es.elastic.client import connect
    from mlsr_es.elastic.versions import alias_of, check_unused, delete_version, leased

    client = connect(connection)
    for version in versions:
        check_unused(client, version)
    if not yes:
        agreed(f"Remove {', '.join(versions)} for good?")
    for version in versions:
        with leased(client, alias_of(version), "delete", say=note):
            delete_version(client, version)
    if as_json:
        print_json({"removed": versions})
    else:
        note(f"Removed: {', '.join(versions)}.")


def _to_json(one: Listed) -> dict[str, Any]:
    return {**asdict(one), "created": one.created.isoformat()}
