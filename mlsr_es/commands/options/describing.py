"""``--describe``: what machines add to the captions of images."""

from __future__ import annotations

from typing import Any

import typer

_HELP = (
    "What machines add to the captions: name (the words of the file's name), text (what stands in the image), labels "
    "or labels:MODEL (what a classifier or a detector sees), caption:MODEL (a sentence that a model writes); or none. "
    "An image is looked at once: what was found is kept."
)

DESCRIBE: Any = typer.Option("name", "--describe", metavar="text,name", help=_HELP)

DESCRIBE_NOTHING: Any = typer.Option("none", "--describe", metavar="text,name", help=_HELP)
"""The same where nothing is added unless it is asked for: the documents are somebody else's."""
