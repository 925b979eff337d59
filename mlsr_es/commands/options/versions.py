"""Options of what fills a version behind an alias."""

from __future__ import annotations

from typing import Any

import typer

INDEX: Any = typer.Option(..., "--index", metavar="NAME", help="The index: an alias in front of its versions.")

REJECTS_FILE: Any = typer.Option(
    None, "--rejects", metavar="FILE", help="Where bad records go. Default: NAME-rejects.ndjson, if there are any."
)

PROMOTES: Any = typer.Option(
    True,
    "--promote/--no-promote",
    help="Whether a new version takes over when it is complete, or waits for mlsr-es indices promote.",
)
