"""``mlsr-es demo``: the main job from end to end, on this machine, with nothing to set up."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from mlsr_es.commands.options.languages import languages_of
from mlsr_es.commands.rendering.console import data, note, progress
from mlsr_es.commands.rendering.run_summary import print_summary
from mlsr_es.commands.rendering.suggestions import print_images

if TYPE_CHECKING:
    from rich.text import Text

    from mlsr_es.collection import Section
    from mlsr_es.encoders import BiEncoder
    from mlsr_es.progress import Progress
    from mlsr_es.sources import Source

_COLLECTION, _FALLBACK, _MODEL = "gimp-manual", "sample", "demo"


@dataclass(frozen=True, slots=True)
class _Shown:
    """What of a collection is shown.

    Args:
        pages: Their first sections with images are asked about.
        questions: To try next.
    """

    pages: tuple[str, ...]
    questions: tuple[str, str]


_SHOWN = {
    "gimp-manual": _Shown(
        ("gimp-tutorial-quickie-flip.html", "gimp-filter-red-eye-removal.html", "gimp-filter-unsharp-mask.html"),
        ("How do I straighten a crooked photograph?", "sharpen a blurred picture"),
    ),
    "sample": _Shown(
        ("knots.html", "weather.html", "bicycle.html"),
        ("How do I tie two ropes together?", "a bird that eats seeds"),
    ),
}

_LONGEST_TEXT = 160
_IMAGES = 5


def demo() -> None:
    """Start Elasticsearch, fetch the GIMP manual, index its images and suggest some for three sections.

    The first run fetches about 110 MB and takes some minutes; later ones find everything done. Where there is no apt to
    fetch the manual with, a small sample collection takes its place. The node stays up: mlsr-es node stop ends it.
    """
    from mlsr_es.describe import choose_describers
    from mlsr_es.elastic.client import ConnectionSettings, connect
    from mlsr_es.embedded import Node
    from mlsr_es.encoders import load_model
    from mlsr_es.indexing import IndexJob, index_collection
    from mlsr_es.suggestion import SuggestOptions, look_up, suggest

    with progress() as bars:
        url = Node().start(bars).url or ""
        model = load_model(_MODEL)
        source = _opened(model, bars)
        client = connect(ConnectionSettings(url=url))
        languages = languages_of(model)
        job = IndexJob(
            source=source,
            index=source.name,
            model=model,
            model_name=_MODEL,
            origin=source.name,
            languages=languages,
            describing=choose_describers(_describe()),
            thumbnails=True,
            rejects=Path(f"{source.name}-rejects.ndjson"),
        )
        summary = index_collection(job, client, bars, note)
    print_summary(summary)

    known, options = look_up(client, source.name), SuggestOptions(size=_IMAGES, explain=True)
    for section in _sections(source):
        data.print()
        data.print(_heading(section))
        print_images(suggest(client, known.name, section, options, encoder=model, known=known))
    _what_next(source.name, url)


def _describe() -> str:
    """What stands in the manual's images is shipped; the sample's few are read where that can be done."""
    return "text,name" if find_spec("rapidocr") else "name"


def _opened(model: BiEncoder, bars: Progress) -> Source:
    from mlsr_es.sources import AptMissingError, open_source

    languages = languages_of(model)
    try:
        return open_source(_COLLECTION, languages=languages, progress=bars)
    except AptMissingError as missing:
        note(f"{missing.what} The sample collection, which comes with mlsr-es, takes its place.")
        return open_source(_FALLBACK, languages=languages, progress=bars)


def _sections(source: Source) -> list[Section]:
    """The first section with images of each of the pages that are shown."""
    judged = {judgement.section_id for judgement in source.judgements()}
    by_page: dict[str, Section] = {}
    for section in source.sections():
        if section.id in judged:
            by_page.setdefault(section.page, section)
    return [by_page[page] for page in _SHOWN[source.name].pages if page in by_page]


def _heading(section: Section) -> Text:
    from rich.text import Text

    titles = " > ".join(dict.fromkeys(filter(None, (section.page_title, section.section_title))))
    text = section.text if len(section.text) <= _LONGEST_TEXT else f"{section.text[: _LONGEST_TEXT - 1]}…"
    return Text.assemble(("Section  ", "dim"), (titles, "bold"), f"\n{text}")


def _what_next(index: str, url: str) -> None:
    first, second = _SHOWN[index].questions
    program = "mlsr-es" if shutil.which("mlsr-es") else sys.argv[0]
    note(
        f"""
The index {index} is at {url}. What to try next:

  {program} search "{first}" --index {index} --explain
  {program} search "{second}" --index {index} --hybrid auto
  {program} index FOLDER --index my-site --thumbnails     (HTML pages, images with captions, JSON Lines...)
  {program} node stop"""
    )
