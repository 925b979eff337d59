"""Image promotion, AToMiC's other task: from an image, the sections that want it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from mlsr_es.collection import ImageDocument, Judgement, Section
from mlsr_es.evaluation import Bm25, Run, caption_text, exact_run, plain_words
from mlsr_es.sources import Source
from mlsr_es.training import TrainingData
from mlsr_es.vectors import SparseVectors
from mlsr_es.words import words


@dataclass(frozen=True)
class Promotion:
    """Images that ask for sections.

    Args:
        images: The queries: the images that belong in a held-out section.
        sections: All sections that are searched, those of training pages too.
        judgements: The image stands for the section, and the section for the image: measures read them so.
    """

    images: tuple[ImageDocument, ...]
    sections: tuple[Section, ...]
    judgements: tuple[Judgement, ...]

    @classmethod
    def of(cls, source: Source, data: TrainingData, *, least_text: int) -> Promotion:
        """Turn the judgements of a collection's held-out sections around.

        Args:
            source: The collection.
            data: The same, split.
            least_text: A section's own text has more characters than this.
        """
        asking = {one.image_id for one in data.test.judgements if one.relevance > 0}
        sections = tuple(section for section in source.sections() if len(section.text) > least_text)
        known = {section.id for section in sections}
        return cls(
            tuple(image for image in data.images if image.id in asking),
            sections,
            tuple(
                Judgement(one.image_id, one.section_id, one.relevance)
                for one in source.judgements()
                if one.image_id in asking and one.section_id in known
            ),
        )

    def by_vectors(self, sections: SparseVectors, images: SparseVectors) -> Run:
        """Rank the sections by a model's vectors."""
        return self._run("model", images, sections)

    def by_bm25(self) -> Run:
        """Rank the sections by ``bm25s`` with its defaults: captions ask, titles and text are searched."""
        index = Bm25.of(map(plain_words, self.sections))
        queries = index.queries(Counter(words(caption_text(image))) for image in self.images)
        return self._run("bm25s", queries, index.documents)

    def _run(self, name: str, queries: SparseVectors, documents: SparseVectors) -> Run:
        return exact_run(
            name,
            queries,
            documents,
            section_ids=[image.id for image in self.images],
            image_ids=[section.id for section in self.sections],
        )
