"""A folder of HTML pages, such as a manual or a site, as a collection."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from itertools import groupby
from pathlib import Path

from mlsr_es.collection import Caption, ImageDocument, ImageFile, Judgement, Section
from mlsr_es.errors import RecordError
from mlsr_es.progress import Progress, Silent
from mlsr_es.sources.captions import CAPTION_RULES, CaptionRule, FoundCaption
from mlsr_es.sources.icons import is_icon
from mlsr_es.sources.image_paths import ImagePaths
from mlsr_es.sources.images import header_of
from mlsr_es.sources.page import Page, read_page
from mlsr_es.sources.page_store import PageStore, ShownImage
from mlsr_es.sources.source import LeftOut, narrowed
from mlsr_es.sources.stand_ins import without_stand_ins
from mlsr_es.sources.text import inside, path_id, read_at_most
from mlsr_es.sources.walking import file_paths

PAGE_SUFFIXES = frozenset({".html", ".htm", ".xhtml"})

_LONGEST_PAGE = 16 * 2**20
_WIDER = "--root names a wider folder"
_MOST_OF_A_TOPIC = 12
_WORDS_FOR_AN_IMAGE = 5
_SIZES_IN_MEMORY = 4096
_FEW_PAGES = 10
_SHARE_OF_PAGES = 0.1


@dataclass(frozen=True, slots=True)
class PageReading:
    """What is made of the pages, beyond their marks.

    Args:
        rules: The rules that find captions which no mark of the pages' generator ties to an image.
        cuts_titles: Whether pages' titles lose what nearly all of them share, the site's name.
        drops_galleries: Whether a section of many images and few words is no topic.
        introduced: Whether words of the section stand in for the captions of images that have none (``STAND_INS``).
    """

    rules: tuple[CaptionRule, ...] = CAPTION_RULES
    cuts_titles: bool = True
    drops_galleries: bool = True
    introduced: bool = False


USUAL = PageReading()

AS_PUBLISHED = PageReading(rules=(), cuts_titles=False, drops_galleries=False)
"""The reading that published figures rest on: their collections keep ids, captions and judgements."""


SizeOfFile = Callable[[str], tuple[int, int]]


class Manual:
    """A source with a section for each heading, and one document for each image with the captions of all its places.

    The images of a section are its judgements. The rules in ``RULES`` leave images out. Each page is parsed once, at
    the first use, and each image's header is read once.

    Args:
        folder: The folder with the pages, at any depth; nothing outside it (or outside the root) is read.
        name: The collection's name; image ids begin with it.
        language: The language of pages that do not say theirs; "" for unknown.
        root: A wider folder, from which images may be read too, and to which ids and paths are relative then; None for
            the folder itself.
        reading: What is made of the pages.
        progress: Reports each page that is parsed.
    """

    def __init__(
        self,
        folder: Path,
        *,
        name: str,
        language: str = "",
        root: Path | None = None,
        reading: PageReading = USUAL,
        progress: Progress = Silent(),
    ) -> None:
        self.name = name
        self._folder = (root or folder).resolve()
        self._reading = reading
        self._language = language
        self._languages: frozenset[str] | None = None
        self._paths = ImagePaths(name, self._folder)
        self._size_of = lru_cache(_SIZES_IN_MEMORY)(partial(_size_of, self._folder))
        pages = folder.resolve().relative_to(self._folder).as_posix()
        read_pages = partial(_read_pages, self._paths, pages, reading, self._size_of, progress)
        self._store = PageStore(read_pages, self._paths.id, cuts_titles=reading.cuts_titles)

    def documents(self) -> Iterator[ImageDocument | RecordError | LeftOut]:
        """Image documents in the order in which the pages show them; pages are in the order of their names."""
        return (item for item, _ in self.captioned())

    def captioned(self) -> Iterator[tuple[ImageDocument | RecordError | LeftOut, tuple[str, ...]]]:
        """The items of ``documents``, each with the names of the rules that found its captions, in their order.

        The name is "" where a mark of the pages' generator says which image a caption belongs to.
        """
        yield from ((fault, ()) for fault in self._store.faults())
        pages = self._store.count_pages()
        for image in self._store.images():
            item = self._document(image, pages)
            rules = {self._caption(found): found.rule for found in image.found}
            yield item, tuple(rules[each] for each in item.captions) if isinstance(item, ImageDocument) else ()

    def sections(self) -> Iterator[Section]:
        """Sections page by page, in the pages' order."""
        return self._store.sections()

    def judgements(self) -> Iterator[Judgement]:
        """One judgement for each image document in each section that is no gallery."""
        for section_id, images in self._shown():
            if images and not self._is_gallery(images, section_id):
                yield from (Judgement(section_id, image_id) for image_id in images)

    def galleries(self) -> Iterator[str]:
        """The ids of sections that show many images and say little: galleries and indexes, which are no topics."""
        return (section_id for section_id, images in self._shown() if self._is_gallery(images, section_id))

    def _shown(self) -> Iterator[tuple[str, list[str]]]:
        """Each section that has images, with the ids of its image documents."""
        pages = self._store.count_pages()
        for section_id, places in groupby(self._store.places(), key=lambda place: place[0]):
            yield (
                section_id,
                [image.id for _, image in places if isinstance(self._document(image, pages), ImageDocument)],
            )

    def _is_gallery(self, images: Sequence[str], section_id: str) -> bool:
        if not self._reading.drops_galleries or len(images) <= _MOST_OF_A_TOPIC:
            return False
        return self._store.words(section_id) < _WORDS_FOR_AN_IMAGE * len(images)

    def faults(self) -> Iterator[RecordError]:
        """Yield nothing: ``documents`` yields the errors of unreadable pages."""
        yield from ()

    def count(self) -> int:
        """How many items ``documents`` yields; this reads the pages."""
        return self._store.count()

    def in_languages(self, languages: frozenset[str] | None) -> Manual:
        """The same manual with captions in these languages; its pages are not parsed again."""
        manual = copy(self)
        manual._languages = languages  # noqa: SLF001 - an object of the same class
        return manual

    def _document(self, image: ShownImage, pages: int) -> ImageDocument | RecordError | LeftOut:
        path = self._paths.path(image.page, image.src)
        if path is None:
            return LeftOut(image.id, "embedded" if image.src.lower().startswith("data:") else "remote")
        if image.rule:
            return LeftOut(image.id, image.rule)
        if image.pages > _FEW_PAGES and image.pages > pages * _SHARE_OF_PAGES:
            return LeftOut(image.id, "repeated")
        try:
            file = ImageFile(path, inside(self._folder, path, record_id=image.id, advice=_WIDER))
        except RecordError as error:
            return RecordError(image.id, "read", f"{error.reason} (on the page {image.page})")
        width, height = image.size or self._measured(image, path)
        if is_icon(width, height, inline=image.inline):
            return LeftOut(image.id, "icon")
        captions = without_stand_ins(tuple(map(self._caption, image.found)))
        document = ImageDocument(image.id, self.name, captions, file, image.page, width, height)
        return narrowed(document, self._languages)

    def _caption(self, found: FoundCaption) -> Caption:
        return replace(found.caption, language=found.caption.language or self._language)

    def _measured(self, image: ShownImage, path: str) -> tuple[int, int]:
        size = self._size_of(path)
        self._store.keep_size(image, size)
        return size


