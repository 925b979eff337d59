"""Measure a system on test topics, and a model's vectors."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlsr_es.collection import Judgement, Section
from mlsr_es.encoders import BiEncoder
from mlsr_es.evaluation import Figures, Run, Usage, co_activation, content_share, own_share
from mlsr_es.experiments.measures import CO_ACTIVATION, CONTENT_WORDS, OWN_WORDS, QUERY_TERMS
from mlsr_es.experiments.results import Example
from mlsr_es.training import TrainingData, ranked
from mlsr_es.vectors import SparseVectors

_EXAMPLES = 3
_SHOWN_TERMS = 12
_DIGITS = 5

Values = dict[str, NDArray[np.float64]]


@dataclass(frozen=True)
class Encoded:
    """A collection's test topics and images, as vectors of a model.

    Args:
        model: The model.
        data: The test topics and the images.
        queries: The vectors of the test topics' sections.
        documents: The vectors of all images.
    """

    model: BiEncoder
    data: TrainingData
    queries: SparseVectors
    documents: SparseVectors

    def run(self) -> Run:
        """The ranking of the images for the test topics."""
        return ranked("model", self.data.test, self.queries, self.data.images, self.documents)

    def of_queries(self) -> Values:
        """Each measure of vectors, one value a test topic."""
        sections = self.data.test.sections
        return {
            CO_ACTIVATION: co_activation(self.queries, self.documents),
            CONTENT_WORDS: content_share(self.queries, self.model.vocabulary),
            OWN_WORDS: own_share(self.queries, [self.model.section_terms(section) for section in sections]),
            QUERY_TERMS: self.queries.term_counts.astype(np.float64),
        }

    def of_documents(self) -> dict[str, float]:
        """Means over all images; own words are those of the captions, even if the model does not read captions."""
        own = own_share(self.documents, [self.model.caption_terms(image) for image in self.data.images])
        usage = Usage.of(self.documents, self.model.vocabulary)
        figures = {
            "terms": usage.terms,
            "without terms": usage.empty,
            "vocabulary": usage.used,
            "entropy": usage.entropy,
            "Gini": usage.gini,
            CONTENT_WORDS: float(content_share(self.documents, self.model.vocabulary).mean()),
            OWN_WORDS: float(own.mean()),
        }
        return {name: round(figure, _DIGITS) for name, figure in figures.items()}

    def examples(self) -> list[Example]:
        """At most three topics of the fold, the same for every cell whose model can read their images."""
        data, vocabulary = self.data, self.model.vocabulary
        rows = {section.id: row for row, section in enumerate(data.test.sections)}
        places = {image.id: place for place, image in enumerate(data.images)}
        relevant = {one.section_id: one.image_id for one in reversed(data.test.judgements) if one.relevance > 0}
        return [
            Example(
                section=section.id,
                page_title=section.page_title,
                section_title=section.section_title,
                query_terms=_heaviest(self.queries.named(rows[section.id], vocabulary)),
                image=relevant[section.id],
                document_terms=_heaviest(self.documents.named(places[relevant[section.id]], vocabulary)),
            )
            for section in sorted(data.test.sections, key=_by_chance)[:_EXAMPLES]
            if relevant[section.id] in places
        ]


def aligned(figures: Figures, topics: Sequence[str]) -> Values:
    """Bring figures into the order of the topics."""
    places = {section_id: place for place, section_id in enumerate(figures.section_ids)}
    order = [places[topic] for topic in topics]
    return {measure: values[order] for measure, values in figures.values.items()}


def ranks(run: Run, judgements: Sequence[Judgement]) -> list[int]:
    """The place of each judgement's image in its section's ranking, from 1; 0 where it was not found."""
    places = {
        (section, found.image_id): place
        for section, ranking in run.rankings.items()
        for place, found in enumerate(ranking, start=1)
    }
    return [places.get((one.section_id, one.image_id), 0) for one in judgements]


def rounded(values: Values) -> dict[str, list[float]]:
    """Round values as results store them."""
    return {measure: [round(float(value), _DIGITS) for value in column] for measure, column in values.items()}


def _heaviest(terms: dict[str, float]) -> dict[str, float]:
    return {term: round(weight, 3) for term, weight in list(terms.items())[:_SHOWN_TERMS]}


def _by_chance(section: Section) -> str:
    """A sort key that is independent of the collection's order."""
    return hashlib.md5(section.id.encode(), usedforsecurity=False).hexdigest()
