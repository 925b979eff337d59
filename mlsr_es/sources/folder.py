"""A folder of images with captions in files beside them: ``owl.png`` and ``owl.txt`` or ``owl.json``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import copy
from itertools import groupby
from pathlib import Path
from typing import Any

import orjson

from mlsr_es.collection import Caption, CaptionKind, ImageDocument, ImageFile, Judgement, Section
from mlsr_es.errors import RecordError
from mlsr_es.sources.atomic import caption_from
from mlsr_es.sources.images import SUFFIXES, header_of
from mlsr_es.sources.source import LeftOut, narrowed
from mlsr_es.sources.text import folded, inside, language_code, path_id
from mlsr_es.sources.walking import file_paths

# Tux Paint's form: the first line is English, the other lines look like "de.utf8=Eine Eule."
_TRANSLATION = re.compile(r"^([A-Za-z]{2,3}(?:[_@][A-Za-z]+)?)\.utf8=(.*)$")


class ImageFolder:
    """A source with one document for each image; the page of an image is its folder.

    A side-car text file holds one caption, or a line for each language in Tux Paint's form. A side-car JSON file holds
    an object with ``description``, ``title``, ``alt``, ``attribution`` and ``language``, or with ``captions``, a list
    of objects with ``text``, ``kind`` and ``language``. An image without a side-car file has no captions.

    Args:
        folder: The folder with the images, at any depth; nothing outside it is read.
        name: The collection's name; image ids begin with it.
    """

    def __init__(self, folder: Path, *, name: str) -> None:
        self.name = name
        self._folder = folder.resolve()
        self._languages: frozenset[str] | None = None

    def documents(self) -> Iterator[ImageDocument | RecordError | LeftOut]:
        """Image documents, folder by folder, in the order of their names."""
        for same in _pictures(self._folder):
            yield self._document(same[0])
            for variant in same[1:]:
                yield LeftOut(f"{self.name}/{path_id(variant)}", "variant")

    def sections(self) -> Iterator[Section]:
        """Yield nothing: the folder has no text besides captions."""
        yield from ()

    def judgements(self) -> Iterator[Judgement]:
        """Yield nothing: the folder has no text besides captions."""
        yield from ()

    def faults(self) -> Iterator[RecordError]:
        """Yield nothing: the folder has no text besides captions."""
        yield from ()

    def count(self) -> int:
        """The number of image files."""
        return sum(len(same) for same in _pictures(self._folder))

    def in_languages(self, languages: frozenset[str] | None) -> ImageFolder:
        """The same images with captions in these languages; they are read again."""
        folder = copy(self)
        folder._languages = languages  # noqa: SLF001 - an object of the same class
        return folder

    def _document(self, path: str) -> ImageDocument | RecordError | LeftOut:
        image_id = f"{self.name}/{path_id(path)}"
        try:
            image = ImageFile(path, inside(self._folder, path, record_id=image_id))
            captions = tuple(dict.fromkeys(self._captions(path, image_id)))
        except RecordError as error:
            return error
        page = path.rpartition("/")[0]
        header = header_of(image)
        document = ImageDocument(image_id, self.name, captions, image, page, header.width, header.height)
        return narrowed(document, self._languages)

    def _captions(self, path: str, image_id: str) -> Iterator[Caption]:
        for suffix, read in ((".txt", _from_text), (".json", _from_json)):
            side_car = Path(path).with_suffix(suffix).as_posix()
            if (self._folder / side_car).exists():
                file = inside(self._folder, side_car, record_id=image_id)
                try:
                    yield from read(file.read_bytes(), image_id)
                except (OSError, ValueError) as error:
                    raise RecordError(
                        image_id, "read", f"its captions in {side_car} cannot be read: {error}"
                    ) from error


def _pictures(folder: Path) -> Iterator[list[str]]:
    """The image files; those that differ in their suffix only are one group, with SVG files last."""
    for _, same in groupby(file_paths(folder, SUFFIXES), key=lambda path: str(Path(path).with_suffix(""))):
        yield sorted(same, key=lambda path: path.lower().endswith(".svg"))


def _from_text(content: bytes, _image_id: str) -> Iterator[Caption]:
    lines = content.decode("utf-8-sig").splitlines()
    translations = [found for line in lines[1:] if (found := _TRANSLATION.match(line.strip()))]
    if not translations:
        lines, language = [" ".join(lines)], ""
    else:
        language = "en"
    pairs = [(language, lines[0]), *((language_code(found[1]), found[2]) for found in translations)]
    for code, text in pairs:
        if folded(text):
            yield Caption(folded(text), CaptionKind.DESCRIPTION, code)


def _from_json(content: bytes, image_id: str) -> Iterator[Caption]:
    value: Any = orjson.loads(content)
    if not isinstance(value, dict):
        raise ValueError("it is no JSON object")  # noqa: TRY004 - a fault of the data
    for kind in CaptionKind:
        yield from caption_from({"text": value.get(kind), "kind": kind, "language": value.get("language")}, image_id)
    captions = value.get("captions", [])
    if not isinstance(captions, list):
        raise ValueError("'captions' is no list")  # noqa: TRY004 - a fault of the data
    for caption in captions:
        yield from caption_from(caption, image_id)
