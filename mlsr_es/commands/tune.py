"""``mlsr-es tune``: find the best way to search an index."""

from __future__ import annotations

import typer

from mlsr_es.commands.tune_hybrid import tune_hybrid
from mlsr_es.commands.tune_strategy import tune_strategy

tune_app = typer.Typer(
    name="tune",
    help="Find out on an index itself how it is searched best.",
    epilog="Example: mlsr-es tune strategy --index gimp-manual --topics gimp/topics.jsonl",
    no_args_is_help=True,
)
tune_app.command(
    "strategy", epilog="Example: mlsr-es tune strategy --index gimp-manual --topics gimp/topics.jsonl --store"
)(tune_strategy)
tune_app.command(
    "hybrid",
    epilog="Example: mlsr-es tune hybrid --index gimp-manual --topics gimp/topics.jsonl --qrels gimp/qrels.txt "
    "--split test --store",
)(tune_hybrid)
