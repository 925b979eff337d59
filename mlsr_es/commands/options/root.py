"""``--root``: a wider folder that the pages of a source may show images from."""

from __future__ import annotations

from typing import Any

import typer

ROOT: Any = typer.Option(
    None,
    "--root",
    metavar="DIR",
    show_default="the source's folder",
    help="For a folder of HTML pages: a folder above it, from which images are read too. Ids and paths are relative to "
    "it. Links and addresses that leave it are refused.",
)
