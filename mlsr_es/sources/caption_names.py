"""Caption components from an object with names: a row in this package's form, or a JSON file beside an image.

``description`` (or ``caption``), ``title``, ``alt`` and ``attribution`` hold texts in the language of ``language``;
``title:de`` holds a German title. ``captions`` holds texts, or objects with ``text``, ``kind`` and ``language``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from mlsr_es.collection import Caption, CaptionKind
from mlsr_es.errors import RecordError
from mlsr_es.sources.text import folded, language_code

_KINDS = {
    "description": CaptionKind.DESCRIPTION,
    "caption": CaptionKind.DESCRIPTION,
    "title": CaptionKind.TITLE,
    "alt": CaptionKind.ALT,
    "attribution": CaptionKind.ATTRIBUTION,
}

CAPTIONS_ARE_READ = (
    "Captions are read from the columns description, title, alt and captions of rows; of owl.jpg, from owl.txt or "
    "owl.json beside it or from its own metadata; of a page, from alt texts and figures."
)
"""Where captions come from, for a user who has none."""

CAPTION_NAMES = ("captions", *_KINDS, "language")
"""The names that captions are read from."""


def is_caption_name(name: str) -> bool:
    """Whether captions are read from this name: one of ``CAPTION_NAMES``, or a kind with a language as in title:de."""
    kind, colon, language = name.partition(":")
    return name in CAPTION_NAMES or (kind in _KINDS and bool(colon and language))


def captions_from(values: Mapping[str, Any], record_id: str) -> Iterator[Caption]:
    """Yield the captions of an object, without empty ones.

    Raises:
        RecordError: A value is of a wrong type, or a kind is none of ``CaptionKind``.
    """
    usual = language_code(text_in(values, "language", record_id))
    for name, kind in _KINDS.items():
        for key in values:
            if key.partition(":")[0] == name:
                language = language_code(key.partition(":")[2]) or usual
                for text in map(folded, list_in(values, key, record_id)):
                    if text:
                        yield Caption(text, kind, language)
    captions = values.get("captions") or []
    if isinstance(captions, str):
        try:
            captions = orjson.loads(captions)
        except orjson.JSONDecodeError:
            captions = [captions]
    if not isinstance(captions, list):
        raise RecordError(record_id, "read", "'captions' is not a list")
    for caption in captions:
        yield from _caption(caption, record_id, usual)


def _caption(given: Any, record_id: str, language: str) -> Iterator[Caption]:
    parts = {"text": given} if isinstance(given, str) else given
    if not isinstance(parts, dict):
        raise RecordError(record_id, "read", "a caption is neither text nor an object with 'text'")
    text = text_in(parts, "text", record_id)
    kind = text_in(parts, "kind", record_id) or CaptionKind.DESCRIPTION
    if kind not in list(CaptionKind):
        raise RecordError(record_id, "read", f"a caption's kind is none of {', '.join(CaptionKind)}: {kind}")
    if text:
        yield Caption(text, CaptionKind(kind), language_code(text_in(parts, "language", record_id)) or language)


def text_in(values: Mapping[str, Any], key: str, record_id: str) -> str:
    """The text of a key with folded white space; "" where there is none.

    Raises:
        RecordError: The value is not text.
    """
    value = values.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise RecordError(record_id, "read", f"'{key}' is not text")
    return folded(value)


def list_in(values: Mapping[str, Any], key: str, record_id: str) -> list[str]:
    """A list of texts; a cell of a table holds it as JSON, or holds its only text.

    Raises:
        RecordError: The value is neither.
    """
    value = values.get(key)
    if isinstance(value, str):
        try:
            parsed = orjson.loads(value) if value.lstrip().startswith("[") else [value]
        except orjson.JSONDecodeError:
            parsed = [value]
        value = parsed
    if value is None:
        return []
    if not isinstance(value, list) or not all(item is None or isinstance(item, str) for item in value):
        raise RecordError(record_id, "read", f"'{key}' is not a list of texts")
    return [item or "" for item in value]
