"""The ``mlsr-es`` program: its commands, and the only place where errors become text and exit codes."""

from __future__ import annotations

import os
import sys

import typer

from mlsr_es.commands.lazily import Entry, lazy_group
from mlsr_es.errors import MlsrError
from mlsr_es.version import __version__

COMMANDS = (
    Entry(
        "demo",
        "Start Elasticsearch, fetch the GIMP manual, index its images and suggest some for three sections.",
        "demo:demo",
        "mlsr-es demo",
    ),
    Entry(
        "index",
        "Encode the images of a source and load them into an index, so that they can be suggested.",
        "index:index",
        "mlsr-es index gimp-manual --index gimp-manual --thumbnails",
    ),
    Entry(
        "enrich",
        "Add term weights to the documents of an existing index, so that its images can be suggested.",
        "enrich:enrich",
        "mlsr-es enrich products --caption-field name:title --caption-field description",
    ),
    Entry(
        "search",
        "Suggest images for a section, or for an image: those whose terms have the largest dot product with its own.",
        "search:search",
        'mlsr-es search "How do I rotate a layer?" --index gimp-manual --explain',
    ),
    Entry(
        "serve",
        "Serve suggestions over HTTP, and a page on which an editor picks images.",
        "serve:serve",
        "mlsr-es serve --index gimp-manual",
    ),
    Entry(
        "encode",
        "Write the vectors of a source's images and sections as Parquet, to evaluate a model without a cluster.",
        "encode:encode",
        "mlsr-es encode gimp-manual -o vectors",
    ),
    Entry(
        "load",
        "Load the vectors that encode wrote into an index, as index would have stored them.",
        "load:load",
        "mlsr-es load vectors --index gimp-manual",
    ),
    Entry(
        "analyze",
        "Show what the vectors of an index are like: numbers, images with their words, and signs that something is "
        "wrong.",
        "analyze:analyze",
        "mlsr-es analyze --index gimp-manual -o report.html",
    ),
    Entry(
        "evaluate",
        "Measure an index, or a folder of vectors, and compare it with two baselines: BM25, and BM25 with boosted "
        "titles.",
        "evaluate:evaluate",
        "mlsr-es evaluate --index gimp-manual --topics gimp/topics.jsonl --qrels gimp/qrels.txt",
    ),
    Entry(
        "doctor",
        "Check the cluster and an index: rights, disks, mapping, model, documents. Each line says what to do.",
        "doctor:doctor",
        "mlsr-es doctor --index gimp-manual",
    ),
    Entry(
        "train",
        "Train a model, and measure it on the held-out pages: alone, with BM25 added, and compared with BM25.",
        "train:train",
        "mlsr-es train --from-collection my-site/ -o my-model",
    ),
    Entry(
        "export-query-table",
        "Distil an MLP query head into a table: a weight for each word piece in each field of a section.",
        "export_query_table:export_query_table",
        "mlsr-es export-query-table --sections gimp/topics.jsonl -o gimp-table.json",
    ),
    Entry(
        "api-key",
        "API keys that have just the rights that are needed.",
        "api_key:api_key_app",
    ),
    Entry(
        "collection",
        "Look at a collection of images and texts, or write it as files. A SOURCE is a known collection (gimp-manual, "
        "kicad-manual, qtcreator-manual, qtwidgets-manual, skimage-manual, tuxpaint-stamps, sample), a folder of "
        "HTML pages or of images, or a file of rows.",
        "collection:collection_app",
    ),
    Entry(
        "experiment",
        "Run the paper's studies: many models over five folds, compared with significance.",
        "experiment:experiment_app",
    ),
    Entry(
        "indices",
        "The versions behind an alias: which one is searched, which one before, and which ones nobody needs.",
        "indices:indices_app",
    ),
    Entry(
        "kibana",
        "Look at an index in Kibana: a data view in which thumbnails are pictures, and a saved search.",
        "kibana:kibana_app",
    ),
    Entry(
        "node",
        "A real Elasticsearch node on this machine, on loopback alone: nothing needs to be installed beforehand.",
        "node:node_app",
    ),
    Entry(
        "tune",
        "Find out on an index itself how it is searched best.",
        "tune:tune_app",
    ),
    Entry(
        "verify",
        "See that an index holds its source, and ranks as its model says.",
        "verify:verify_app",
    ),
)
"""All commands, in the order of the help. Each is imported when it runs."""

app = typer.Typer(
    name="mlsr-es",
    cls=lazy_group(COMMANDS),
    help="Image suggestion for the Elasticsearch you already run: a text goes in, the images that belong in it come "
    "out, each with the words that made it match.",
    epilog="Example: mlsr-es demo",
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # such tracebacks print local variables, and so secrets
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode=None,
)
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


def run_program() -> None:
    """Run the program and leave with its exit code."""
    debug = "--debug" in sys.argv[1:]
    try:
        app()
    except MlsrError as error:
        if debug:
            raise
        from mlsr_es.commands.rendering.console import complain

        complain(error)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader of the pipe (head, less) has closed it, so no output is possible.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except SystemExit as leaving:
        if leaving.code == _INTERRUPTED:
            from mlsr_es.commands.rendering.console import note

            note("Stopped. What is stored stays; run the same command again to go on.")
        raise
