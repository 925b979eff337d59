"""One vector for all pictures of a document: each term with its largest weight, and to whom it is owed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mlsr_es.collection import ImageDocument
from mlsr_es.indexing.enriching.job import EnrichJob
from mlsr_es.indexing.enriching.preparing import Ready
from mlsr_es.vectors import feature_name, feature_weights


@dataclass(frozen=True, slots=True)
class Weighed:
    """A document's terms.

    Args:
        terms: Feature name to weight, heaviest first.
        owed: Of several pictures, each one's name and the terms that it gave: a term is in one place only, that of
            the picture that gave it the most weight; empty for one picture.
    """

    terms: dict[str, float]
    owed: tuple[tuple[str, tuple[str, ...]], ...] = ()


def weighed(job: EnrichJob, ready: Sequence[Ready]) -> list[Weighed]:
    """Encode documents.

    Args:
        job: With the model.
        ready: Any number of documents; a block's at a time keep memory bounded.

    Returns:
        One for each, in their order; one without terms could be found by no query.
    """
    if not ready:
        return []
    pictures = [(place, picture) for place, each in enumerate(ready) for picture in each.pictures]
    documents = [ImageDocument(ready[place].found.id, job.index, picture.captions) for place, picture in pictures]
    images = [image for each in ready for image in each.images]
    each = job.model.encode_documents(documents, images or None)
    together = each.maximum_by(np.array([place for place, _ in pictures]), count=len(ready))
    found = []
    row = 0
    for place, document in enumerate(ready):
        named = together.named(place, job.model.vocabulary)
        terms = feature_weights(named)
        count = len(document.pictures)
        alone = [each.named(one, job.model.vocabulary) for one in range(row, row + count)] if count > 1 else []
        row += count
        found.append(Weighed(terms, _owed([picture.name for picture in document.pictures], alone, named)))
    return found


def _owed(
    names: Sequence[str], alone: Sequence[dict[str, float]], together: dict[str, float]
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    given: list[list[str]] = [[] for _ in alone]
    for term, weight in together.items():
        if alone:
            giver = next(place for place, weights in enumerate(alone) if weights.get(term) == weight)
            given[giver].append(feature_name(term))
    return tuple((name, tuple(terms)) for name, terms in zip(names, given, strict=False))
