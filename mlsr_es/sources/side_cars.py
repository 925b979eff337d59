"""Files with captions beside images: ``owl.txt``, ``owl.jpg.txt``, and the same with ``.json`` and ``.xmp``."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path, PurePosixPath

import orjson

from mlsr_es.collection import Caption, CaptionKind
from mlsr_es.errors import RecordError
from mlsr_es.sources.caption_names import captions_from, is_caption_name
from mlsr_es.sources.embedded import captions_of_xmp
from mlsr_es.sources.encodings import text_of
from mlsr_es.sources.text import folded, inside, language_code, read_at_most

SUFFIXES = (".txt", ".json", ".xmp")
"""The suffixes of files with captions, in the order in which they are read."""

_LONGEST = 2**20

# Tux Paint's form: the first line is English, the other lines look like "de.utf8=Eine Eule."
_TRANSLATION = re.compile(r"^([A-Za-z]{2,3}(?:[_@][A-Za-z]+)?)\.utf8=(.*)$")


class SideCars:
    """Finds and reads the files with captions beside images.

    Args:
        folder: The folder with the images, resolved; nothing outside it is read.
        encoding: The encoding of the text files; "" for UTF-8.
    """

    def __init__(self, folder: Path, encoding: str = "") -> None:
        self._folder = folder
        self._encoding = encoding
        self._names = lru_cache(maxsize=1)(self._listed)

    def of(self, image: str) -> list[str]:
        """The files for an image, by the paths relative to the folder; upper and lower case count as equal."""
        path = PurePosixPath(image)
        there = self._names(str(path.parent))
        wanted = (f"{name}{suffix}" for suffix in SUFFIXES for name in (path.stem, path.name))
        return [str(path.parent / there[name.casefold()]) for name in wanted if name.casefold() in there]

    def captions(self, image: str, image_id: str) -> Iterator[Caption]:
        """Yield the captions in the files for an image.

        Raises:
            RecordError: A file cannot be read, or leaves the folder.
        """
        read: dict[str, Callable[[bytes, str], Iterator[Caption]]] = {
            ".txt": self._from_text,
            ".json": _from_json,
            ".xmp": lambda content, _: captions_of_xmp(content),
        }
        for side_car in self.of(image):
            file = inside(self._folder, side_car, record_id=image_id)
            try:
                yield from read[file.suffix.lower()](read_at_most(file, _LONGEST), image_id)
            except (OSError, ValueError) as error:
                raise RecordError(image_id, "read", f"its captions in {side_car} cannot be read: {error}") from error

    def unread_names(self, image: str) -> list[str]:
        """The names in the JSON files for an image that no caption is read from."""
        names: list[str] = []
        for side_car in self.of(image):
            if side_car.lower().endswith(".json"):
                try:
                    names += _object(read_at_most(inside(self._folder, side_car, record_id=image), _LONGEST))
                except (OSError, ValueError, RecordError):
                    continue  # the image is rejected for it when it is read
        return [name for name in names if not is_caption_name(name)]

    def _listed(self, parent: str) -> dict[str, str]:
        names = (entry.name for entry in os.scandir(self._folder / parent))
        return {name.casefold(): name for name in sorted(names)}

    def _from_text(self, content: bytes, _image_id: str) -> Iterator[Caption]:
        lines = text_of(content, self._encoding).splitlines()
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
    return captions_from(_object(content), image_id)


def _object(content: bytes) -> dict[str, object]:
    value = orjson.loads(text_of(content))
    if not isinstance(value, dict):
        raise ValueError("it is no JSON object")  # noqa: TRY004 - a fault of the data
    return value
