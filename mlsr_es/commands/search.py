"""``mlsr-es search``: a text in, images out."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mlsr_es.collection import Section
from mlsr_es.commands.options.connection import with_connection
from mlsr_es.commands.options.injecting import with_options
from mlsr_es.commands.options.suggest_options import with_suggest_options
from mlsr_es.commands.rendering import suggestions as suggested
from mlsr_es.commands.rendering import why_not as not_suggested
from mlsr_es.commands.rendering.console import loading_model, note, print_json
from mlsr_es.elastic.client import ConnectionSettings
from mlsr_es.errors import InputError

if TYPE_CHECKING:
    from mlsr_es.elastic.mapping import IndexMeta
    from mlsr_es.suggestion import QueryEncoder


def query_of(
    *,
    text: Annotated[str, typer.Argument(metavar="[TEXT]", help="The section's text; of an image, its caption.")] = "",
    page_title: Annotated[str, typer.Option(metavar="T", help="The title of the page.")] = "",
    section_title: Annotated[str, typer.Option(metavar="T", help="The section's own heading.")] = "",
    section_file: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="The section: a JSON object with the names of topics.jsonl, or plain text; - for standard input.",
        ),
    ] = None,
    image: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Search by an image, for models that read images: what the index holds that is like it.",
        ),
    ] = None,
    like: Annotated[
        str, typer.Option("--like", metavar="ID", help="Search by an image of the index: the others that are like it.")
    ] = "",
) -> Any:
    """A ``Query``: a section with something in it, an image with or without a caption, or an image of the index.

    Raises:
        InputError: Both are given, or a file cannot be read.
        QueryError: The section is empty.
    """
    from mlsr_es.suggestion import IndexedImage, check_query, read_picture

    if like:
        if text or page_title or section_title or section_file or image:
            raise InputError("an image of the index and another query are given.", advice="--like stands alone.")
        return IndexedImage(like)
    if image is None:
        section = section_of(text, page_title, section_title, section_file)
        check_query(section)
        return section
    if page_title or section_title or section_file:
        raise InputError("an image and a section are given.", advice="Beside --image, TEXT alone: it is the caption.")
    return read_picture(image, text)


def section_of(text: str, page_title: str, section_title: str, file: Path | None) -> Section:
    """From texts, or from a file; - is standard input.

    Raises:
        InputError: Both are given, or the file cannot be read.
    """
    if file is None:
        _check_decoded(text, page_title, section_title)
        return Section(id="query", text=text, page_title=page_title, section_title=section_title)
    from mlsr_es.sources import encoding_of, likely_encoding
    from mlsr_es.suggestion import read_section

    if text or page_title or section_title:
        raise InputError("a text and a file are given.", advice="Give the section one way.")
    try:
        content = b"" if str(file) == "-" else file.read_bytes()
        section = sys.stdin.read() if str(file) == "-" else content.decode(encoding_of(content))
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        likely = likely_encoding(content)
        hint = f", but likely {likely}" if likely else ""
        raise InputError(f"{file} is no UTF-8 text{hint}.", advice="Save it as UTF-8.") from error
    _check_decoded(section)
    return read_section(section, name=str(file), say=note)


def _check_decoded(*texts: str) -> None:
    """Check that a terminal's or a pipe's bytes were text; Python passes on others as lone surrogates.

    Raises:
        InputError: They were not.
    """
    try:
        "".join(texts).encode()
    except UnicodeEncodeError as error:
        raise InputError("the text is no UTF-8.", advice="Set the terminal to UTF-8, or convert the file.") from error


@with_connection
@with_suggest_options
@partial(with_options, parameter="query", value_of=query_of)
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
    """Suggest images for a section, or for an image: those whose terms have the largest dot product with its own.

    An index of sections (mlsr-es index --sections) is searched the other way round: TEXT is an image's caption, and the
    sections are found that want the image.
    """
    from mlsr_es.elastic.client import connect
    from mlsr_es.suggestion import doubts_about, prepare, read_table, suggest, why_not

    if show_query and why_not_id:
        raise InputError("--show-query sends nothing, and --why-not asks the cluster.", advice="Leave one out.")
    if query_table and model:
        raise InputError("--model and --query-table are both given.", advice="The table stands for its model.")
    encoder = read_table(query_table) if query_table else partial(_loaded, given=model, device=device)
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
        suggested.tell_lacking(found)
        if as_json:
            print_json(suggested.to_json(found, doubts_about(found)))
        else:
            suggested.print_images(found, pieces=pieces)
            suggested.tell_next(found)
            if doubts := doubts_about(found):
                note(str(doubts))


def _loaded(meta: IndexMeta, *, given: str, device: str) -> QueryEncoder:
    """The model by which an index is searched; a terminal is told that it is being loaded."""
    with loading_model():
        from mlsr_es.suggestion import model_for

        return model_for(meta, given, device=device, say=note)
