"""An image document as it is stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from mlsr_es.collection import ImageDocument
from mlsr_es.vectors import TermWeights
from mlsr_es.words import caption_text, stems

TOP_TERMS = 10
"""How many of a document's heaviest terms are in ``mlsr.top_terms``, for people and for facets."""


def document_body(
    document: ImageDocument,
    *,
    weights: TermWeights,
    fingerprint: str,
    model: str,
    thumbnail: str | None = None,
    picture_hash: str = "",
    format: str = "",  # noqa: A002 - the field's name
) -> dict[str, Any]:
    """The document as JSON-ready values; empty values are left out.

    Args:
        document: The image and its captions.
        weights: The document's term weights.
        fingerprint: The fingerprint of everything that this body is made from.
        model: The name of the model that gave the weights.
        thumbnail: A small picture as a data URI; None for no thumbnail.
        picture_hash: How the picture looks; "" where that is not known.
        format: The format of the image's file, such as "png"; "" where that is not known.
    """
    captions: dict[str, list[str]] = {}
    for caption in document.captions:
        captions.setdefault(caption.kind.value, []).append(caption.text)
    body = {
        "mlsr": weights_body(weights, fingerprint=fingerprint, model=model),
        "image_id": document.id,
        "collection": document.collection,
        "page": document.page,
        "language": list(dict.fromkeys(caption.language for caption in document.captions if caption.language)),
        "caption": captions,
        "caption_stems": " ".join(stems(caption_text(document))),
        "width": document.width,
        "height": document.height,
        "format": format,
        "image_path": document.image.name if document.image else "",
        "picture_hash": picture_hash,
        "thumbnail": thumbnail,
    }
    return {name: value for name, value in body.items() if value}


def weights_body(weights: TermWeights, *, fingerprint: str, model: str) -> dict[str, Any]:
    """The object ``mlsr`` of a document, as JSON-ready values.

    Args:
        weights: The document's term weights; empty for a document that no query should find.
        fingerprint: The fingerprint of everything that the weights are made from.
        model: The name of the model that gave the weights.
    """
    return {
        # An array of one object: an update replaces an array but merges an object, and a merged object would keep the
        # terms of an earlier encoding.
        "terms": [dict(zip(weights.names, _shortest(weights.weights), strict=True))],
        "term_count": len(weights),
        "top_terms": list(weights.terms[:TOP_TERMS]),
        "fingerprint": fingerprint,
        "model": model,
    }


def stored_weights(terms: Mapping[str, float]) -> dict[str, float]:
    """Weights as they are sent: feature name to the shortest decimal number that reads back as the same float32."""
    return dict(zip(terms, _shortest(np.fromiter(terms.values(), np.float32, len(terms))), strict=True))


def _shortest(weights: NDArray[np.float32]) -> list[float]:
    """The weights as numbers with the shortest decimal notation, half the bytes of a float64's."""
    # orjson writes float32 this way, and ten times faster than str() does.
    shortest: list[float] = orjson.loads(orjson.dumps(weights, option=orjson.OPT_SERIALIZE_NUMPY))
    return shortest
