"""Printing what a run of ``index`` or ``enrich`` did, or would do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

import orjson
import typer

from mlsr_es.commands.rendering.console import data, note, print_json, table
from mlsr_es.languages import is_detected, names_of, other_languages

if TYPE_CHECKING:
    from mlsr_es.elastic.bulk import Action
    from mlsr_es.indexing import CaptionSample, Preview, Summary

_SHOWN_REJECTS = 5
_MANY = 0.1
"""The share of captions in other languages from which on it is said; some English ones are taken for such, too."""


def print_summary(summary: Summary, *, as_json: bool = False) -> None:
    """Print a table with the outcomes of a run, and lines about its effects and the captions' languages."""
    if as_json:
        print_json(summary.to_json() | _languages(summary.captions))
        return
    rows = [
        ("read", summary.read, ""),
        ("encoded and stored", summary.encoded, ""),
        ("unchanged", summary.unchanged, ""),
        ("left out by rule", summary.left_out.total(), _counts(summary.left_out)),
        ("rejected", summary.rejected.total(), _counts(summary.rejected)),
    ]
    shown = table("", summary.unit, "", numbers={1})
    for what, number, detail in rows:
        shown.add_row(what, f"{number:,}", detail)
    data.print(shown)
    busy = (f"{name} {stage.per_second:,.0f}/s" for name, stage in summary.stages.items() if stage.documents)
    note(f"{summary.index} ({summary.version}, {summary.field}): {summary.seconds:.1f} s; {', '.join(busy)}")
    for line in (*_done(summary), *_versions(summary)):
        note(line)
    note_rejects(summary)
    note_languages(summary.captions)


def note_languages(sample: CaptionSample) -> None:
    """Say that captions are in another language than the model reads, if many of a sample surely are."""
    found = other_languages(sample.texts, sample.read)
    if found.total() < max(2, _MANY * len(sample.texts)):
        return
    others = ", ".join(f"{name} {count}" for name, count in found.most_common())
    note(
        f"Of {len(sample.texts)} captions looked at, at least {found.total()} are in other languages than "
        f"{names_of(sample.read)}, which the model reads ({others}): they match by chance. Name a model of that "
        "language, or train one on your own texts: mlsr-es train --from-collection SOURCE."
    )


def _languages(sample: CaptionSample) -> dict[str, Any]:
    """How many captions of a sample surely are in which other language; None without the package that finds it."""
    found = other_languages(sample.texts, sample.read) if is_detected(sample.read) else None
    return {"captions_looked_at": len(sample.texts), "other_languages": found}


def note_rejects(summary: Summary, *, shown: int = 0) -> None:
    """Print where the bad records are, if there are any.

    Args:
        summary: The run's.
        shown: How many of them are printed, from the first on.
    """
    if not summary.rejects_file:
        return
    with summary.rejects_file.open("rb") as file:
        for row in map(orjson.loads, islice(file, shown)):
            note(f"rejected: {row['stage']}: {row['id']}: {row['reason']}")
    note(f"Rejected records are in {summary.rejects_file}, each with its reason.")


def _done(summary: Summary) -> Iterator[str]:
    """Lines about other things that the run did."""
    from mlsr_es.indexing import OTHER_LANGUAGES

    if foreign := summary.left_out["language"]:
        yield f"Left out, since their captions are said to be in other languages: {foreign:,}. {OTHER_LANGUAGES}"
    if (silent := summary.left_out["no caption"]) and not summary.looked:
        yield f"Left out, since nothing says what they show: {silent:,}. --describe text,name adds what stands in them."
    if summary.read_again:
        yield f"Changed by somebody meanwhile, and read again: {summary.read_again:,}."
    if summary.cleared:
        yield f"Weights removed from documents that no longer have what is encoded: {summary.cleared:,}."
    if summary.pruned:
        yield f"Removed because they left {summary.collection}: {summary.pruned:,}."
    if summary.not_pruned:
        yield f"Nothing was pruned: {summary.not_pruned}."
    if summary.hybrid:
        yield f"--hybrid auto: BM25 counts {summary.hybrid.weight:.3g}, found on {summary.hybrid.found}."


def _versions(summary: Summary) -> Iterator[str]:
    """Lines about what searches read now, what waits to be promoted, and what was removed."""
    if summary.missing_collections:
        missing = ", ".join(summary.missing_collections)
        yield (
            f"{summary.version} is complete for {summary.collection}, and waits: {missing} would be missing from "
            f"searches. Encode them with the same model; the last one moves {summary.index}."
        )
    if summary.ready:
        yield f"{summary.version} is complete, and waits: mlsr-es indices promote {summary.index}"
    if summary.promoted:
        yield f"Searches of {summary.index} read these weights from now on."
    if summary.kept:
        yield f"{summary.kept} is kept. Back to it: mlsr-es indices rollback {summary.index}"
    if summary.removed:
        yield f"Removed, since no search reached it any more: {', '.join(summary.removed)}."


def print_preview(
    preview: Preview, *, as_json: bool, body_name: str, heading: str, looked_at: str, becomes: str
) -> None:
    """Print what a dry run would do: the body of an index, the first document, and the outcomes of what was read.

    Args:
        preview: What the run would do.
        as_json: Whether to print one JSON object.
        body_name: The name of the body in that object.
        heading: The heading of the body for people.
        looked_at: The name for the documents that were read.
        becomes: The participle for encoded ones, such as "stored".
    """
    sent = _as_sent(preview.action)
    if as_json:
        print_json({"would": preview.described, body_name: preview.body, **sent, **_languages(preview.captions)})
        return
    pretty = orjson.OPT_INDENT_2
    typer.echo(f"# {heading}")
    typer.echo(orjson.dumps(preview.body, option=pretty).decode())
    if preview.action:
        typer.echo("# one bulk action")
        typer.echo(orjson.dumps(sent["action"]).decode())
        typer.echo(orjson.dumps(sent["document"], option=pretty).decode())
    block = preview.block
    for bad in block.rejected[:_SHOWN_REJECTS]:
        note(f"would be rejected: {bad.error}")
    note(
        f"Nothing was written. Of {looked_at} {len(block.ready)} would be {becomes}, {len(block.unchanged)} are "
        f"unchanged, {len(block.left_out)} left out, {len(block.rejected)} rejected; {preview.described}."
    )
    note_languages(preview.captions)


def _as_sent(action: Action | None) -> dict[str, Any]:
    """The action and the document of a bulk request; both are None where there is no action."""
    from mlsr_es.elastic.bulk import as_lines

    head, document = map(orjson.loads, as_lines(action)) if action else (None, None)
    return {"action": head, "document": document}


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {number:,}" for name, number in sorted(counts.items()))
