"""The records of a collection: sections, which are the queries, and image documents, which are searched.

Field names are those of ``topics.jsonl`` and ``documents.jsonl``; AToMiC's names for them are in
``mlsr_es.sources.atomic``.
"""

from __future__ import annotations

import errno
from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

SECTION_FIELDS = ("page_title", "section_title", "hierarchy", "page_description", "text")
"""The fields of a section that a query can be made from."""

MOST_IMAGE_BYTES = 256 * 2**20
"""The largest file of an image that is read."""

SPACE_IN_TREC = "\N{SYMBOL FOR SPACE}"
"""What stands for a space of an id in TREC files, whose fields are separated by white space; no id has it."""


class CaptionKind(StrEnum):
    """The kind of a caption component (AToMiC's ``caption_*_description`` columns).

    ``STAND_INS`` and ``MACHINE_MADE`` say which are not captions that somebody wrote for the image.
    """

    DESCRIPTION = "description"
    TITLE = "title"
    ALT = "alt"
    ATTRIBUTION = "attribution"
    INTRODUCTION = "introduction"
    """The last sentence of the section's text before the image."""

    HEADING = "heading"
    """The title of the section that shows the image."""

    NAME = "name"
    """The words of the file's name."""

    LABEL = "label"
    """What a classifier or a detector says is in the image."""

    GENERATED = "generated"
    """A caption that a model wrote."""

    READ = "read"
    """The text that stands in the image."""


STAND_INS = frozenset({CaptionKind.INTRODUCTION, CaptionKind.HEADING})
"""The kinds that stand in for captions: a page that is judged by its own words is found too easily."""

MACHINE_MADE = frozenset({CaptionKind.NAME, CaptionKind.LABEL, CaptionKind.GENERATED, CaptionKind.READ})
"""The kinds that no person wrote as a caption: they come from the image itself, or from its file's name."""


@dataclass(frozen=True, slots=True)
class Caption:
    """One caption component.

    Args:
        text: The text with folded white space, never empty.
        kind: The kind of the component.
        language: An ISO 639-1 code as the source gives it, lower case; "" where the source does not say.
    """

    text: str
    kind: CaptionKind = CaptionKind.DESCRIPTION
    language: str = ""


@dataclass(frozen=True, slots=True)
class ImageFile:
    """An image's bytes, by path or in memory, not yet decoded and never assumed to be an image.

    Args:
        name: The path relative to the source's folder, with forward slashes; or a name for bytes in memory.
        content: An absolute path, or the bytes.
    """

    name: str
    content: Path | bytes

    def read(self) -> bytes:
        """Read the bytes.

        Raises:
            OSError: The file is gone, cannot be read, or is larger than ``MOST_IMAGE_BYTES``.
        """
        if isinstance(self.content, bytes):
            return self.content
        if self.size > MOST_IMAGE_BYTES:
            raise OSError(errno.EFBIG, f"the file has more than {MOST_IMAGE_BYTES // 2**20} MiB")
        return self.content.read_bytes()

    @property
    def size(self) -> int:
        """The number of bytes.

        Raises:
            OSError: The file is gone.
        """
        return len(self.content) if isinstance(self.content, bytes) else self.content.stat().st_size


@dataclass(frozen=True, slots=True)
class ImageDocument:
    """An image with its captions: the document of image suggestion.

    Args:
        id: Unique in an index, over all collections.
        collection: The name of the collection that it belongs to.
        captions: Caption components, in the source's order; may be empty.
        image: The image's file; None where the source has captions only.
        page: The page that shows it, as a file name or a URL; "" where there is none.
        width: The width in pixels as shown (after EXIF rotation); 0 where it is unknown before decoding.
        height: The height in pixels as shown (after EXIF rotation); 0 where it is unknown before decoding.
    """

    id: str
    collection: str
    captions: tuple[Caption, ...]
    image: ImageFile | None = None
    page: str = ""
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """A section of an article or of a manual's page: the query. Its fields stay apart down to the encoder.

    Args:
        id: Unique within its collection.
        page: The page's file name or URL.
        page_title: The title of the page.
        section_title: The section's own heading.
        hierarchy: The headings above the section, outermost first, without the page's title.
        page_description: The page's first paragraph.
        text: The section's own text, without the text of figures and of the sections below it.
    """

    id: str
    text: str
    page: str = ""
    page_title: str = ""
    section_title: str = ""
    hierarchy: tuple[str, ...] = ()
    page_description: str = ""

    def only(self, names: Collection[str]) -> Section:
        """A copy of the section with only some of its fields; the others are empty.

        Args:
            names: The fields to keep, out of ``SECTION_FIELDS``.
        """
        empty: dict[str, Any] = {
            name: () if name == "hierarchy" else "" for name in SECTION_FIELDS if name not in names
        }
        return replace(self, **empty)


@dataclass(frozen=True, slots=True)
class Judgement:
    """A line of qrels: an image belongs in a section (relevance 1) or does not (0)."""

    section_id: str
    image_id: str
    relevance: int = 1


def to_trec(id_: str) -> str:
    """An id as a field of a TREC file."""
    return id_.replace(" ", SPACE_IN_TREC)


def from_trec(field: str) -> str:
    """The id in a field of a TREC file."""
    return field.replace(SPACE_IN_TREC, " ")
