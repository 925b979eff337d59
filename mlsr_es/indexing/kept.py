"""An encoded document between ``encode`` and ``load``: what an index stores of it beside its weights, as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import orjson

from mlsr_es.collection import Caption, CaptionKind, ImageDocument, ImageFile
from mlsr_es.indexing.encode import EncodedRecord
from mlsr_es.indexing.prepare import Prepared
from mlsr_es.indexing.record import Picture, Record
from mlsr_es.vectors import TermWeights


def stored_text(prepared: Prepared) -> str:
    """What an index stores of a document: a row of ``documents.jsonl``, fingerprint, thumbnail, look of the picture."""
    document = prepared.record.document
    row = {
        "page": document.page,
        "captions": [asdict(caption) for caption in document.captions],
        "image": document.image.name if document.image else None,
        "width": document.width,
        "height": document.height,
    }
    told = {
        "document": row,
        "fingerprint": prepared.fingerprint,
        "thumbnail": prepared.thumbnail,
        "picture_hash": prepared.picture_hash,
        "format": prepared.format,
    }
    return orjson.dumps(told).decode()


def read_back(id_: str, weights: TermWeights, told: Mapping[str, Any], collection: str) -> EncodedRecord:
    """An encoded document, ready to be stored as the run that encoded it would have stored it.

    Args:
        id_: The document's id.
        weights: Its weights.
        told: Of ``stored_text``.
        collection: The collection that it belongs to.

    Raises:
        KeyError: Something is missing.
        ValueError: A caption is of no kind that there is.
    """
    row = told["document"]
    captions = tuple(Caption(one["text"], CaptionKind(one["kind"]), one["language"]) for one in row["captions"])
    image = ImageFile(row["image"], b"") if row["image"] else None
    document = ImageDocument(id_, collection, captions, image, row["page"], row["width"], row["height"])
    record = Record(document, (Picture(captions, row["image"] or ""),))
    return EncodedRecord(
        Prepared(
            record,
            told["fingerprint"],
            thumbnail=told["thumbnail"],
            picture_hash=told["picture_hash"],
            format=told.get("format", ""),  # folders of before this key existed lack it
        ),
        weights,
    )
