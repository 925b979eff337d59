"""Fingerprints, which show whether a document is new, changed, or already stored as it is."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from mlsr_es.collection import ImageDocument
from mlsr_es.indexing.record import Picture

SCHEMA = 3
"""Version of the stored form of a source's document; increased whenever that form changes."""

_SCHEMA_OF_INDEX = 2
"""The same for a document of somebody's index."""


@dataclass(frozen=True, slots=True)
class EncodingPlan:
    """Everything apart from the document itself that decides what is stored for it.

    Args:
        revision: The model's revision: a hash of its configuration (with pruning), weights and tokenizer.
        thumbnails: Whether a thumbnail is stored.
        languages: The languages whose captions are read; None for all.
        describers: The revisions of what looks at the images; what it says is not among the captions yet.
    """

    revision: str
    thumbnails: bool = False
    languages: frozenset[str] | None = None
    describers: tuple[str, ...] = ()


def source_fingerprint(document: ImageDocument, image: bytes, plan: EncodingPlan) -> str:
    """Fingerprint of a source's document: 32 hexadecimal digits over every stored input and the plan.

    Args:
        document: The record as the source gives it.
        image: The image file's bytes; empty where there is no image.
        plan: How the document is encoded and stored.
    """
    described = asdict(plan) | {"languages": sorted(plan.languages) if plan.languages is not None else None}
    if not plan.describers:
        del described["describers"]  # so that what was stored before this key existed keeps its fingerprint
    told = {
        "schema": SCHEMA,
        "plan": described,
        "id": document.id,
        "collection": document.collection,
        "page": document.page,
        "captions": [asdict(caption) for caption in document.captions],
        "image_path": document.image.name if document.image else None,
        "image": digest_of_bytes(image),
    }
    return _digest(told)


def index_fingerprint(
    revision: str, pictures: Sequence[Picture], images: Sequence[str | None], carried: Mapping[str, Any]
) -> str:
    """Fingerprint of a document of somebody's index: 32 hexadecimal digits over everything that is stored of it.

    Args:
        revision: The model's revision.
        pictures: The document's pictures.
        images: ``digest_of_bytes`` of each image, None for an image that is compared by its URL; empty where no image
            is read.
        carried: The values that an index beside it takes along; empty for none.
    """
    told = {
        "schema": _SCHEMA_OF_INDEX,
        "revision": revision,
        "captions": [[asdict(caption) for caption in picture.captions] for picture in pictures],
        "names": [picture.name for picture in pictures],
        "images": list(images),
    } | ({"carried": carried} if carried else {})
    return _digest(told)


def digest_of_bytes(content: bytes) -> str:
    """The SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def _digest(told: Mapping[str, Any]) -> str:
    """32 hexadecimal digits over JSON-ready values."""
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:32]
