"""A folder of HTML pages - a manual, a site - as a collection."""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from mlsr_es.collection import Caption, ImageDocument, ImageFile, Judgement, Section
from mlsr_es.errors import RecordError
from mlsr_es.sources.images import Header, header_of
from mlsr_es.sources.page import Page, PlacedImage, read_page
from mlsr_es.sources.source import LeftOut, in_languages
from mlsr_es.sources.text import inside, path_id
from mlsr_es.sources.walking import file_paths

PAGE_SUFFIXES = frozenset({".html", ".htm", ".xhtml"})

_ICON_SIDE = 48
_ICON_HEIGHT_IN_A_LINE = 64
_FEW_PAGES = 10
_SHARE_OF_PAGES = 0.1


class Manual:
    """Sections by headings; an image on several pages is one document, with the captions of all its places.

    The images of a section are its judgements. What ``RULES`` names is left out.

    Args:
        folder: Where the pages are, at any depth; nothing outside it is read.
        name: The collection's name; image ids begin with it.
        languages: Which captions to keep; None for all.
        language: The language of pages that do not say theirs.
    """

    def __init__(self, folder: Path, *, name: str, languages: frozenset[str] | None = None, language: str = "") -> None:
        self.name = name
        self._folder = folder.resolve()
        self._languages = languages
        self._language = language

    def documents(self) -> Iterator[ImageDocument | RecordError | LeftOut]:
        """Image documents in the order in which the pages, by name, show them."""
        images, unread, pages = self._gathered()
        yield from unread
        for image_id, image in images.items():
            yield self._document(image_id, image, pages)

    def sections(self) -> Iterator[Section]:
        """Sections page by page, in the pages' order."""
        for _, read in self._pages():
            if isinstance(read, Page):
                yield from read.sections

    def judgements(self) -> Iterator[Judgement]:
        """Each section's images, those that are documents."""
        kept = {document.id for document in self.documents() if isinstance(document, ImageDocument)}
        for page, read in self._pages():
            if isinstance(read, Page):
                pairs = ((place.section_id, self._id(page, place.found.src)) for place in read.images if not place.rule)
                for section_id, image_id in dict.fromkeys(pairs):
                    if image_id in kept:
                        yield Judgement(section_id, image_id)

    def faults(self) -> Iterator[RecordError]:
        """Nothing: ``documents`` has the pages that cannot be read."""
        yield from ()

    def count(self) -> int:
        """How many items ``documents`` yields: the pages are read, their images are not."""
        images, unread, _ = self._gathered()
        return len(images) + len(unread)

    def _pages(self) -> Iterator[tuple[str, Page | RecordError]]:
        for page in file_paths(self._folder, PAGE_SUFFIXES):
            try:
                content = inside(self._folder, page, record_id=path_id(page)).read_bytes()
                yield page, read_page(content, page)
            except RecordError as error:
                yield page, error
            except (OSError, ValueError) as error:
                yield page, RecordError(path_id(page), "read", f"the page cannot be read: {error}")

    def _gathered(self) -> tuple[dict[str, _Image], list[RecordError], int]:
        """All images by id with the captions of all their places; pages that cannot be read; the number of pages."""
        images: dict[str, _Image] = {}
        unread: list[RecordError] = []
        pages = 0
        for page, read in self._pages():
            pages += 1
            if isinstance(read, RecordError):
                unread.append(read)
                continue
            for place in read.images:
                image_id = self._id(page, place.found.src)
                images.setdefault(image_id, _Image(page, place.found.src, place.rule)).take(page, place)
        return images, unread, pages

    def _id(self, page: str, src: str) -> str:
        path = _relative(page, src)
        if path is None:
            return f"{self.name}/{path_id(page)}#{hashlib.sha256(src.encode()).hexdigest()[:12]}"
        return f"{self.name}/{path_id(path)}"

    def _document(self, image_id: str, image: _Image, pages: int) -> ImageDocument | RecordError | LeftOut:
        path = _relative(image.page, image.src)
        if path is None:
            return LeftOut(image_id, "embedded" if image.src.lower().startswith("data:") else "remote")
        if image.rule:
            return LeftOut(image_id, image.rule)
        if image.pages > _FEW_PAGES and image.pages > pages * _SHARE_OF_PAGES:
            return LeftOut(image_id, "repeated")
        try:
            file = ImageFile(path, inside(self._folder, path, record_id=image_id))
        except RecordError as error:
            return RecordError(image_id, "read", f"{error.reason} (on the page {image.page})")
        header = header_of(file)
        if _is_icon(header, inline=image.inline):
            return LeftOut(image_id, "icon")
        captions = (
            Caption(caption.text, caption.kind, caption.language or self._language) for caption in image.captions
        )
        document = ImageDocument(image_id, self.name, tuple(captions), file, image.page, header.width, header.height)
        return in_languages(document, self._languages)


@dataclass(slots=True)
class _Image:
    """What all pages say of an image; ``page`` is the first where it is content."""

    page: str
    src: str
    rule: str
    captions: dict[Caption, None] = field(default_factory=dict)
    inline: bool = True
    pages: int = 0
    last_page: str = ""

    def take(self, page: str, place: PlacedImage) -> None:
        """Add a place where the image stands."""
        if self.last_page != page:
            self.last_page = page
            self.pages += 1
        if place.rule:
            return
        if self.rule:
            self.page, self.src, self.rule = page, place.found.src, ""
        self.inline = self.inline and place.found.inline
        self.captions.update(dict.fromkeys(place.found.captions))


def _relative(page: str, src: str) -> str | None:
    """The path that a page's ``src`` means, relative to the source's folder; None where it is not a file's.

    A path that leaves the folder stays one that does.
    """
    try:
        parts = urlsplit(src)
    except ValueError:
        return src
    if parts.netloc or parts.scheme not in ("", "file"):
        return None
    return posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(parts.path)))


def _is_icon(header: Header, *, inline: bool) -> bool:
    if not header.width or not header.height:
        return False
    return max(header.width, header.height) <= _ICON_SIDE or (inline and header.height <= _ICON_HEIGHT_IN_A_LINE)
