"""One vector for all pictures of a document: each term with its largest weight, and the picture that gave it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from mlsr_es.collection import ImageDocument
from mlsr_es.indexing.prepare import Prepared
from mlsr_es.vectors import SparseVectors, TermWeights

if TYPE_CHECKING:
    from mlsr_es.encoders import Model


@dataclass(frozen=True, slots=True)
class PictureTerms:
    """The terms that one of several pictures gave.

    Args:
        name: The picture's name.
        names: Feature names, heaviest first. Each term belongs to one picture only, the one that gave it the largest
            weight.
    """

    name: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EncodedRecord:
    """A document with its term weights.

    Args:
        prepared: The document.
        weights: The document's term weights; without any, no query finds the document.
        pictures: The terms that each picture gave; empty where the document has one picture.
    """

    prepared: Prepared
    weights: TermWeights
    pictures: tuple[PictureTerms, ...] = ()

    @property
    def images(self) -> list[dict[str, Any]]:
        """``pictures`` as they are stored in the list ``images`` of the object with the weights."""
        return [{"image": each.name, "terms": list(each.names)} for each in self.pictures]


def encode(model: Model, prepared: Sequence[Prepared]) -> list[EncodedRecord]:
    """Encode documents.

    Args:
        model: The bi-encoder.
        prepared: The documents, one block at a time so that memory is bounded.

    Returns:
        One encoded record for each document, in their order.
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
    prepared: Prepared, together: TermWeights, alone: SparseVectors, rows: range, model: Model
) -> tuple[PictureTerms, ...]:
    """Assign each term to the picture that gave its weight; to the first of them where several gave the same."""
    own = [alone.named(row, model.vocabulary) for row in rows]
    given: list[list[str]] = [[] for _ in rows]
    for term, name, weight in zip(together.terms, together.names, together.weights.tolist(), strict=True):
        giver = next(place for place, weights in enumerate(own) if weights.get(term) == weight)
        given[giver].append(name)
    pictures = zip(prepared.record.pictures, given, strict=True)
    return tuple(PictureTerms(picture.name, tuple(names)) for picture, names in pictures)
