"""From rows to records, with AToMiC's column names or this package's.

| ours | AToMiC |
|---|---|
| ``ImageDocument.id`` | ``image_id`` |
| ``Caption`` of kind ``description``, ``alt``, ``attribution`` | ``caption_reference_description``,
  ``caption_alt_text_description``, ``caption_attribution_description``: lists in step with ``language`` |
| ``image`` | ``image``: bytes, base64, a path, or a struct of ``bytes`` and ``path`` |
| ``Section.id page page_title section_title`` | ``text_id page_url page_title section_title`` |
| ``Section.hierarchy`` | ``hierachy`` (spelt so) |
| ``Section.page_description text`` | ``context_page_description context_section_description`` |
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any

from mlsr_es.collection import Caption, CaptionKind, ImageDocument, ImageFile, Section
from mlsr_es.errors import RecordError
from mlsr_es.sources.caption_names import CAPTION_NAMES, captions_from, list_in, text_in
from mlsr_es.sources.text import folded, inside, language_code, row_id

_CAPTIONS = {
    "caption_reference_description": CaptionKind.DESCRIPTION,
    "caption_alt_text_description": CaptionKind.ALT,
    "caption_attribution_description": CaptionKind.ATTRIBUTION,
}
_EXTRAS = ("collection", "page", "width", "height")
_LONGEST_PATH = 1024

DOCUMENT_COLUMNS = (
    ("id", "image", *CAPTION_NAMES, *_EXTRAS),
    ("image_id", "image_url", "language", *_CAPTIONS, "image", *_EXTRAS),
)
"""The columns of an image's row, in this package's form and in AToMiC's; the first column shows which form it is."""

SECTION_COLUMNS = (
    ("id", "page", "page_title", "section_title", "hierarchy", "page_description", "text"),
    (
        *("text_id", "page_url", "page_title", "section_title", "hierachy", "context_page_description"),
        *("context_section_description", "media", "category", "source_id"),
    ),
)
"""The columns of a section's row, in this package's form and in AToMiC's."""


def is_of_sections(columns: AbstractSet[str]) -> bool:
    """Whether rows with these columns are sections, in either form."""
    return "text_id" in columns or ({"id", "page_title"} <= columns and not {"captions", "image"} & columns)


def document_from(row: dict[str, Any], *, place: str, collection: str, folder: Path) -> ImageDocument:
    """An image document from a row.

    Args:
        row: A row with AToMiC's columns, or with the fields of ``ImageDocument``.
        place: The row's file and line, to name a row without an id.
        collection: The source's name.
        folder: The folder that image paths are relative to, and may not leave.

    Raises:
        RecordError: The row lacks an id, belongs to another collection, or has a field of a wrong type.
    """
    is_atomic = "image_id" in row
    record_id = _id(row, "image_id" if is_atomic else "id", place)
    given = text_in(row, "collection", record_id)
    if given and given != collection:
        raise RecordError(record_id, "read", f"it belongs to the collection {given}, and this source is {collection}")
    captions = _atomic_captions(row, record_id) if is_atomic else captions_from(row, record_id)
    return ImageDocument(
        id=record_id,
        collection=collection,
        captions=tuple(dict.fromkeys(captions)),
        image=_image(row.get("image"), record_id, folder),
        page=text_in(row, "page", record_id),
        width=_pixels(row, "width", record_id),
        height=_pixels(row, "height", record_id),
    )


def section_from(row: dict[str, Any], *, place: str) -> Section:
    """A section from a row.

    Args:
        row: A row with AToMiC's columns, or with the fields of ``Section``.
        place: The row's file and line, to name a row without an id.

    Raises:
        RecordError: The row lacks an id, or has a field of a wrong type.
    """
    is_atomic = "text_id" in row
    record_id = _id(row, "text_id" if is_atomic else "id", place)
    titles = list_in(row, "hierachy" if is_atomic else "hierarchy", record_id)
    return Section(
        id=record_id,
        text=text_in(row, "context_section_description" if is_atomic else "text", record_id),
        page=text_in(row, "page_url" if is_atomic else "page", record_id),
        page_title=text_in(row, "page_title", record_id),
        section_title=text_in(row, "section_title", record_id),
        hierarchy=tuple(title for title in map(folded, titles) if title),
        page_description=text_in(row, "context_page_description" if is_atomic else "page_description", record_id),
    )


def _id(row: dict[str, Any], key: str, place: str) -> str:
    value = row.get(key)
    text = row_id(str(value).strip()) if isinstance(value, str | int) else ""
    if not text:
        raise RecordError(place, "read", f"it has no '{key}'; a column of another name is given by --map COLUMN={key}")
    return text


_MOST_PIXELS = 2**31 - 1
"""The largest ``integer`` of Elasticsearch."""


def _pixels(row: dict[str, Any], key: str, record_id: str) -> int:
    value = row.get(key) or 0
    try:
        pixels = int(value)
    except (TypeError, ValueError, OverflowError):
        raise RecordError(record_id, "read", f"'{key}' is not a number") from None
    if pixels > _MOST_PIXELS:
        raise RecordError(record_id, "read", f"'{key}' is no number of pixels: {pixels}")
    return max(pixels, 0)


def _atomic_captions(row: dict[str, Any], record_id: str) -> Iterator[Caption]:
    languages = [language_code(language) for language in list_in(row, "language", record_id)]
    for key, kind in _CAPTIONS.items():
        for number, text in enumerate(map(folded, list_in(row, key, record_id))):
            if text:
                yield Caption(text, kind, languages[number] if number < len(languages) else "")


def _image(value: Any, record_id: str, folder: Path) -> ImageFile | None:
    name = record_id
    if isinstance(value, dict):
        name = value.get("path") or record_id
        value = value.get("bytes") or value.get("path")
    match value:
        case None | "":
            return None
        case bytes():
            return ImageFile(name, value)
        case str() if value.startswith("data:"):
            return ImageFile(name, _decoded(value.partition(",")[2], record_id))
        case str() if len(value) > _LONGEST_PATH or "." not in value:  # base64 has no dot, a file's name has one
            return ImageFile(name, _decoded(value, record_id))
        case str():
            return ImageFile(value, inside(folder, value, record_id=record_id))
        case _:
            raise RecordError(record_id, "read", "'image' is neither bytes, nor base64, nor a path")


def _decoded(text: str, record_id: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise RecordError(record_id, "read", "'image' is neither base64 nor a path") from None
