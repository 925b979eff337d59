"""The texts of records, under the field names of the encoders; nothing here needs torch."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields

from mlsr_es.collection import MACHINE_MADE, STAND_INS, Caption, CaptionKind, ImageDocument, Section


def section_texts(section: Section) -> dict[str, str]:
    """The texts of a section, by the field names of the query encoder."""
    texts = {entry.name: getattr(section, entry.name) for entry in fields(section)}
    return {**texts, "hierarchy": " ".join(section.hierarchy)}


def caption_texts(document: ImageDocument, fields: Collection[str]) -> dict[str, str]:
    """The caption components by kind; several of one kind are joined, and repeated texts are used once.

    What stands in for a caption, and what a machine made, is read as a description by a model without a field for it.

    Args:
        document: The image document.
        fields: The fields that the model reads.
    """
    by_kind: dict[str, dict[str, None]] = {}
    for caption in document.captions:
        borrows = caption.kind not in fields and caption.kind in STAND_INS | MACHINE_MADE
        kind = CaptionKind.DESCRIPTION if borrows else caption.kind
        by_kind.setdefault(kind.value, {})[caption.text] = None
    return {kind: " ".join(texts) for kind, texts in by_kind.items()}


def captioned(id_: str, text: str, fields: Collection[str]) -> ImageDocument:
    """An image document with a text as its caption, in the first field that a model reads; without one for "".

    Args:
        id_: The document's id.
        text: The text, with folded white space.
        fields: The fields that the model reads.
    """
    kind = next((kind for kind in CaptionKind if kind in fields), CaptionKind.DESCRIPTION)
    return ImageDocument(id_, "", (Caption(text, kind),) if text else ())
