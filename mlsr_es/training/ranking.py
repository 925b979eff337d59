"""Rankings by the model in training: for validation, and for the held-out pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import torch

from mlsr_es.collection import ImageDocument, Judgement
from mlsr_es.encoders import BiEncoder
from mlsr_es.evaluation import Run, Topics, exact_run
from mlsr_es.training.batches import Batches, Pixels
from mlsr_es.training.config import TrainingConfig
from mlsr_es.training.data import TrainingData, searched_for
from mlsr_es.vectors import SparseVectors

Metric = Callable[[Run, Sequence[Judgement]], float]
"""The measure by which the best epoch is chosen; higher is better."""

_AT_ONCE = 128


class Ranker:
    """Ranks images for sections, with vectors pruned as in an index.

    Args:
        model: The model, used with its weights at the time of each call.
        data: The data that the images are from.
        config: The configuration of the run.
        pixels: Gives the input for images; required if the model reads images.
    """

    def __init__(self, model: BiEncoder, data: TrainingData, config: TrainingConfig, pixels: Pixels | None) -> None:
        self._model, self._data, self._config, self._pixels = model, data, config, pixels

    def run(self, name: str, topics: Topics, images: Sequence[ImageDocument]) -> Run:
        """Rank images for each topic.

        Args:
            name: The name of the run.
            topics: The topics; their sections are the queries.
            images: The images to rank.
        """
        queries, documents = self.vectors(topics, images)
        return ranked(name, topics, queries, images, documents)

    def vectors(self, topics: Topics, images: Sequence[ImageDocument]) -> tuple[SparseVectors, SparseVectors]:
        """Encode the topics' sections and the images; returns query vectors and document vectors."""
        self._model.eval()
        return self._model.encode_sections(topics.sections), self._encoded(images)

    @torch.inference_mode()
    def _encoded(self, images: Sequence[ImageDocument]) -> SparseVectors:
        model = self._model
        if not model.config.document_input.reads_image:
            return model.encode_documents(images)
        batches = Batches(replace(self._data, documents=tuple(images)), model, self._config, pixels=self._pixels)
        parts = []
        for start in range(0, len(images), _AT_ONCE):
            for text, pixels in batches.groups(range(start, min(start + _AT_ONCE, len(images)))):
                seen = None if pixels is None else pixels.to(model.device)
                parts.append(SparseVectors.from_torch(model.document(text and text.to(model.device), seen)))
        vectors = SparseVectors.concatenate(parts, vocabulary_size=len(model.vocabulary))
        return vectors.pruned(top=model.config.document_terms)


def ranked(
    name: str, topics: Topics, queries: SparseVectors, images: Sequence[ImageDocument], documents: SparseVectors
) -> Run:
    """Rank images for each topic by their vectors."""
    return exact_run(
        name,
        queries,
        documents,
        section_ids=[section.id for section in topics.sections],
        image_ids=[image.id for image in images],
    )


class Validation:
    """Computes the validation metric with the model's current weights.

    Args:
        ranker: A ranker with the model in training.
        data: The data; validation topics are searched among the images that belong in them and a sample of the others.
        config: The configuration of the run.
        metric: The metric.
    """

    def __init__(self, ranker: Ranker, data: TrainingData, config: TrainingConfig, metric: Metric) -> None:
        self._ranker, self._topics, self._metric = ranker, data.validation, metric
        self._images = searched_for(data.validation, data.images, most=config.folds.validation_images, seed=config.seed)

    def __call__(self) -> float:
        """Compute the metric."""
        return self._metric(self._ranker.run("validation", self._topics, self._images), self._topics.judgements)
