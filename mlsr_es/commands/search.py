"""``mlsr-es search``: a text in, images out."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import typer

from mlsr_es.collection import Section
from mlsr_es.commands.connection import with_connection
from mlsr_es.commands.console import data, note, print_json, table
from mlsr_es.elastic import ConnectionSettings
from mlsr_es.errors import InputError

if TYPE_CHECKING:
    from mlsr_es.suggestion import Request, SuggestedImage, Suggestions

_SHOWN_TERMS = 6
_SHOWN_CAPTION = 70
_ROOM_FOR_CAPTIONS = 160
"""Columns: on a narrower terminal the caption stands below the image's id."""
_CAPTIONS = ("description", "title", "alt")


@with_connection
def search(
    text: str = typer.Argument("", metavar="[TEXT]", help="The section's text."),
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
    size: int = typer.Option(10, "--size", "-n", min=1, max=10_000, help="How many images."),
    filters: list[str] = typer.Option(
        [], "--filter", metavar="FIELD=VALUE", help="Only images with this value: collection, page, language..."
    ),
    hybrid: str = typer.Option(
        "", "--hybrid", metavar="FIELD:WEIGHT", help="Add so much of BM25 on a field, as in caption_all:0.3."
    ),
    explain: bool = typer.Option(False, "--explain", help="Show what each matched term, and BM25, contributed."),
    show_query: bool = typer.Option(
        False, "--show-query", help="Print the request as Kibana's Dev Tools take it, and send nothing."
    ),
    model: str = typer.Option(
        "", "--model", metavar="M", help="The model. Default: the one that the index was made with."
    ),
    device: str = typer.Option("auto", "--device", help="Where encoding runs: auto, cuda, mps or cpu."),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON object: query, hits."),
    connection: ConnectionSettings,
) -> None:
    """Suggest images for a section: those whose terms have the largest dot product with the section's."""
    from mlsr_es.elastic import connect
    from mlsr_es.suggestion import Hybrid, check_query, encode_request, send, serving_version, strategy_for

    section = _section(text, page_title, section_title, section_file)
    check_query(section)
    wanted = _filters(filters)
    added = Hybrid.parse(hybrid) if hybrid else None
    client = connect(connection)
    strategy = strategy_for(client)
    version = serving_version(client, name)
    # What is wrong so far was found quickly: from here on torch is needed, which takes seconds to load.
    from mlsr_es.encoders import load_model

    request = encode_request(
        section,
        model=load_model(model or version.meta.model, device=device),
        version=version,
        index=name,
        size=size,
        filters=wanted,
        strategy=strategy,
        hybrid=added,
        explain=explain,
    )
    if show_query:
        typer.echo(_as_pasted(request))
        return
    found = send(client, request, version=version, explain=explain)
    if dropped := (*found.dropped_terms, *found.dropped_words):
        note(
            f"The cluster allows fewer clauses: {len(dropped)} of the query's lightest terms and words were left out "
            f"({', '.join(dropped[:5])}...)."
        )
    if as_json:
        print_json(to_json(found))
    else:
        print_images(found)


def to_json(found: Suggestions) -> dict[str, Any]:
    """One object: the query's terms, and the hits."""
    hits = [
        {"id": image.id, "score": image.score, "source": image.source}
        | ({"terms": image.terms} if image.terms is not None else {})
        | ({"bm25": image.bm25} if image.bm25 is not None else {})
        for image in found.images
    ]
    return {
        "query": found.request.terms,
        "hits": hits,
        "total": found.total,
        "took_ms": found.took_ms,
        "dropped_terms": list(found.dropped_terms),
        "dropped_words": list(found.dropped_words),
    }


def print_images(found: Suggestions) -> None:
    """A table of images with score, caption and, where asked for, terms."""
    if not found.images:
        note("No image matches. A filter may leave none, or no caption shares a word with the query.")
        return
    explained = found.images[0].terms is not None
    beside = data.width >= _ROOM_FOR_CAPTIONS
    headers = ["#", "score", "image", *(["caption"] if beside else []), *(["terms"] if explained else [])]
    shown = table(*headers, numbers={0, 1}, whole={2})
    for rank, image in enumerate(found.images, 1):
        told = [image.id, caption_of(image)] if beside else [f"{image.id}\n{caption_of(image)}"]
        shown.add_row(str(rank), f"{image.score:.2f}", *told, *_terms(image))
    data.print(shown)
    matching = f" of {found.total:,} that match" if found.total is not None else ""
    images = "1 image" if len(found.images) == 1 else f"{len(found.images)} images"
    note(f"{images}{matching}, {len(found.request.terms)} query terms, {found.took_ms} ms.")


def caption_of(image: SuggestedImage) -> str:
    """The caption as one short line: the components that are there, each text once."""
    captions = image.source.get("caption", {})
    texts = dict.fromkeys(text for kind in _CAPTIONS for text in captions.get(kind, ()))
    line = " | ".join(texts)
    return line if len(line) <= _SHOWN_CAPTION else f"{line[: _SHOWN_CAPTION - 1]}…"


def _terms(image: SuggestedImage) -> list[str]:
    if image.terms is None:
        return []
    heaviest = [f"{term} {weight:.2f}" for term, weight in list(image.terms.items())[:_SHOWN_TERMS]]
    more = len(image.terms) - len(heaviest)
    words = [f"BM25 {image.bm25:.2f}"] if image.bm25 is not None else []
    return ["  ".join([*heaviest, *([f"+{more}"] if more > 0 else []), *words])]


def _section(text: str, page_title: str, section_title: str, file: Path | None) -> Section:
    from mlsr_es.suggestion import read_section

    if file is None:
        return Section(id="query", text=text, page_title=page_title, section_title=section_title)
    if text or page_title or section_title:
        raise InputError("a text and a file are given.", advice="Give the section one way.")
    try:
        content = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{file} is no UTF-8 text.", advice="Save it as UTF-8.") from error
    return read_section(content, name=str(file))


def _filters(given: Sequence[str]) -> dict[str, str]:
    filters = {}
    for entry in given:
        field, equals, value = entry.partition("=")
        if not equals or not field:
            raise InputError(f"--filter {entry!r} is no FIELD=VALUE.", advice="For example: --filter collection=sample")
        filters[field] = value
    return filters


def _as_pasted(request: Request) -> str:
    """The request as Kibana's Dev Tools take it."""
    return f"GET /{request.index}/_search\n{orjson.dumps(request.body, option=orjson.OPT_INDENT_2).decode()}"
