"""``--describe``: what machines add to the captions of images."""

from __future__ import annotations

from typing import Any

import typer

_HELP = (
    "What machines add to the captions: name (the words of the file's name), text (what stands in the image), labels "
    "or labels:MODEL (what a classifier or a detector sees), labels:MODEL=LABEL+LABEL (which of your labels a "
    "zero-shot model sees), caption:MODEL (a sentence that a model writes); or none. "
    "An image is looked at once: what was found is kept."
)

DESCRIBE: Any = typer.Option(
    None, "--describe", metavar="text,name", show_default="as in the run before; at first: name", help=_HELP
)

DESCRIBE_OWNERS: Any = typer.Option(
    None, "--describe", metavar="text,name", show_default="as in the run before; at first: none", help=_HELP
)
"""The same for documents that are somebody else's."""

DESCRIBE_NAMES: Any = typer.Option("name", "--describe", metavar="text,name", help=_HELP)
DESCRIBE_NOTHING: Any = typer.Option("none", "--describe", metavar="text,name", help=_HELP)
"""The same where no run was before."""