def _read_pages(
    paths: ImagePaths, below: str, reading: PageReading, size_of: SizeOfFile, progress: Progress
) -> Iterator[tuple[str, Page | RecordError]]:
    """Read each page: its file's name, with its contents or the error."""
    stage = "Reading pages"
    folder = paths.folder
    progress.start(stage, sum(1 for _ in file_paths(folder / below, PAGE_SUFFIXES)), "pages")
    for name in file_paths(folder / below, PAGE_SUFFIXES):
        page = posixpath.normpath(posixpath.join(below, name))
        try:
            content = read_at_most(inside(folder, page, record_id=path_id(page)), _LONGEST_PAGE)
            sizes = partial(_size_on, page, paths, size_of)
            yield page, read_page(content, page, rules=reading.rules, size_of=sizes, introduced=reading.introduced)
        except RecordError as error:
            yield page, error
        except (OSError, ValueError) as error:
            yield page, RecordError(path_id(page), "read", f"the page cannot be read: {error}")
        progress.advance(stage)
    progress.finish(stage)


def _size_on(page: str, paths: ImagePaths, size_of: SizeOfFile, src: str) -> tuple[int, int] | None:
    """The size of the image that a page names; None where it has no file in the source."""
    path = paths.path(page, src)
    return None if path is None else size_of(path)


def _size_of(folder: Path, path: str) -> tuple[int, int]:
    """The size in the header of an image's file; 0 where it cannot be read."""
    try:
        header = header_of(ImageFile(path, inside(folder, path, record_id="")))
    except RecordError:
        return 0, 0
    return header.width, header.height
