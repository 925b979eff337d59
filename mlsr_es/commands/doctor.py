"""``mlsr-es doctor``: checks a cluster and an index."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import typer
from rich.text import Text

from mlsr_es.commands.options.connection import with_connection
from mlsr_es.commands.rendering.console import data, loading_model, print_json, table
from mlsr_es.elastic.client import ConnectionSettings

if TYPE_CHECKING:
    from mlsr_es.elastic.mapping import IndexMeta
    from mlsr_es.encoders import QuerySide

_STYLES = {"green": "green", "amber": "yellow", "red": "bold red", "unknown": "dim"}


@with_connection
def doctor(
    *,
    index: str = typer.Option("", "--index", metavar="NAME", help="The index. Default: only the cluster is looked at."),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON object."),
    connection: ConnectionSettings,
) -> None:
    """Check the cluster and an index: rights, disks, mapping, model, documents. Each line says what to do.

    green: as it should be; amber: could be better; red: searches fail, or lack images; unknown: the rights hide it.
    Nothing is written. The exit code is 1 where a line is red.
    """
    from mlsr_es.elastic.client import connect
    from mlsr_es.inspection.doctor import Level, examine

    found = list(examine(connect(connection), index, load=_load))
    if as_json:
        print_json({"index": index or None, "findings": [asdict(one) for one in found]})
    else:
        shown = table("", "", "", whole={0, 1})
        for one in found:
            shown.add_row(Text(one.level, style=_STYLES[one.level]), one.about, f"{one.says} {one.advice}".rstrip())
        data.print(shown)
    if any(one.level is Level.RED for one in found):
        raise typer.Exit(1)


def _load(meta: IndexMeta) -> QuerySide:
    with loading_model():
        from mlsr_es.suggestion import model_for

        return model_for(meta, device="cpu")
