"""The texts of records, under the field names of the encoders; nothing here needs torch."""

from __future__ import annotations

from dataclasses import fields

from mlsr_es.collection import STAND_INS, CaptionKind, ImageDocument, Section


def section_texts(section: Section) -> dict[str, str]:
    """The texts of a section, by the field names of the query encoder."""
    texts = {entry.name: getattr(section, entry.name) for entry in fields(section)}
    return {**texts, "hierarchy": " ".join(section.hierarchy)}


def caption_texts(document: ImageDocument) -> dict[str, str]:
    """The caption components by kind; several of one kind are joined, and repeated texts are used once.

    What stands in for a caption is read as a description, since models know no other kind.
    """
    by_kind: dict[str, dict[str, None]] = {}
    for caption in document.captions:
        kind = CaptionKind.DESCRIPTION if caption.kind in STAND_INS else caption.kind
        by_kind.setdefault(kind.value, {})[caption.text] = None
    return {kind: " ".join(texts) for kind, texts in by_kind.items()}
