"""Measure a trained model on the held-out topics, and its vectors."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mlsr_es.collection import Section
from mlsr_es.evaluation import Figures, co_activation, content_share, own_share
from mlsr_es.experiments.measures import CO_ACTIVATION, CONTENT_WORDS, OWN_WORDS, QUERY_TERMS
from mlsr_es.experiments.results import Example
from mlsr_es.training import Trained

_EXAMPLES = 3
_SHOWN_TERMS = 12
_DIGITS = 5

Values = dict[str, NDArray[np.float64]]


def of_vectors(trained: Trained) -> Values:
    """Compute each measure of vectors, one value a test topic."""
    model, queries, sections = trained.model, trained.queries, trained.data.test.sections
    return {
        CO_ACTIVATION: co_activation(queries, trained.documents),
        CONTENT_WORDS: content_share(queries, model.vocabulary),
        OWN_WORDS: own_share(queries, [model.section_terms(section) for section in sections]),
        QUERY_TERMS: queries.term_counts.astype(np.float64),
    }


def of_documents(trained: Trained) -> dict[str, float]:
    """Compute means over all images; own words are those of the captions, even if the model does not read captions."""
    model, documents = trained.model, trained.documents
    own = own_share(documents, [model.caption_terms(image) for image in trained.data.images])
    return {
        "terms": round(float(documents.term_counts.mean()), _DIGITS),
        "without terms": int((documents.term_counts == 0).sum()),
        CONTENT_WORDS: round(float(content_share(documents, model.vocabulary).mean()), _DIGITS),
        OWN_WORDS: round(float(own.mean()), _DIGITS),
    }


def examples(trained: Trained) -> list[Example]:
    """Choose three topics of the fold, the same for every cell."""
    data, vocabulary = trained.data, trained.model.vocabulary
    rows = {section.id: row for row, section in enumerate(data.test.sections)}
    places = {image.id: place for place, image in enumerate(data.images)}
    relevant = {one.section_id: one.image_id for one in reversed(data.test.judgements) if one.relevance > 0}
    return [
        Example(
            section=section.id,
            page_title=section.page_title,
            section_title=section.section_title,
            query_terms=_heaviest(trained.queries.named(rows[section.id], vocabulary)),
            image=relevant[section.id],
            document_terms=_heaviest(trained.documents.named(places[relevant[section.id]], vocabulary)),
        )
        for section in sorted(data.test.sections, key=_by_chance)[:_EXAMPLES]
    ]


def aligned(figures: Figures, sections: Sequence[Section]) -> Values:
    """Bring figures into the order of the sections; a section without figures gets 0."""
    places = {section_id: place for place, section_id in enumerate(figures.section_ids)}
    order = [places[section.id] for section in sections]
    return {measure: values[order] for measure, values in figures.values.items()}


def rounded(values: Values) -> dict[str, list[float]]:
    """Round values as results store them."""
    return {measure: [round(float(value), _DIGITS) for value in column] for measure, column in values.items()}


def _heaviest(terms: dict[str, float]) -> dict[str, float]:
    return {term: round(weight, 3) for term, weight in list(terms.items())[:_SHOWN_TERMS]}


def _by_chance(section: Section) -> str:
    """A sort key that is independent of the collection's order."""
    return hashlib.md5(section.id.encode(), usedforsecurity=False).hexdigest()
