"""One vector for all pictures of a document: each term with its largest weight, and to which picture it is owed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mlsr_es.collection import ImageDocument
from mlsr_es.indexing.prepare import Prepared
from mlsr_es.vectors import SparseVectors, TermWeights

if TYPE_CHECKING:
    from mlsr_es.encoders import BiEncoder


@dataclass(frozen=True, slots=True)
class PictureTerms:
    """What one of several pictures gave.

    Args:
        name: The picture's.
        names: Feature names, heaviest first. A term is in one picture only, that which gave it the most weight.
    """

    name: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EncodedRecord:
    """A document with its terms.

    Args:
        prepared: The document.
        weights: Its terms; without any, no query could find it.
        pictures: Of several pictures, what each gave; empty for one picture.
    """

    prepared: Prepared
    weights: TermWeights
    pictures: tuple[PictureTerms, ...] = ()


def encode(model: BiEncoder, prepared: Sequence[Prepared]) -> list[EncodedRecord]:
    """Encode documents.

    Args:
        model: The bi-encoder.
        prepared: A block's at a time keep memory bounded.

    Returns:
        One for each, in their order.
    """
    if not prepared:
        return []
    places = [place for place, each in enumerate(prepared) for _ in each.record.pictures]
    documents = [
        ImageDocument(each.record.id, each.record.document.collection, picture.captions)
        for each in prepared
        for picture in each.record.pictures
    ]
    images = [image for each in prepared for image in each.images]
    alone = model.encode_documents(documents, images or None)
    together = alone.maximum_by(np.array(places), count=len(prepared)) if len(places) > len(prepared) else alone
    encoded = []
    row = 0
    for place, each in enumerate(prepared):
        weights = together.heaviest(place, model.vocabulary)
        rows = range(row, row := row + len(each.record.pictures))
        encoded.append(EncodedRecord(each, weights, _owed(each, weights, alone, rows, model) if len(rows) > 1 else ()))
    return encoded


def _owed(
    prepared: Prepared, together: TermWeights, alone: SparseVectors, rows: range, model: BiEncoder
) -> tuple[PictureTerms, ...]:
    """To each picture the terms that it gave; of equal weights, the first picture's."""
    own = [alone.named(row, model.vocabulary) for row in rows]
    given: list[list[str]] = [[] for _ in rows]
    for term, name, weight in zip(together.terms, together.names, together.weights.tolist(), strict=True):
        giver = next(place for place, weights in enumerate(own) if weights.get(term) == weight)
        given[giver].append(name)
    pictures = zip(prepared.record.pictures, given, strict=True)
    return tuple(PictureTerms(picture.name, tuple(names)) for picture, names in pictures)
