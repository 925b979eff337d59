"""The systems of units: cells with their models, and baselines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

import numpy as np

from mlsr_es.collection import ImageDocument
from mlsr_es.evaluation import TITLE_BOOSTED, Run, Topics, baseline_run, caption_text, ndcg
from mlsr_es.experiments.measures import OF_VECTORS
from mlsr_es.experiments.measuring import Encoded, Values
from mlsr_es.experiments.promotion import Promotion
from mlsr_es.experiments.results import Example
from mlsr_es.experiments.study import BASELINES, TRANSLATING, Translation, Variant
from mlsr_es.experiments.translated import Dictionary, Translated
from mlsr_es.sources import Source
from mlsr_es.splits import fold_of
from mlsr_es.state import state_folder
from mlsr_es.training import Trained, TrainingConfig, TrainingData, baselines, by_bm25, together, train
from mlsr_es.vectors import SparseVectors


@dataclass(frozen=True)
class Found:
    """What a system finds.

    Args:
        run: The ranking of the images for the test topics.
        values: The measures of the queries' vectors, one value a topic.
        documents: Means over the images' vectors.
        examples: Some topics with their terms.
    """

    run: Run
    values: Values = field(default_factory=dict)
    documents: dict[str, float] = field(default_factory=dict)
    examples: list[Example] = field(default_factory=list)


class System(Protocol):
    """What a unit measures."""

    def find(self, data: TrainingData, variant: Variant) -> Found:
        """Rank the images of a collection for its test topics.

        Args:
            data: The collection, as the variant asks and reads it.
            variant: What else is other than in the unit: the most terms of an image, BM25 beside a model.
        """

    def promote(self, promotion: Promotion) -> Run:
        """Rank sections for images."""

    def told(self) -> dict[str, Any]:
        """What a result says of the system besides its figures."""


def system_of(
    name: str,
    config: TrainingConfig,
    source: Source,
    *,
    also: Sequence[Source],
    translation: Translation | None,
    device: str,
) -> System:
    """Make a baseline, or train a cell.

    Args:
        name: The name of the baseline; any other for a cell.
        config: The configuration of the unit.
        source: The collection with what the cell reads.
        also: Further collections that a cell is trained on as a whole.
        translation: What the study says of two languages.
        device: "auto", "cuda", "mps" or "cpu".

    Raises:
        InputError: There is nothing to train on.
        ModelError: A backbone cannot be loaded.
    """
    if name == TRANSLATING and config.folds.test is not None:
        return _translating(source, translation, config.folds.test) if translation else CaptionDictionary()
    return Bm25Baseline(name) if name in BASELINES else Model(_trained(config, source, also, device))


class Bm25Baseline:
    """A baseline, whose constants are found on the training topics of each collection that it searches."""

    def __init__(self, name: str) -> None:
        self._name, self._what = name, ""

    def find(self, data: TrainingData, variant: Variant) -> Found:
        """BM25 has no terms to leave out. Where another language asks, the constants are the usual ones."""
        if variant.language:
            data = replace(data, training=Topics((), ()))
        system = next(one for one in baselines(data) if one.run.name == self._name)
        self._what = self._what or system.what  # of the unit's own collection, which comes first
        return Found(system.run)

    def promote(self, promotion: Promotion) -> Run:
        """By ``bm25s`` with its defaults: boosts are for titles that ask."""
        return promotion.by_bm25()

    def told(self) -> dict[str, Any]:
        """Its constants."""
        return {"what": self._what}


class TranslatingBaseline(Bm25Baseline):
    """BM25 with boosted titles, asked in translated words."""

    def __init__(self, dictionary: Dictionary) -> None:
        super().__init__(TRANSLATING)
        self._baseline = replace(TITLE_BOOSTED, name=TRANSLATING, weigh=dictionary.weights)
        self._what = f"BM25 asked by {len(dictionary.translations):,} translated words"

    def find(self, data: TrainingData, variant: Variant) -> Found:  # noqa: ARG002
        """Translate, then ask."""
        captions, ids = [caption_text(image) for image in data.images], [image.id for image in data.images]
        return Found(baseline_run(self._baseline, data.test.sections, captions, ids))


class CaptionDictionary(Bm25Baseline):
    """The same where captions are topics: for each language, a dictionary of the training's captions."""

    def __init__(self) -> None:
        super().__init__(TRANSLATING)

    def find(self, data: TrainingData, variant: Variant) -> Found:
        """Learn the dictionary, translate, then ask."""
        sections = data.training.sections  # whose ids are the captions that are searched
        parallel = [(section.id, section.text) for section in sections]
        dictionary = Dictionary.learned(parallel, sections, variant.language or "en")
        return TranslatingBaseline(dictionary).find(data, variant)


class Model:
    """A cell's model."""

    def __init__(self, trained: Trained) -> None:
        self._trained = trained
        self._images: tuple[ImageDocument, ...] = ()
        self._documents: SparseVectors | None = None

    def find(self, data: TrainingData, variant: Variant) -> Found:
        """Rank the images that an index of this model would have: all that it can read."""
        data = replace(data, images=self._readable(data.images))
        if not data.images:
            nothing = np.zeros(len(data.test.sections))
            return Found(Run("model", {}), dict.fromkeys(OF_VECTORS, nothing))
        queries, documents = self._vectors(data.test, data.images)
        encoded = Encoded(self._trained.model, data, queries, documents.pruned(top=variant.terms))
        hybrid = self._trained.model.hybrid if variant.together else None  # not every model found a weight of BM25
        run = together(hybrid, data, queries, encoded.documents) if hybrid else encoded.run()
        return Found(run, encoded.of_queries(), encoded.of_documents(), encoded.examples())

    def promote(self, promotion: Promotion) -> Run:
        """By the vectors of both sides."""
        promotion = replace(promotion, images=self._readable(promotion.images))
        return promotion.by_vectors(*self._trained.ranker.vectors(Topics(promotion.sections, ()), promotion.images))

    def told(self) -> dict[str, Any]:
        """Which model it is."""
        return {"revision": self._trained.model.revision}

    def _vectors(self, topics: Topics, images: tuple[ImageDocument, ...]) -> tuple[SparseVectors, SparseVectors]:
        """Encode topics and images; not again the images of the last call: many variants differ in topics alone."""
        if self._documents is None or images != self._images:
            queries, self._documents = self._trained.ranker.vectors(topics, images)
            self._images = images
        else:
            queries, _ = self._trained.ranker.vectors(topics, ())
        return queries, self._documents

    def _readable(self, images: Sequence[ImageDocument]) -> tuple[ImageDocument, ...]:
        reads_caption = self._trained.model.config.document_input.reads_caption
        return tuple(image for image in images if image.captions or not reads_caption)


def _translating(source: Source, translation: Translation, fold: int) -> TranslatingBaseline:
    """Learn the dictionary on all pages but the fold's."""
    if not isinstance(source, Translated):
        raise TypeError("the study's collection is not translated")
    known = [(ours, others) for ours, others in source.pairs() if fold_of(ours.page) != fold]
    parallel = source.parallel({ours.page for ours, _ in known})
    return TranslatingBaseline(Dictionary.learned(parallel, [others for _, others in known], translation.language))


def _trained(config: TrainingConfig, source: Source, also: Sequence[Source], device: str) -> Trained:
    with TemporaryDirectory(prefix="mlsr-es-unit-") as folder:
        return train(
            config,
            source,
            Path(folder),
            mine=by_bm25,
            metric=ndcg,
            also=also,
            device=device,
            features=state_folder() / "features",
        )
