"""A folder of images, with captions in files beside them or in the images themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from copy import copy
from itertools import groupby, islice
from pathlib import Path, PurePosixPath

from mlsr_es.collection import ImageDocument, ImageFile
from mlsr_es.errors import RecordError
from mlsr_es.sources.caption_names import CAPTION_NAMES
from mlsr_es.sources.columns import with_meant
from mlsr_es.sources.images import HEIC_ADVICE, HEIC_SUFFIXES, captions_in, header_of, suffixes
from mlsr_es.sources.rows import is_rows
from mlsr_es.sources.side_cars import SUFFIXES, SideCars
from mlsr_es.sources.source import ImagesAlone, LeftOut, narrowed
from mlsr_es.sources.text import inside, path_id
from mlsr_es.sources.walking import file_paths

_LOOKED_AT = 100


class ImageFolder(ImagesAlone):
    """A source with one document for each image; the page of an image is its folder.

    Captions are read from the files beside an image: ``owl.txt`` or ``owl.jpg.txt`` with one caption, or with a line
    for each language in Tux Paint's form; the same with ``.json``, an object as in ``mlsr_es.sources.captions``, or
    with ``.xmp``. Where these have no caption, the image's own XMP, IPTC and EXIF data are read.

    Args:
        folder: The folder with the images, at any depth; nothing outside it is read.
        name: The collection's name; image ids begin with it.
        encoding: The encoding of the text files; "" for UTF-8.
    """

    def __init__(self, folder: Path, *, name: str, encoding: str = "") -> None:
        self.name = name
        self._folder = folder.resolve()
        self._side_cars = SideCars(self._folder, encoding)
        self._languages: frozenset[str] | None = None

    def documents(self) -> Iterator[ImageDocument | RecordError | LeftOut]:
        """Image documents, folder by folder, in the order of their names."""
        for same in _pictures(self._folder):
            yield self._document(same[0])
            for variant in same[1:]:
                yield LeftOut(f"{self.name}/{path_id(variant)}", "variant")

    def count(self) -> int:
        """The number of image files."""
        return sum(len(same) for same in _pictures(self._folder))

    def in_languages(self, languages: frozenset[str] | None) -> ImageFolder:
        """The same images with captions in these languages; they are read again."""
        folder = copy(self)
        folder._languages = languages  # noqa: SLF001 - an object of the same class
        return folder

    def unread(self) -> Iterator[str]:
        """Yield a line on the files that nothing reads, and one on names in JSON files that nothing reads."""
        images = [path for same in _pictures(self._folder) for path in same]
        read = {*images, *(file for image in images for file in self._side_cars.of(image))}
        kinds: defaultdict[str, list[str]] = defaultdict(list)
        for path in file_paths(self._folder):
            if path not in read:
                kinds[PurePosixPath(path).suffix.lower()].append(path)
        if kinds:
            yield f"{self._folder}: not read: {'; '.join(_of_kind(*kind) for kind in sorted(kinds.items()))}."
        names: defaultdict[str, list[str]] = defaultdict(list)
        for image in islice(images, _LOOKED_AT):
            for name in self._side_cars.unread_names(image):
                names[name].append(image)
        if names:
            told = ", ".join(f"{with_meant(name, CAPTION_NAMES)} beside {found[0]}" for name, found in names.items())
            yield f"{self._folder}: names in JSON files that are not read: {told}. Those that are: {_NAMES}."

    def _document(self, path: str) -> ImageDocument | RecordError | LeftOut:
        image_id = f"{self.name}/{path_id(path)}"
        try:
            image = ImageFile(path, inside(self._folder, path, record_id=image_id))
            captions = tuple(dict.fromkeys(self._side_cars.captions(path, image_id))) or captions_in(image)
        except RecordError as error:
            return error
        page = path.rpartition("/")[0]
        header = header_of(image)
        document = ImageDocument(image_id, self.name, captions, image, page, header.width, header.height)
        return narrowed(document, self._languages)


_NAMES = ", ".join(CAPTION_NAMES)


def _pictures(folder: Path) -> Iterator[list[str]]:
    """The image files; those that differ in their suffix only are one group, with SVG files last."""
    for _, same in groupby(file_paths(folder, suffixes()), key=lambda path: str(Path(path).with_suffix(""))):
        yield sorted(same, key=lambda path: path.lower().endswith(".svg"))


def _of_kind(suffix: str, paths: list[str]) -> str:
    """Files of one suffix that are not read: their number, an example, and what to do about them."""
    told = f"{len(paths):,} {suffix or 'without a suffix'} ({paths[0]}{', ...' if len(paths) > 1 else ''})"
    if suffix in HEIC_SUFFIXES:
        return f"{told}, {HEIC_ADVICE}"
    if suffix in SUFFIXES:
        return f"{told}, no image has its name"
    return f"{told}, a file of rows is named by its own path" if is_rows(Path(paths[0])) else told
