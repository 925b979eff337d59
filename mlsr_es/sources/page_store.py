"""The contents of a manual's pages, read once and kept on disk, because a manual may not fit into memory."""

from __future__ import annotations

import json
import sqlite3
import weakref
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from threading import Lock
from typing import Any

from mlsr_es.collection import Caption, CaptionKind, Section
from mlsr_es.errors import RecordError, StorageError
from mlsr_es.sources.captions import FoundCaption
from mlsr_es.sources.page import Page, PlacedImage
from mlsr_es.sources.text import word_count
from mlsr_es.sources.titles import SharedTitle, shared_title

_AT_ONCE = 256
"""How many rows are in memory at a time."""

# Texts are kept as JSON in ASCII, because file names may have bytes that are not UTF-8, which sqlite refuses.
_TABLES = """
    CREATE TABLE pages (number INTEGER PRIMARY KEY, fault TEXT, title TEXT);
    CREATE VIEW faults AS SELECT number, fault FROM pages WHERE fault IS NOT NULL;
    CREATE TABLE sections (number INTEGER PRIMARY KEY, section TEXT, id TEXT, words INTEGER);
    CREATE INDEX section_ids ON sections (id);
    CREATE TABLE images (number INTEGER PRIMARY KEY, id TEXT UNIQUE, page TEXT, src TEXT, rule TEXT, inline INTEGER,
                         pages INTEGER, last_page INTEGER, width INTEGER, height INTEGER);
    CREATE TABLE captions (number INTEGER PRIMARY KEY, image INTEGER, caption TEXT, rule TEXT, UNIQUE (image, caption));
    CREATE TABLE places (number INTEGER PRIMARY KEY, section TEXT, image INTEGER);
"""

# An image that is navigation in one page and content in another is content. Its page is the first page where it is
# content, and only its places as content decide whether it is within a line.
_ADD_PLACE = """
    INSERT INTO images (id, page, src, rule, inline, pages, last_page)
    VALUES (:id, :page, :src, :rule, :inline, 1, :number)
    ON CONFLICT (id) DO UPDATE SET
        page = CASE WHEN rule <> '' AND excluded.rule = '' THEN excluded.page ELSE page END,
        src = CASE WHEN rule <> '' AND excluded.rule = '' THEN excluded.src ELSE src END,
        rule = CASE WHEN excluded.rule = '' THEN '' ELSE rule END,
        inline = inline AND excluded.inline,
        pages = pages + (last_page <> excluded.last_page),
        last_page = excluded.last_page
"""


@dataclass(frozen=True, slots=True)
class ShownImage:
    """An image with what all pages together say about it.

    Args:
        number: Its position in the order in which the pages show the images, from 1.
        id: The image id.
        page: The first page where it is content; if it is never content, the first page that shows it.
        src: The image's ``src``, as that page writes it.
        rule: The rule in ``RULES`` that leaves the image out; "" where it is content somewhere.
        inline: Whether it is within a line of text at every place where it is content.
        pages: How many pages show it.
        size: Width and height in pixels, as given to ``PageStore.keep_size``, with 0 where the file does not say; None
            before that.
        found: The captions of all places where it is content, without duplicates, in the pages' order, each with the
            first rule that found it.
    """

    number: int
    id: str
    page: str
    src: str
    rule: str
    inline: bool
    pages: int
    size: tuple[int, int] | None
    found: tuple[FoundCaption, ...]


