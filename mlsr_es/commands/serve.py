"""``mlsr-es serve``: the suggestions over HTTP, and a page for editors."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from mlsr_es.commands.options.connection import with_connection
from mlsr_es.commands.rendering.console import note
from mlsr_es.elastic.client import ConnectionSettings
from mlsr_es.errors import SourceError

if TYPE_CHECKING:
    from mlsr_es.service import SectionStore


@with_connection
def serve(
    *,
    index: list[str] = typer.Option(
        ..., "--index", metavar="NAME", help="An index that is served; may be repeated, and the first is the default."
    ),
    host: str = typer.Option(
        "127.0.0.1",
        "--host",
        metavar="ADDRESS",
        help="Where to listen. Others than this machine need a token: MLSR_ES_SERVE_TOKEN_FILE names a file with it.",
    ),
    port: int = typer.Option(8000, "--port", min=0, max=65_535, help="The port; 0 for any that is free."),
    images: Path | None = typer.Option(
        None, "--images", metavar="DIR", help="The folder of the images' files. Default: the thumbnails of the index."
    ),
    sections: str = typer.Option(
        "",
        "--sections",
        metavar="SOURCE",
        help="A source, as index takes it: on the page, one of its sections may be picked.",
    ),
    filter_fields: list[str] = typer.Option(
        [], "--filter-field", metavar="FIELD", help="A field of the index by which may be filtered, too."
    ),
    origins: list[str] = typer.Option(
        [], "--origin", metavar="URL", help="A site whose scripts may ask from a browser (CORS)."
    ),
    proxies: list[str] = typer.Option(
        [], "--proxy", metavar="ADDRESS", help="A proxy whose X-Forwarded-* headers are believed."
    ),
    waiting: int = typer.Option(64, "--waiting", min=1, help="Requests at a time; more are sent away (429)."),
    timeout_s: float = typer.Option(
        10.0,
        "--timeout",
        metavar="SECONDS",
        min=0.1,
        help="How long the cluster may take for an answer, and a client to send its question.",
    ),
    processes: int = typer.Option(
        1,
        "--processes",
        metavar="N",
        min=1,
        max=256,
        help="How many processes answer. One uses little more than one core; each holds the model.",
    ),
    log_json: bool = typer.Option(
        False, "--log-json", help="Log each request as a JSON line on stderr; texts are never logged."
    ),
    connection: ConnectionSettings,
) -> None:
    """Serve suggestions over HTTP, and a page on which an editor picks images.

    POST /v1/suggest takes a section and gives images; /openapi.json describes all that there is. The page is at /. The
    rights of a searcher suffice: mlsr-es api-key create --role searcher. Ctrl-C or SIGTERM ends it, after the requests
    that are under way.
    """
    from mlsr_es.service import FILTER_FIELDS, TOKEN_VARIABLE, ServiceSettings, read_token, run

    settings = ServiceSettings(
        tuple(dict.fromkeys(index)),
        host=host,
        port=port,
        token=read_token(os.environ.get(TOKEN_VARIABLE, "")),
        images=images,
        filter_fields=tuple(dict.fromkeys((*FILTER_FIELDS, *filter_fields))),
        origins=tuple(origins),
        proxies=tuple(proxies),
        waiting=waiting,
        timeout_s=timeout_s,
        processes=processes,
        log_json=log_json,
    )
    run(settings, replace(connection, timeout_s=timeout_s), note, _sections_of(sections) if sections else None)


def _sections_of(source: str) -> SectionStore:
    """The sections of a source.

    Raises:
        SourceError: It cannot be read, or has no sections.
    """
    from mlsr_es.commands.rendering.console import progress
    from mlsr_es.service import SectionStore
    from mlsr_es.sources import open_source

    with progress() as bars:
        store = SectionStore(open_source(source, progress=bars, say=note).sections())
    if not len(store):
        raise SourceError(
            f"{source} has no sections.", advice="Name a source of pages, or rows with texts beside them."
        )
    note(f"{len(store):,} sections of {source} can be picked.")
    return store
