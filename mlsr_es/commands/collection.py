"""``mlsr-es collection``: shows what a source holds, or exports it to files."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import orjson
import typer
from rich.text import Text

from mlsr_es.commands.options.describing import DESCRIBE_NOTHING
from mlsr_es.commands.options.languages import parsed_languages
from mlsr_es.commands.options.pages import ROOT, STAND_INS
from mlsr_es.commands.options.reading import with_reading
from mlsr_es.commands.rendering.captions import captions_to_json, print_captions
from mlsr_es.commands.rendering.console import REJECTED, data, note, print_json, progress
from mlsr_es.errors import RecordError, StorageError

if TYPE_CHECKING:
    from mlsr_es.sources import Inspection, Shown

collection_app = typer.Typer(
    name="collection",
    help="Look at a collection of images and texts, or write it as files. A SOURCE is a known collection (gimp-manual, "
    "kicad-manual, qtcreator-manual, qtwidgets-manual, skimage-manual, tuxpaint-stamps, sample), a folder of "
    "HTML pages or of images, or a file of rows.",
    epilog="Example: mlsr-es collection inspect gimp-manual",
    no_args_is_help=True,
)

_SOURCE = typer.Argument(..., metavar="SOURCE", help="A known collection, a folder, a file or a glob.")
_LANGUAGES = typer.Option(
    None, "--languages", metavar="en,de", help="Keep the captions in these languages. Default: all."
)
_REJECTS = typer.Option(
    None, "--rejects", metavar="FILE", help="Write every bad record to this file: a JSON object a line."
)
_OUTPUT = typer.Option(..., "-o", "--output", metavar="DIR", help="The folder; made if it is not there.")
_SHOWN = 20
_LONGEST = 200


@collection_app.command("inspect", epilog="Example: mlsr-es collection inspect tuxpaint-stamps --languages en,de")
@with_reading
def inspect_source(
    source: str = _SOURCE,
    *,
    root: Path | None = ROOT,
    introduced: bool = STAND_INS,
    languages: str | None = _LANGUAGES,
    describe: str = DESCRIBE_NOTHING,
    shows: bool = typer.Option(
        False,
        "--show",
        help="Instead of the numbers, list every image with its captions, and the rule that found each, with its score "
        "(docs/sites.md). The rule 'own' is the source's own word, 'none' an image without any caption, 'machine' what "
        "--describe adds.",
    ),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON object, with --show the images too."),
    rejects: Path | None = _REJECTS,
    reading: Any,
) -> None:
    """Read a source from end to end, decode every image, and report what is in it.

    The exit code is 3 where records were rejected.
    """
    from mlsr_es.describe import choose_describers, described
    from mlsr_es.sources import CAPTIONS_ARE_READ, KNOWN, inspect, open_source

    describers = choose_describers(describe)
    shown: list[RecordError] = []
    images: list[Shown] = []
    with ExitStack() as stack:
        bars = stack.enter_context(progress())
        opened = open_source(
            source,
            root=root,
            introduced=introduced,
            languages=parsed_languages(languages),
            reading=reading,
            progress=bars,
            say=note,
        )
        file = stack.enter_context(_opened(rejects)) if rejects else None

        def reject(error: RecordError) -> None:
            if len(shown) < _SHOWN:
                shown.append(error)
            if file:
                file.write(orjson.dumps(_rejected(error), option=orjson.OPT_APPEND_NEWLINE))

        opened = described(opened, describers, bars)
        found = inspect(opened, reject=reject, show=images.append if shows else _unseen, progress=bars)
    licence = KNOWN[source].licence if source in KNOWN else None
    if as_json:
        listed = {"images": [captions_to_json(each) for each in images]} if shows else {}
        rejected = [_rejected(error) for error in shown]
        print_json({**_plain(found), "licence": licence, "rejects": rejected, **listed})
    else:
        if shows:
            print_captions(images)
            note(f"{found.documents:,} images, {found.without_captions:,} of them without captions.")
        else:
            _print(found, licence)
        for error in shown:
            note(f"rejected: {error}")
    if found.documents and not found.captions:
        note(f"No image has a caption. {CAPTIONS_ARE_READ}")
    if found.rejected:
        more = found.rejected.total() - len(shown)
        if more > 0:
            note(f"... and {more} more; --rejects FILE writes them all.")
        raise typer.Exit(REJECTED)


def _opened(rejects: Path) -> BinaryIO:
    try:
        return rejects.open("wb")
    except OSError as fault:
        raise StorageError(f"{rejects} cannot be written: {fault.strerror or fault}.") from fault


@collection_app.command(epilog="Example: mlsr-es collection export gimp-manual -o gimp")
@with_reading
def export(
    source: str = _SOURCE,
    *,
    output: Path = _OUTPUT,
    root: Path | None = ROOT,
    languages: str | None = _LANGUAGES,
    sections: bool = typer.Option(
        False,
        "--sections",
        help="Write the sections as documents, and the captions of images as topics: mlsr-es evaluate measures an "
        "index of sections by them.",
    ),
    reading: Any,
) -> None:
    """Write documents.jsonl, topics.jsonl, qrels.txt (TREC) and the images to a folder that is a source itself.

    The exit code is 3 where records were rejected.
    """
    from mlsr_es.sources import Promoted, open_source
    from mlsr_es.sources import export as export_source

    with progress() as bars:
        opened = open_source(
            source, root=root, languages=parsed_languages(languages), reading=reading, progress=bars, say=note
        )
        done = export_source(Promoted(opened) if sections else opened, output, bars)
    note(
        f"{output}: {done.documents:,} documents, {done.sections:,} sections, {done.judgements:,} judgements; "
        f"left out by rule {done.left_out.total():,}, rejected {len(done.rejected):,}."
    )
    for error in done.rejected[:_SHOWN]:
        note(f"rejected: {error}")
    if done.rejected:
        raise typer.Exit(REJECTED)


def _unseen(_: Shown) -> None:
    """Do nothing."""


def _rejected(error: RecordError) -> dict[str, str]:
    return {"id": error.record_id, "stage": error.stage, "reason": error.reason}


def _plain(found: Inspection) -> dict[str, Any]:
    """The inspection as JSON-ready values: string keys, and images by name only."""
    values = {field.name: getattr(found, field.name) for field in fields(found)}
    plain = {
        name: {str(key): count for key, count in value.items()} if isinstance(value, Mapping) else value
        for name, value in values.items()
    }
    plain["examples"] = [
        {**asdict(document), "image": document.image.name if document.image else None} for document in found.examples
    ]
    return plain


def _print(found: Inspection, licence: str | None) -> None:
    from mlsr_es.sources import RULES

    _row("collection", found.name)
    if licence:
        _row("licence", licence)
    _row("documents", f"{found.documents:,} (without captions: {found.without_captions:,})")
    _row("sections", f"{found.sections:,} (with images: {found.judged_sections:,})")
    if found.galleries:
        _row("galleries", f"{found.galleries:,}: sections with many images and few words, which are no topics")
    _row("judgements", f"{found.judgements:,}")
    _row("captions", _counts(found.captions.most_common()))
    if found.rules:
        _row("found by rules", f"{_counts(found.rules.most_common())} (--show lists them)")
    _row("languages", _counts((code or "not said", count) for code, count in found.languages.most_common()))
    _row("words of a caption", _quantiles(found.caption_words))
    _row("words of a section", _quantiles(found.section_words))
    _row("formats", _counts((name or "not known", count) for name, count in found.formats.most_common()))
    sides = sorted(found.sizes.items(), key=lambda size: size[0] or math.inf)
    _row("longest side", _counts((f"to {side} px" if side else "larger", count) for side, count in sides))
    for rule, count in found.left_out.most_common():
        _row("left out", f"{rule} {count:,}: {RULES[rule]}")
    for reason, count in found.rejected.most_common():
        _row("rejected", f"{count:,}: {reason}")
    for document in found.examples:
        captions = "; ".join(dict.fromkeys(caption.text for caption in document.captions))
        size = f" ({document.width} x {document.height})" if document.width else ""
        _row("an image", f"{document.id}{size}: {_shortened(captions)}")
    for section in found.example_sections:
        _row("a section", f"{section.id} ({section.page_title} > {section.section_title}): {_shortened(section.text)}")


def _row(label: str, text: str) -> None:
    data.print(Text(f"{label:<20}{text or 'none'}"), soft_wrap=True)


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def _counts(counts: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts)


def _quantiles(quantiles: Mapping[float, int]) -> str:
    return ", ".join(f"{share:.0%}: {length}" for share, length in quantiles.items())