class PageStore:
    """Reads the pages at the first use, and keeps their contents in a temporary database.

    Several threads may use it, also while they iterate over its results.

    Args:
        pages: Reads all pages in order: the name of each, with its contents or the error.
        image_id: Makes the id of an image from the name of a page and the ``src`` there.
        cuts_titles: Whether pages' titles lose what nearly all of them share.
    """

    def __init__(
        self,
        pages: Callable[[], Iterator[tuple[str, Page | RecordError]]],
        image_id: Callable[[str, str], str],
        *,
        cuts_titles: bool = False,
    ) -> None:
        self._read_pages = pages
        self._image_id = image_id
        self._cuts_titles = cuts_titles
        self._shared_title = SharedTitle()
        self._lock = Lock()
        self._database: sqlite3.Connection | None = None

    def faults(self) -> Iterator[RecordError]:
        """The errors of pages that cannot be read."""
        for _, fault in self._rows("SELECT number, fault FROM faults"):
            yield RecordError(*json.loads(fault))

    def sections(self) -> Iterator[Section]:
        """All sections, in the pages' order."""
        for _, section in self._rows("SELECT number, section FROM sections"):
            fields = json.loads(section)
            title = self._shared_title.cut(fields["page_title"])
            yield Section(**{**fields, "page_title": title, "hierarchy": tuple(fields["hierarchy"])})

    def words(self, section_id: str) -> int:
        """How many words the text of a section has."""
        return self._number("SELECT words FROM sections WHERE id = ?", json.dumps(section_id))

    def images(self) -> Iterator[ShownImage]:
        """All images, in the order in which the pages show them."""
        for row in self._rows("SELECT * FROM images"):
            yield self._image(row)

    def places(self) -> Iterator[tuple[str, ShownImage]]:
        """Each image that is content with the id of its section, in the pages' order."""
        for _, section_id, image in self._rows("SELECT number, section, image FROM places"):
            (row,) = self._ask("SELECT * FROM images WHERE number = ?", image)
            yield json.loads(section_id), self._image(row)

    def count_pages(self) -> int:
        """How many pages there are, including those that cannot be read."""
        return self._number("SELECT count(*) FROM pages")

    def count(self) -> int:
        """How many images and unreadable pages there are together."""
        return self._number("SELECT (SELECT count(*) FROM images) + (SELECT count(*) FROM faults)")

    def keep_size(self, image: ShownImage, size: tuple[int, int]) -> None:
        """Store the size from the header of an image's file, so that the header is not read again."""
        self._ask("UPDATE images SET width = ?, height = ? WHERE number = ?", *size, image.number)

    def _image(self, row: tuple[Any, ...]) -> ShownImage:
        number, image_id, page, src, rule, inline, pages, _, width, height = row
        captions = self._ask("SELECT caption, rule FROM captions WHERE image = ? ORDER BY number", number)
        return ShownImage(
            number,
            json.loads(image_id),
            json.loads(page),
            json.loads(src),
            rule,
            bool(inline),
            pages,
            None if width is None else (width, height),
            tuple(FoundCaption(_caption(*json.loads(caption)), rule) for caption, rule in captions),
        )

    def _number(self, query: str, *values: object) -> int:
        ((number,),) = self._ask(query, *values)
        return int(number)

    def _rows(self, query: str) -> Iterator[tuple[Any, ...]]:
        """All rows of a query in the order of the first column, a batch at a time, so that no cursor stays open."""
        last = 0
        while rows := self._ask(f"{query} WHERE number > ? ORDER BY number LIMIT ?", last, _AT_ONCE):
            yield from rows
            last = rows[-1][0]

    def _ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            try:
                if self._database is None:
                    self._database = self._filled()
                return self._database.execute(query, values).fetchall()
            except sqlite3.Error as error:
                raise StorageError(
                    f"What the pages say cannot be kept in the folder for temporary files: {error}.",
                    advice="Make room there, or name another folder in SQLITE_TMPDIR.",
                ) from error

    def _filled(self) -> sqlite3.Connection:
        # An empty name makes sqlite use a temporary file, which it keeps in memory as long as it is small.
        database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        try:
            database.executescript(_TABLES)
            database.execute("BEGIN")  # never committed, since nobody else reads the database
            for name, read in self._read_pages():
                _add_page(database, name, read, self._image_id)
            if self._cuts_titles:
                titles = database.execute("SELECT title FROM pages WHERE title IS NOT NULL")
                self._shared_title = shared_title(json.loads(title) for (title,) in titles)
        except BaseException:
            database.close()
            raise
        weakref.finalize(self, database.close)
        return database


def _add_page(
    database: sqlite3.Connection, name: str, read: Page | RecordError, image_id: Callable[[str, str], str]
) -> None:
    fault = None if isinstance(read, Page) else json.dumps([read.record_id, read.stage, read.reason])
    title = json.dumps(read.sections[0].page_title) if isinstance(read, Page) and read.sections else None
    number = database.execute("INSERT INTO pages (fault, title) VALUES (?, ?)", (fault, title)).lastrowid
    if not isinstance(read, Page):
        return
    sections = ((json.dumps(asdict(each)), json.dumps(each.id), word_count(each.text)) for each in read.sections)
    database.executemany("INSERT INTO sections (section, id, words) VALUES (?, ?, ?)", sections)
    places: dict[tuple[str, int], None] = {}
    for place in read.images:
        shown = {"id": json.dumps(image_id(name, place.found.src)), "page": json.dumps(name), "number": number}
        image = _add_image(database, place, shown)
        if not place.rule:
            places[json.dumps(place.section_id), image] = None
    database.executemany("INSERT INTO places (section, image) VALUES (?, ?)", places)


def _add_image(database: sqlite3.Connection, place: PlacedImage, shown: Mapping[str, object]) -> int:
    """Add one place of an image, and return the image's number.

    Args:
        database: The store's database.
        place: The place of the image.
        shown: The image's ``id``, the name of the ``page`` and the page's ``number``, as ``_ADD_PLACE`` needs them.
    """
    inline = bool(place.rule) or place.found.inline
    database.execute(_ADD_PLACE, {**shown, "src": json.dumps(place.found.src), "rule": place.rule, "inline": inline})
    ((number,),) = database.execute("SELECT number FROM images WHERE id = ?", (shown["id"],))
    if not place.rule:
        captions = ((number, _as_json(found.caption), found.rule) for found in place.found.found)
        database.executemany("INSERT OR IGNORE INTO captions (image, caption, rule) VALUES (?, ?, ?)", captions)
    return int(number)


def _as_json(caption: Caption) -> str:
    return json.dumps([caption.text, caption.kind, caption.language])


def _caption(text: str, kind: str, language: str) -> Caption:
    return Caption(text, CaptionKind(kind), language)
