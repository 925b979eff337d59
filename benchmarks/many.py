"""The collection ``many``: two manuals in all languages that Debian has, and Tux Paint's stamps in theirs, as rows.

    python benchmarks/many.py -o build/many-rows
    mlsr-es encode build/many-rows -o build/many --describe none --languages CODES   # the last line that it prints

A document is an image in one language: of the manuals of GIMP and KiCad each image of each language's package, of the
stamps each language that an image has a caption in. Images without captions are left out, and no image is copied. Of
each manual's sections every twentieth is written: enough to ask with. Packages are fetched once, into the folder that
keeps known collections (2.1 GB). One that cannot be had is told, and the others are read. Where translators have not
come to a caption, its manual has it in English, as all of the Croatian and the Farsi one: it is counted for the
manual's language all the same.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, replace
from itertools import groupby, islice
from pathlib import Path
from time import perf_counter
from typing import IO

import orjson

from mlsr_es.collection import ImageDocument, Section
from mlsr_es.errors import SourceError
from mlsr_es.progress import Silent
from mlsr_es.sources import KNOWN, KnownCollection, Source, open_source
from mlsr_es.sources.cache import collection_folder
from mlsr_es.sources.manual import Manual
from mlsr_es.state import state_folder

NAME = "many"
_STAMPS = "tuxpaint-stamps"
_EVERY = 20
_GIMP = "ca cs da de el en en-gb es fa fi fr hr hu it ja ko lt nl nn pt pt-br ro ru sl sv uk zh-cn"
_KICAD = "ca de en es fr id it ja pl ru zh"


def manuals() -> Iterator[KnownCollection]:
    """Each language of each manual: the English one as it is known, from another package and folder."""
    for name, languages in (("gimp-manual", _GIMP), ("kicad-manual", _KICAD)):
        english = KNOWN[name]
        for code in languages.split():
            language, _, country = code.partition("-")
            yield replace(
                english,
                name=name if code == "en" else f"{name}-{code}",
                package=f"{english.package.removesuffix('-en')}-{code}",
                folder=f"{english.folder.removesuffix('/en')}/{language}{country and f'_{country.upper()}'}",
                language=code,
            )


def opened(known: KnownCollection) -> Source:
    """A manual, fetched if it is not there."""
    folder = collection_folder(known, state_folder(), Silent())
    return Manual(folder, name=known.name, language=known.language, reading=known.reading)


def documents_of(source: Source) -> Iterator[ImageDocument]:
    """The images that have captions."""
    return (item for item in source.documents() if isinstance(item, ImageDocument) and item.captions)


def by_language(document: ImageDocument) -> Iterator[ImageDocument]:
    """A document for each language of an image's captions."""
    captions = sorted(document.captions, key=lambda caption: caption.language)
    for language, same in groupby(captions, key=lambda caption: caption.language):
        yield replace(document, id=f"{document.id}#{language}", captions=tuple(same))


def in_language(document: ImageDocument, language: str) -> ImageDocument:
    """A document whose captions are all in one language: KiCad's pages say English whatever they are in."""
    return replace(document, captions=tuple(replace(caption, language=language) for caption in document.captions))


class Rows:
    """The two files of a folder of rows, and how many documents of each source and language they have.

    Args:
        documents: Takes a line for each image.
        sections: Takes a line for each section.
    """

    def __init__(self, documents: IO[bytes], sections: IO[bytes]) -> None:
        self._documents, self._sections = documents, sections
        self.counts: defaultdict[str, dict[str, int]] = defaultdict(dict)
        self.sections = 0

    def add(self, source: str, language: str, document: ImageDocument) -> None:
        """Write an image."""
        row = asdict(replace(document, collection=NAME, image=None))
        del row["image"]
        self._documents.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
        self.counts[source][language] = self.counts[source].get(language, 0) + 1

    def add_section(self, manual: str, section: Section) -> None:
        """Write a section, whose id gets the manual's name: all languages have the same pages."""
        row = asdict(replace(section, id=f"{manual}/{section.id}"))
        self._sections.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
        self.sections += 1

    def tell(self) -> None:
        """Print how many there are."""
        for source, languages in self.counts.items():
            listed = ", ".join(f"{language} {count:,}" for language, count in sorted(languages.items()))
            print(f"{source}: {sum(languages.values()):,} documents in {len(languages)} languages: {listed}")
        total = sum(count for languages in self.counts.values() for count in languages.values())
        print(f"{total:,} documents, {self.sections:,} sections")
        print("--languages", ",".join(sorted({code for languages in self.counts.values() for code in languages})))


def add_manual(known: KnownCollection, rows: Rows) -> None:
    """Write a manual's images and some of its sections."""
    source = opened(known)
    for document in documents_of(source):
        rows.add(known.package.partition("-")[0], known.language, in_language(document, known.language))
    for section in islice(source.sections(), 0, None, _EVERY):
        rows.add_section(known.name, section)


def add_stamps(rows: Rows) -> None:
    """Write the stamps, once per language."""
    for document in documents_of(open_source(_STAMPS)):
        for one in by_language(document):
            rows.add("tuxpaint", one.captions[0].language, one)


def written(folder: Path) -> list[SourceError]:
    """Write the rows, print what they are, and return why packages are missing."""
    folder.mkdir(parents=True, exist_ok=True)
    missing: list[SourceError] = []
    files = [folder / "documents.jsonl", folder / "topics.jsonl"]
    partial = [file.with_suffix(".partial") for file in files]
    with ExitStack() as stack:
        rows = Rows(*(stack.enter_context(file.open("wb")) for file in partial))
        for known in [*manuals(), KNOWN[_STAMPS]]:
            started = perf_counter()
            try:
                add_stamps(rows) if known.name == _STAMPS else add_manual(known, rows)
            except SourceError as error:
                missing.append(error)
            print(f"{known.package}: {perf_counter() - started:.0f} s", file=sys.stderr)
    for file, made in zip(files, partial, strict=True):
        made.replace(file)
    rows.tell()
    return missing


def main() -> None:
    """Make the collection; the exit code is 3 where a package could not be had."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FOLDER", help="made if it is not there")
    for error in (missing := written(parser.parse_args().output)):
        print(error, file=sys.stderr)
    sys.exit(3 if missing else 0)


if __name__ == "__main__":
    main()
