"""``mlsr-es node``: starts, stops and shows the embedded node."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from mlsr_es.commands.rendering.console import note, print_json, progress
from mlsr_es.embedded import VERSIONS

if TYPE_CHECKING:
    from mlsr_es.embedded import NodeStatus

node_app = typer.Typer(
    name="node",
    help="A real Elasticsearch node on this machine, on loopback alone: nothing needs to be installed beforehand.",
    epilog="Example: mlsr-es node start",
    no_args_is_help=True,
)

_DATA = typer.Option(
    None, "--data", metavar="DIR", help="The node's folder. Default: the one node of the state folder."
)
_VERSION = typer.Option(
    VERSIONS[0],
    "--version",
    metavar="V",
    help=f"Which Elasticsearch: {' or '.join(VERSIONS)}. The second needs a whole JDK 21+ on this machine.",
)
_JSON = typer.Option(False, "--json", help="Print one JSON object.")


@node_app.command(epilog="Example: mlsr-es node start --data /srv/images-node --heap-mb 1024")
def start(
    *,
    data: Path | None = _DATA,
    version: str = _VERSION,
    heap_mb: int = typer.Option(512, "--heap-mb", min=256, help="Memory of the node's Java heap, in MiB."),
    as_json: bool = _JSON,
) -> None:
    """Start a node and wait until it is healthy; a node that already runs is left as it is.

    The first start fetches Elasticsearch (58 MB; 9.5.0: 130 MB). The node runs until you stop it or the machine.
    """
    from mlsr_es.embedded import Node

    with progress() as bars:
        status = Node(data, version=version).start(bars, heap_mb=heap_mb)
    _print(status, as_json=as_json)
    which = f" --data {data}" if data else "" if version == VERSIONS[0] else f" --version {version}"
    note(f"Stop it with: mlsr-es node stop{which}")


@node_app.command(epilog="Example: mlsr-es node stop")
def stop(*, data: Path | None = _DATA, version: str = _VERSION) -> None:
    """Stop a node; its data stay. It is not an error if the node does not run."""
    from mlsr_es.embedded import Node

    stopped = Node(data, version=version).stop()
    note("Stopped." if stopped else "No node was running.")


@node_app.command(epilog="Example: mlsr-es node status --json")
def status(*, data: Path | None = _DATA, version: str = _VERSION, as_json: bool = _JSON) -> None:
    """Say whether a node runs, and where it answers. The exit code is 0 either way."""
    from mlsr_es.embedded import Node

    _print(Node(data, version=version).status(), as_json=as_json)


@node_app.command(epilog="Example: mlsr-es node logs --lines 100")
def logs(
    *,
    data: Path | None = _DATA,
    version: str = _VERSION,
    lines: int = typer.Option(40, "--lines", "-n", min=1, help="How many, from the end."),
) -> None:
    """Print the last lines of a node's log since its last start."""
    from mlsr_es.embedded import Node

    said = Node(data, version=version).logs(lines)
    if not said:
        note("This node has said nothing yet.")
    for line in said:
        typer.echo(line)


def _print(status: NodeStatus, *, as_json: bool) -> None:
    if as_json:
        print_json({name: str(value) if isinstance(value, Path) else value for name, value in asdict(status).items()})
    elif status.running:
        typer.echo(
            f"Elasticsearch {status.version} answers at {status.url} (process {status.pid}, data in {status.data})"
        )
    elif status.pid:
        typer.echo(f"Elasticsearch {status.version} is starting (process {status.pid}, data in {status.data})")
    else:
        typer.echo(f"No node runs (data in {status.data})")
