"""From somebody else's document to its pictures, each with its own captions and those that all pictures share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from mlsr_es.collection import Caption, CaptionKind
from mlsr_es.elastic.mapping import values_at
from mlsr_es.elastic.reading import ReadDocument
from mlsr_es.errors import RecordError
from mlsr_es.indexing.readers.fields import OwnersFields
from mlsr_es.indexing.record import Picture

MOST_PICTURES = 32
"""The most pictures that are read in one document; more of them should be documents of their own."""

Namer = Callable[[str, int], str]
"""From an image's value in the document, and its place among the images, to its name."""


def pictures_of(found: ReadDocument, fields: OwnersFields, name: Namer) -> list[Picture]:
    """The pictures of a document; a document without images has one picture with captions only.

    Args:
        found: The document.
        fields: The fields to read.
        name: Names an image, from ``ImageStore``.

    Raises:
        RecordError: A field holds something other than text, or there are too many images.
    """
    group = fields.group
    own = {field: kind for field, kind in fields.captions.items() if group and field.startswith(f"{group}.")}
    common = {field: kind for field, kind in fields.captions.items() if field not in own}
    shared = tuple(_captions(found, found.source, common))
    values: list[tuple[str, tuple[Caption, ...]]] = []
    if fields.image:
        for part in _parts(found.source, group):
            captions = tuple(_captions(found, part, {_below(field, group): kind for field, kind in own.items()}))
            values += [(value, captions) for value in _texts(found, part, _below(fields.image, group)) if value]
    if len(values) > MOST_PICTURES:
        raise RecordError(found.id, "read", f"it has {len(values)} images, and at most {MOST_PICTURES} are read")
    if not values:
        return [Picture((*shared, *_captions(found, found.source, own)))]
    return [Picture((*shared, *captions), name(value, place), value) for place, (value, captions) in enumerate(values)]


def _parts(source: Mapping[str, Any], group: str) -> Iterable[Mapping[str, Any]]:
    if not group:
        return [source]
    return [part for part in values_at(source, group) if isinstance(part, Mapping)]


def _below(field: str, group: str) -> str:
    return field.removeprefix(f"{group}.") if group else field


def _captions(found: ReadDocument, part: Mapping[str, Any], kinds: Mapping[str, CaptionKind]) -> Iterator[Caption]:
    for field, kind in kinds.items():
        for text in _texts(found, part, field):
            if words := " ".join(text.replace("\0", " ").split()):
                yield Caption(words, kind)


def _texts(found: ReadDocument, part: Mapping[str, Any], field: str) -> Iterator[str]:
    for value in values_at(part, field):
        if isinstance(value, Mapping | bool):
            raise RecordError(found.id, "read", f"its field {field} holds {type(value).__name__}, not text")
        yield str(value)
