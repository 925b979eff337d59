"""Fingerprints: what tells a document that is new or changed from one that the index holds already."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from mlsr_es.collection import ImageDocument
from mlsr_es.indexing.record import Picture

SCHEMA = 2
"""Of what is stored; raised where a stored document would have to look different."""


@dataclass(frozen=True, slots=True)
class EncodingPlan:
    """All that decides what becomes of a document, beside the document.

    Args:
        revision: The model's: its configuration (pruning among it), weights, tokenizer.
        thumbnails: Whether a small picture is stored.
        languages: The captions that are read; None for all.
    """

    revision: str
    thumbnails: bool = False
    languages: frozenset[str] | None = None


def source_fingerprint(document: ImageDocument, image: bytes, plan: EncodingPlan) -> str:
    """Of a document of a source: 32 hexadecimal digits over every stored input and the plan.

    Args:
        document: The record as the source gives it.
        image: The image file's bytes; empty where there is none.
        plan: How it is encoded and stored.
    """
    told = {
        "schema": SCHEMA,
        "plan": {**asdict(plan), "languages": sorted(plan.languages) if plan.languages is not None else None},
        "id": document.id,
        "collection": document.collection,
        "page": document.page,
        "captions": [asdict(caption) for caption in document.captions],
        "image_path": document.image.name if document.image else None,
        "image": digest_of_bytes(image),
    }
    return _digest(told)


def index_fingerprint(revision: str, pictures: Sequence[Picture], images: Sequence[str | None]) -> str:
    """Of a document of somebody's index: 32 hexadecimal digits over all that becomes its weights.

    Args:
        revision: The model's.
        pictures: Of the document.
        images: ``digest_of_bytes`` of each image, None for one that is known by its URL; empty where none is read.
    """
    told = {
        "schema": SCHEMA,
        "revision": revision,
        "captions": [[asdict(caption) for caption in picture.captions] for picture in pictures],
        "names": [picture.name for picture in pictures],
        "images": list(images),
    }
    return _digest(told)


def digest_of_bytes(content: bytes) -> str:
    """SHA-256, hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def _digest(told: Mapping[str, Any]) -> str:
    """32 hexadecimal digits over JSON-ready values."""
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:32]
