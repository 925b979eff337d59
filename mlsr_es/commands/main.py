"""The ``mlsr-es`` program: its commands, and the only place where errors become text and exit codes."""

from __future__ import annotations

import os
import sys

import typer

from mlsr_es import __version__
from mlsr_es.commands.api_key import api_key_app
from mlsr_es.commands.collection import collection_app
from mlsr_es.commands.demo import demo
from mlsr_es.commands.doctor import doctor
from mlsr_es.commands.encode import encode
from mlsr_es.commands.enrich import enrich
from mlsr_es.commands.evaluate import evaluate
from mlsr_es.commands.experiment import experiment_app
from mlsr_es.commands.export_query_table import export_query_table
from mlsr_es.commands.index import index
from mlsr_es.commands.indices import indices_app
from mlsr_es.commands.kibana import kibana_app
from mlsr_es.commands.node import node_app
from mlsr_es.commands.rendering.console import complain, note
from mlsr_es.commands.search import search
from mlsr_es.commands.train import train
from mlsr_es.commands.tune import tune_app
from mlsr_es.commands.verify import verify_app
from mlsr_es.errors import MlsrError

app = typer.Typer(
    name="mlsr-es",
    help="Image suggestion for the Elasticsearch you already run: a text goes in, the images that belong in it come "
    "out, each with the words that made it match.",
    epilog="Example: mlsr-es demo",
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # such tracebacks print local variables, and so secrets
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode="markdown",
)
app.command(epilog="Example: mlsr-es demo")(demo)
app.command(epilog="Example: mlsr-es index gimp-manual --index gimp-manual --thumbnails")(index)
app.command(epilog="Example: mlsr-es enrich products --caption-field name:title --caption-field description")(enrich)
app.command(epilog='Example: mlsr-es search "How do I rotate a layer?" --index gimp-manual --explain')(search)
app.command(epilog="Example: mlsr-es encode gimp-manual -o vectors")(encode)
app.command(epilog="Example: mlsr-es evaluate --index gimp-manual --topics gimp/topics.jsonl --qrels gimp/qrels.txt")(
    evaluate
)
app.command(epilog="Example: mlsr-es doctor --index gimp-manual")(doctor)
app.command(epilog="Example: mlsr-es train --from-collection my-site/ -o my-model")(train)
app.command(
    "export-query-table",
    epilog="Example: mlsr-es export-query-table --sections gimp/topics.jsonl -o gimp-table.json",
)(export_query_table)
app.add_typer(api_key_app, name="api-key")
app.add_typer(collection_app, name="collection")
app.add_typer(experiment_app, name="experiment")
app.add_typer(indices_app, name="indices")
app.add_typer(kibana_app, name="kibana")
app.add_typer(node_app, name="node")
app.add_typer(tune_app, name="tune")
app.add_typer(verify_app, name="verify")

_INTERRUPTED = 130
"""The exit code that Typer uses for a keyboard interrupt, without a message."""


def _version(*, wanted: bool) -> None:
    if wanted:
        typer.echo(f"mlsr-es {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    *,
    debug: bool = typer.Option(False, "--debug", help="Show the traceback of an error."),
    version: bool = typer.Option(
        False, "--version", help="Print the version and leave.", callback=lambda value: _version(wanted=value)
    ),
) -> None:
    """Options that come before the command."""


def run() -> None:
    """Run the program and leave with its exit code."""
    debug = "--debug" in sys.argv[1:]
    try:
        app()
    except MlsrError as error:
        if debug:
            raise
        complain(error)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader of the pipe (head, less) has closed it, so no output is possible.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except SystemExit as leaving:
        if leaving.code == _INTERRUPTED:
            note("Stopped. What is stored stays; run the same command again to go on.")
        raise
