"""``mlsr-es search``: a text in, images out."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import typer

from mlsr_es.commands.options.connection import with_connection
from mlsr_es.commands.options.query import with_query
from mlsr_es.commands.options.suggest_options import with_suggest_options
from mlsr_es.commands.rendering import suggestions as suggested
from mlsr_es.commands.rendering import why_not as not_suggested
from mlsr_es.commands.rendering.console import print_json
from mlsr_es.elastic.client import ConnectionSettings
from mlsr_es.errors import InputError


@with_connection
@with_suggest_options
@with_query
def search(
    *,
    name: str = typer.Option(
        "", "--index", metavar="NAME", show_default="the only one that the cluster has", help="The index."
    ),
    why_not_id: str = typer.Option(
        "",
        "--why-not",
        metavar="ID",
        help="In place of hits: why this image is not among them, its rank, its score and the words that it lacks.",
    ),
    show_query: bool = typer.Option(
        False, "--show-query", help="Print the request as Kibana's Dev Tools take it, and send nothing."
    ),
    model: str = typer.Option(
        "", "--model", metavar="M", help="The model. Default: the one that the index was made with."
    ),
    query_table: Path | None = typer.Option(
        None,
        "--query-table",
        metavar="FILE",
        help="In place of a model: what mlsr-es export-query-table wrote. Needs no torch, and so is much quicker.",
    ),
    device: str = typer.Option("auto", "--device", help="Where encoding runs: auto, cuda, mps or cpu."),
    pieces: bool = typer.Option(
        False, "--pieces", help="Show the word pieces that the model weighs, and all that are missing."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON object: query, hits."),
    query: Any,
    options: Any,
    connection: ConnectionSettings,
) -> None:
    """Suggest images for a section, or for an image: those whose terms have the largest dot product with its own."""
    from mlsr_es.elastic.client import connect
    from mlsr_es.suggestion import model_for, prepare, read_table, suggest, why_not

    if show_query and why_not_id:
        raise InputError("--show-query sends nothing, and --why-not asks the cluster.", advice="Leave one out.")
    if query_table and model:
        raise InputError("--model and --query-table are both given.", advice="The table stands for its model.")
    encoder = read_table(query_table) if query_table else partial(model_for, given=model, device=device)
    client = connect(connection)
    if show_query:
        request = prepare(client, name, query, options, encoder=encoder)
        suggested.tell_request(request, named=bool(name))
        typer.echo(suggested.as_pasted(request))
    elif why_not_id:
        inquired = why_not(client, name, query, why_not_id, options, encoder=encoder)
        suggested.tell_request(inquired.request, named=bool(name))
        if as_json:
            print_json(not_suggested.to_json(inquired))
        else:
            not_suggested.print_why_not(inquired, pieces=pieces)
    else:
        found = suggest(client, name, query, options, encoder=encoder)
        suggested.tell_request(found.request, named=bool(name))
        suggested.tell_dropped(found)
        if as_json:
            print_json(suggested.to_json(found))
        else:
            suggested.print_images(found, pieces=pieces)
            suggested.tell_next(found)
