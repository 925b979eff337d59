"""``mlsr-es verify``: check that an index holds what its source does, and ranks as its model does."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from mlsr_es.commands.options.connection import with_connection
from mlsr_es.commands.options.describing import DESCRIBE
from mlsr_es.commands.options.languages import LANGUAGES, parsed_languages
from mlsr_es.commands.options.pages import COLLECTION, ROOT, STAND_INS
from mlsr_es.commands.options.reading import with_reading
from mlsr_es.commands.rendering.console import complain, data, note, print_json, progress, table
from mlsr_es.elastic.client import ConnectionSettings
from mlsr_es.errors import InputError
from mlsr_es.progress import LOADING_MODEL

if TYPE_CHECKING:
    from mlsr_es.elastic.client import Client
    from mlsr_es.elastic.mapping import TermField
    from mlsr_es.elastic.search import Strategy
    from mlsr_es.elastic.versions import Version
    from mlsr_es.indexing import LoadProof
    from mlsr_es.inspection.proving import Verification
    from mlsr_es.progress import Progress
    from mlsr_es.suggestion import QueryEncoder

verify_app = typer.Typer(
    name="verify",
    help="See that an index holds its source, and ranks as its model says.",
    epilog="Example: mlsr-es verify scores --index gimp-manual --topics gimp/topics.jsonl",
    no_args_is_help=True,
)

_ASKED = ("dot-product", "saturation", "pruned")
_SHOWN_WRONG = 5


@verify_app.command(
    "scores", epilog="Example: mlsr-es verify scores --index gimp-manual --topics gimp/topics.jsonl --weights vectors"
)
@with_connection
def scores(
    *,
    name: str = typer.Option(..., "--index", metavar="NAME", help="The index; anybody's, with --field."),
    topics: Path = typer.Option(..., "--topics", metavar="FILE", help="Sections: topics.jsonl, or AToMiC's texts."),
    field: str = typer.Option(
        "", "--field", metavar="F", help="The field with the weights. Default: what an index of mlsr-es names."
    ),
    weights: Path | None = typer.Option(
        None,
        "--weights",
        metavar="DIR",
        help="The weights to rank by, of images and sections: a folder that mlsr-es encode wrote. Default: those in "
        "the stored documents, and the model's for the sections.",
    ),
    model: str = typer.Option(
        "", "--model", metavar="M", help="What encodes the sections. Default: what the index was made with."
    ),
    asked: str = typer.Option(
        _ASKED[0],
        "--asked",
        metavar="HOW",
        help="How the index is queried: dot-product; saturation, as the helper of sentence-transformers queries "
        "rank_features; pruned, the cluster's default for a sparse_vector.",
    ),
    strategy: str = typer.Option(
        "", "--strategy", metavar="S", help="How queries are executed. Default: as mlsr-es search does."
    ),
    depth: int = typer.Option(10, "--depth", "-k", metavar="K", min=1, max=1_000, help="How many hits are compared."),
    sample: int = typer.Option(200, "--sample", metavar="N", min=1, help="How many topics, spread over the file."),
    least: float = typer.Option(
        0.95, "--least", metavar="SHARE", min=0, max=1, help="The share of the best images that is enough."
    ),
    device: str = typer.Option("auto", "--device", help="Where encoding runs: auto, cuda, mps or cpu."),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON object."),
    connection: ConnectionSettings,
) -> None:
    """Compare an index's hits and scores with the dot products of its model's weights, summed on this machine.

    Each loss is named by its cause: the nine bits that a field keeps of a weight, pruning, or clauses beyond the
    cluster's limit. The exit code is 1 if hits or scores are not those of the dot product, or if the loss is too large.
    """
    from mlsr_es.elastic.client import connect
    from mlsr_es.evaluation import read_vectors
    from mlsr_es.inspection.evaluating import spread, terms_by_model, terms_of_files
    from mlsr_es.inspection.proving import Asked, Asking, encoded_weights, stored_weights, verify_scores
    from mlsr_es.sources import read_topics

    if asked not in _ASKED:
        raise InputError(f"there is no --asked {asked!r}.", advice=f"There are {', '.join(_ASKED)}.")
    if field and not (weights or model):
        raise InputError(
            "what encodes the sections is not said, and an index named with --field may not say it.",
            advice="Give --model, or --weights with a folder that mlsr-es encode wrote.",
        )
    sections = spread(read_topics(topics, note), sample)
    folder = read_vectors(weights) if weights else None
    client = connect(connection)
    searched, plan, version = _searched(client, name, field, strategy)
    to_ask = Asked(name, searched, plan, Asking(asked), depth)
    with progress() as bars:
        queries = (
            terms_of_files(folder, sections)
            if folder and not model
            else terms_by_model(_encoder(model, version, device, bars), sections, bars)
        )
        known = stored_weights(client, name, searched, bars)
        if folder:
            known = encoded_weights(known, folder)
        found = verify_scores(client, to_ask, queries, known, least=least, progress=bars)
    if as_json:
        print_json(_to_json(found))
    else:
        _print(found)
    if found.verdict:
        complain(f"{name} does not rank as its model says: {found.verdict}.")
        raise typer.Exit(1)
    note(f"{name} ranks as its model says: it gives {found.agreement:.2%} of the best {depth}.")


@verify_app.command("load", epilog="Example: mlsr-es verify load gimp-manual --index gimp-manual")
@with_connection
@with_reading
def load(
    source: str = typer.Argument(..., metavar="SOURCE", help="What was indexed: a known collection, a folder, a file."),
    *,
    collection: str | None = COLLECTION,
    root: Path | None = ROOT,
    introduced: bool = STAND_INS,
    name: str = typer.Option(..., "--index", metavar="NAME", help="The index."),
    model: str = typer.Option(
        "", "--model", metavar="M", help="What the images were encoded with. Default: what the index was made with."
    ),
    device: str = typer.Option("auto", "--device", help="Where encoding runs: auto, cuda, mps or cpu."),
    languages: str | None = LANGUAGES,
    describe: str | None = DESCRIBE,
    thumbnails: bool = typer.Option(False, "--thumbnails", help="The index was made with --thumbnails."),
    sample: int = typer.Option(100, "--sample", metavar="N", min=0, help="How many records are encoded again."),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON object."),
    reading: Any,
    connection: ConnectionSettings,
) -> None:
    """Look up each record of a source in an index, and encode some again: is everything there, with its weights?

    Give the options that mlsr-es index had. Each record is in the index, left out by a rule, bad, outdated or missing;
    the counts add up. The exit code is 1 where records are missing or outdated, or where weights are wrong.
    """
    from mlsr_es.api import job_of
    from mlsr_es.elastic.client import connect
    from mlsr_es.elastic.mapping import Holds
    from mlsr_es.suggestion import serving_version

    wanted = parsed_languages(languages)
    client = connect(connection, patient=True)
    meta = serving_version(client, name).meta
    with progress() as bars:
        job = job_of(
            client,
            source,
            name,
            model=model or meta.model,
            device=device,
            collection=collection,
            root=root,
            introduced=introduced,
            reading=reading,
            sections=meta.holds is Holds.SECTIONS,
            languages=wanted,
            describe=describe,
            thumbnails=thumbnails,
            progress=bars,
            say=note,
        )
        from mlsr_es.indexing import prove_load

        proof = prove_load(job, client, sample=sample, progress=bars)
    if as_json:
        told = vars(proof) | {"left_out": dict(proof.left_out), "read": proof.read, "whole": proof.is_whole}
        print_json(told)
    else:
        _print_proof(proof)
    if not proof.is_whole:
        complain(f"{name} does not hold all of {source}. Index it again: mlsr-es index {source} --index {name}")
        raise typer.Exit(1)
    note(f"{name} holds all of {source} that can be searched.")


def _print_proof(proof: LoadProof) -> None:
    """Print a table with one row a state of records."""
    shown = table("records", "", "", numbers={1})
    rows: list[tuple[str, int, str]] = [
        ("in the index as they are", proof.held, ""),
        ("outdated", len(proof.outdated), ", ".join(proof.outdated[:_SHOWN_WRONG])),
        ("missing", len(proof.missing), ", ".join(proof.missing[:_SHOWN_WRONG])),
        *((f"left out: {rule}", count, "") for rule, count in proof.left_out.most_common()),
        ("bad", proof.rejected, ""),
        ("together", proof.read, ""),
    ]
    for state, count, examples in rows:
        shown.add_row(state, f"{count:,}", examples)
    data.print(shown)
    note(f"{proof.compared:,} images were encoded again, the weights of {len(proof.wrong):,} are other than stored.")
    for id_ in proof.wrong[:_SHOWN_WRONG]:
        note(f"other weights: {id_}")
    if proof.not_in_source:
        examples = ", ".join(proof.not_in_source[:_SHOWN_WRONG])
        note(
            f"{len(proof.not_in_source):,} images of the index are not in the source ({examples}): "
            "mlsr-es index --prune-missing removes them."
        )


def _to_json(found: Verification) -> dict[str, Any]:
    """One object: how the index was queried, agreement, losses, and the queries with wrong hits or scores."""
    told = asdict(found) | {"verdict": found.verdict}
    asked = told.pop("asked")
    return {
        "index": asked["index"],
        "field": asked["field"]["path"],
        "field_kind": asked["field"]["kind"],
        "strategy": str(found.asked.strategy),
        "asked": asked["asking"],
        "depth": asked["depth"],
        **told,
    }


def _print(found: Verification) -> None:
    """Print a table with one row a figure."""
    asked = found.asked
    shown = table("", f"of the best {asked.depth}", "", numbers={1})
    shown.add_row("the index gives", f"{found.agreement:.2%}", f"the first is the best for {found.same_first:.2%}")
    shown.add_row("in their order", f"{found.order:.4f}", "Kendall's tau of the hits and their exact dot products")
    rounding = f"{found.rounding:.2%}" if found.rounding is not None else "unknown"
    unknown = (
        "" if found.rounding is not None else "the index gives its weights rounded: give exact ones with --weights"
    )
    shown.add_row("lost by 9-bit rounding", rounding, unknown)
    shown.add_row("lost by pruning", f"{found.pruning:.2%}", _pruning(found))
    shown.add_row("lost by dropped clauses", f"{found.dropping:.2%}", f"{found.dropped:,} queries lost terms")
    shown.add_row(
        "not explained", f"{found.unexplained:.2%}", f"{len(found.wrong):,} queries with other hits or scores"
    )
    data.print(shown)
    note(f"{found.queries:,} sections, {found.images:,} images; {asked.field.path} is a {asked.field.kind} field.")
    if found.not_encoded or found.not_stored:
        note(f"{found.not_encoded:,} images are in the index alone, {found.not_stored:,} among the weights alone.")
    for query, what in list(found.wrong.items())[:_SHOWN_WRONG]:
        note(f"{query}: {what}")


def _pruning(found: Verification) -> str:
    by = "the cluster, left to itself" if found.asked.asking == "pruned" else f"strategy {found.asked.strategy}"
    return "" if found.asked.strategy.exact and found.asked.asking != "pruned" else by


def _searched(client: Client, name: str, field: str, strategy: str) -> tuple[TermField, Strategy, Version | None]:
    """The field to query, the strategy, and the index's version; None for an index that another program made."""
    from mlsr_es.elastic.cluster import check
    from mlsr_es.elastic.search import Strategy, term_field_of
    from mlsr_es.suggestion import exact_strategy_for, serving_version, strategy_for

    named = Strategy.parse(strategy) if strategy else None
    if field:
        return term_field_of(client, name, field), named or exact_strategy_for(client), None
    version = serving_version(client, name)
    return version.meta.terms, named or strategy_for(version, check(client)), version


def _encoder(model: str, version: Version | None, device: str, bars: Progress) -> QueryEncoder:
    """The named model, else the index's; an index of mlsr-es accepts only its own model."""
    bars.start(LOADING_MODEL)
    from mlsr_es.encoders import load_query_encoder
    from mlsr_es.suggestion import check_model, model_for

    encoder = (
        load_query_encoder(model, device=device)
        if version is None
        else model_for(version.meta, model, device=device, say=note)
    )
    if version is not None:
        check_model(encoder, version)
    bars.finish(LOADING_MODEL)
    return encoder
