"""``mlsr-es search``: a text in, images out."""

from __future__ import annotations

from pathlib import Path

import typer

from mlsr_es.commands.options.connection import with_connection
from mlsr_es.commands.options.query import asked_for, checked_hybrid, clauses_of, filters_of, own_body, page_of
from mlsr_es.commands.rendering import why_not as not_suggested
from mlsr_es.commands.rendering.console import print_json
from mlsr_es.commands.rendering.suggestions import as_pasted, print_images, tell_added, tell_dropped, to_json
from mlsr_es.elastic.client import ConnectionSettings
from mlsr_es.errors import InputError
from mlsr_es.hybrid import AUTO


@with_connection
def search(
    text: str = typer.Argument("", metavar="[TEXT]", help="The section's text; of an image, its caption."),
    *,
    name: str = typer.Option(..., "--index", metavar="NAME", help="The index."),
    page_title: str = typer.Option("", "--page-title", metavar="T", help="The title of the page."),
    section_title: str = typer.Option("", "--section-title", metavar="T", help="The section's own heading."),
    section_file: Path | None = typer.Option(
        None,
        "--section-file",
        metavar="FILE",
        help="The section: a JSON object with the names of topics.jsonl, or plain text; - for standard input.",
    ),
    image: Path | None = typer.Option(
        None,
        "--image",
        metavar="FILE",
        help="Search by an image, for models that read images: what the index holds that is like it.",
    ),
    size: int | None = typer.Option(
        None, "--size", "-n", min=1, max=10_000, show_default="10", help="How many images."
    ),
    start: int | None = typer.Option(
        None, "--from", metavar="N", min=0, show_default="0", help="Pass over the N best: the next page."
    ),
    filters: list[str] = typer.Option(
        [], "--filter", metavar="FIELD=VALUE", help="Only images with this value: collection, page, language..."
    ),
    filter_json: list[str] = typer.Option(
        [], "--filter-json", metavar="FILE|JSON", help="A clause of the query language that every image has to match."
    ),
    collapse: str = typer.Option("", "--collapse", metavar="FIELD", help="One image for each value: its best."),
    highlight: bool = typer.Option(False, "--highlight", help="Show captions with the query's words marked."),
    wrap: Path | None = typer.Option(
        None,
        "--wrap",
        metavar="FILE",
        help='A search body of your own. Where its query has {"mlsr": {}}, the suggestion\'s goes; else it says which '
        "documents are found, and both scores are added. Aggregations and the rest stay.",
    ),
    hybrid: str = typer.Option(
        "",
        "--hybrid",
        metavar="auto|FIELD:WEIGHT",
        help="Add BM25 times a weight to each score, as in caption_all:0.3; auto: as the index says.",
    ),
    boosts: list[str] = typer.Option(
        [],
        "--boost",
        metavar="WORD=FACTOR",
        help="A word of the query counts so many times as much; one that it lacks is added, weighing as many times "
        "what the query's terms weigh on average.",
    ),
    vetoes: list[str] = typer.Option(
        [], "--veto", metavar="WORD", help="Leave a word out of the query, and of --hybrid's words."
    ),
    strategy: str = typer.Option(
        "",
        "--strategy",
        metavar="S",
        help="How the query is executed: exhaustive, dynamic, top:TERMS, mass:SHARE, two-phase:SHARE/WINDOW. Default: "
        "what mlsr-es tune strategy has stored, else the exact one that suits the cluster's version.",
    ),
    explain: bool = typer.Option(False, "--explain", help="Show what each matched term, and BM25, contributed."),
    why_not_id: str = typer.Option(
        "",
        "--why-not",
        metavar="ID",
        help="In place of hits: why this image is not among them, its rank, its score and the terms that it lacks.",
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
    thumbnails: bool = typer.Option(False, "--thumbnails", help="With --json: the hits' small pictures too."),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON object: query, hits."),
    connection: ConnectionSettings,
) -> None:
    """Suggest images for a section, or for an image: those whose terms have the largest dot product with its own."""
    from mlsr_es.elastic.client import connect
    from mlsr_es.elastic.cluster import check
    from mlsr_es.elastic.search import RequestOptions, Strategy, check_filter_fields, check_text_field
    from mlsr_es.suggestion import (
        Adjustment,
        QueryEncoder,
        encode_request,
        hybrid_for,
        read_table,
        send,
        serving_version,
        strategy_for,
        why_not,
    )

    asked = asked_for(text, page_title, section_title, section_file, image)
    wanted = filters_of(filters)
    own = own_body(wrap)
    size, start = page_of(size, start, own)
    clauses = (*clauses_of(filter_json), *({"term": {field: value}} for field, value in wanted.items()))
    request_options = RequestOptions(start, clauses, collapse, own=own)
    hybrid = checked_hybrid(hybrid)
    adjustment = Adjustment.parse(boosts, vetoes)
    chosen = Strategy.parse(strategy) if strategy else None
    if show_query and why_not_id:
        raise InputError("--show-query sends nothing, and --why-not asks the cluster.", advice="Leave one out.")
    if query_table and model:
        raise InputError("--model and --query-table are both given.", advice="The table stands for its model.")
    encoder: QueryEncoder | None = read_table(query_table) if query_table else None
    client = connect(connection)
    cluster = check(client)
    version = serving_version(client, name)
    chosen = chosen or strategy_for(version, cluster)
    added = hybrid_for(version, hybrid)
    check_filter_fields(client, name, [*wanted, *([collapse] if collapse else [])])
    if added and hybrid != AUTO:  # what an index says of itself was checked when it was written
        check_text_field(client, name, added.field)
    if encoder is None:
        # What is wrong so far was found quickly: from here on torch is needed, which takes seconds to load.
        from mlsr_es.encoders import load_model

        encoder = load_model(model or version.meta.model, device=device)
    request = encode_request(
        asked,
        model=encoder,
        version=version,
        index=name,
        size=size,
        strategy=chosen,
        hybrid=added,
        adjustment=adjustment,
        explain=explain or bool(why_not_id),
        request_options=request_options,
        highlight=highlight,
        thumbnails=thumbnails,
    )
    tell_added(request)
    if show_query:
        typer.echo(as_pasted(request))
        return
    if why_not_id:
        inquired = why_not(client, request, why_not_id, version=version)
        if as_json:
            print_json(not_suggested.to_json(inquired, request))
        else:
            not_suggested.print_why_not(inquired, request)
        return
    found = send(client, request, version=version, explain=explain)
    tell_dropped(found)
    if as_json:
        print_json(to_json(found))
    else:
        print_images(found)
