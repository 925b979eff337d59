"""``--collection``, ``--root`` and ``--stand-ins``: what a source is called, and how a folder of HTML pages is read."""

from __future__ import annotations

from typing import Any

import typer

COLLECTION: Any = typer.Option(
    None, "--collection", metavar="NAME", help="The collection's name. Default: the known one, or the folder's."
)

ROOT: Any = typer.Option(
    None,
    "--root",
    metavar="DIR",
    show_default="the source's folder",
    help="For a folder of HTML pages: a folder above it, from which images are read too. Ids and paths are relative to "
    "it. Links and addresses that leave it are refused.",
)

STAND_INS: Any = typer.Option(
    False,
    "--stand-ins",
    help="For HTML pages: the sentence before an image and the heading above stand in for a caption that it lacks. "
    "They are words of its page, so mlsr-es evaluate on that page's topics says that its figures are too high.",
)
