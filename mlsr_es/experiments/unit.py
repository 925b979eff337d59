"""A unit of work: train a cell on all folds but one and measure it on that fold, or measure a baseline on it."""

from __future__ import annotations

import platform
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

import numpy as np

from mlsr_es.describe import choose_describers, described
from mlsr_es.encoders import PRESETS
from mlsr_es.errors import InputError
from mlsr_es.evaluation import TITLE_BOOSTED, Run, Topics, baseline_run, caption_text, figures, ndcg
from mlsr_es.experiments.captions import Captions, Limited
from mlsr_es.experiments.complete import CaptionTopics, Complete
from mlsr_es.experiments.measures import OF_VECTORS, QUALITY
from mlsr_es.experiments.measuring import Encoded, Values, aligned, rounded
from mlsr_es.experiments.results import Example, Measured, Result, digest, told
from mlsr_es.experiments.study import TRANSLATING, Study, Translation, Unit, Variant
from mlsr_es.experiments.translated import Dictionary, Translated
from mlsr_es.sources import Source, open_source
from mlsr_es.splits import fold_of
from mlsr_es.state import state_folder
from mlsr_es.training import (
    Trained,
    TrainingConfig,
    TrainingData,
    baselines,
    by_bm25,
    ranked,
    read_training_data,
    train,
)

_PACKAGES = ("mlsr-es", "torch", "transformers", "numpy", "bm25s", "ir-measures")


def run_unit(study: Study, unit: Unit, *, device: str = "auto") -> Result:
    """Run a unit of a study, with its variants.

    The model is not kept. Features of images, and what describers say of them, are kept for the other units.

    Args:
        study: The study.
        unit: One of its units.
        device: "auto", "cuda", "mps" or "cpu".

    Raises:
        InputError: The fold has no topic in any collection, or there is nothing to train on.
        ModelError: A backbone cannot be loaded.
    """
    begun = time.perf_counter()
    of_cell = unit.cell in study.cells
    config = study.config(unit if of_cell else Unit(next(iter(study.cells)), unit.fold))
    captions = study.cells[unit.cell].captions if of_cell else Captions()
    collections = _Collections(study, config, device)
    own_source = collections.named(config.collection.source).source
    system: _System
    if of_cell:
        system = _trained(config, Limited(own_source, captions), device)
    elif study.translation and unit.cell == TRANSLATING:
        system = _translating(own_source, study.translation, unit.fold)
    else:
        system = _Bm25(unit.cell)
    own, *others = (
        _measured(system, collections.named(study.collection(name)), variant, captions)
        for name, variant in {unit.cell: Variant(of=unit.cell), **study.variants_of(unit.cell)}.items()
    )
    if not any(one.topics for one in (own, *others)):
        raise InputError(f"fold {unit.fold} of {own.collection} has no topic.", advice="Leave it out of the study.")
    return Result(
        study=study.name,
        cell=unit.cell,
        fold=unit.fold,
        digest=digest(study, unit),
        config=told(study, unit),
        seconds=round(time.perf_counter() - begun, 1),
        versions={"python": platform.python_version()} | {name: version(name) for name in _PACKAGES},
        variants={
            name: one.model_copy(update={"examples": [], "topics": [] if one.topics == own.topics else one.topics})
            for name, one in zip(study.variants_of(unit.cell), others, strict=True)
            if one.topics
        },
        **own.model_dump(),
        **system.told(),
    )


@dataclass(frozen=True)
class _Collection:
    """A collection as all cells of a study search it.

    Args:
        name: A known collection, or a path.
        source: Its images that every cell can read, with what machines say of them.
        data: The same, split as the unit's fold says.
    """

    name: str
    source: Source
    data: TrainingData


class _Collections:
    """The collections that a unit needs, each read once."""

    def __init__(self, study: Study, config: TrainingConfig, device: str) -> None:
        self._study, self._config, self._device = study, config, device
        self._read: dict[str, _Collection] = {}

    def named(self, name: str) -> _Collection:
        """A collection; small ones may have folds without topics."""
        if name not in self._read:
            self._read[name] = self._opened(name)
        return self._read[name]

    def _opened(self, name: str) -> _Collection:
        collection = self._config.collection
        source: Source = Complete(open_source(name, languages=frozenset(collection.languages) or None))
        if self._study.topics == "captions":
            source = CaptionTopics(source)
        source = described(source, choose_describers(collection.describe, device=self._device))
        if self._study.translation:
            source = Translated(source, open_source(self._study.translation.collection))
        return _Collection(name, source, read_training_data(source, PRESETS["m4"], self._config))


@dataclass(frozen=True)
class _Found:
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


class _System(Protocol):
    """The system of a unit."""

    def find(self, data: TrainingData, terms: int | None) -> _Found:
        """Rank the images of a collection for its test topics.

        Args:
            data: The collection.
            terms: How many terms of an image count, where the system has terms.
        """

    def told(self) -> dict[str, Any]:
        """What a result says of the system besides its figures."""


class _Bm25:
    """A baseline, whose constants are found on the training topics of each collection that it searches."""

    def __init__(self, name: str) -> None:
        self._name, self._what = name, ""

    def find(self, data: TrainingData, terms: int | None) -> _Found:  # noqa: ARG002
        system = next(one for one in baselines(data) if one.run.name == self._name)
        self._what = self._what or system.what  # of the unit's own collection, which comes first
        return _Found(system.run)

    def told(self) -> dict[str, Any]:
        return {"what": self._what}


class _Translating:
    """BM25 with boosted titles, asked in translated words."""

    def __init__(self, dictionary: Dictionary) -> None:
        self._baseline = replace(TITLE_BOOSTED, name=TRANSLATING, weigh=dictionary.weights)
        self._what = f"BM25 asked by {len(dictionary.translations):,} translated words"

    def find(self, data: TrainingData, terms: int | None) -> _Found:  # noqa: ARG002
        captions, ids = [caption_text(image) for image in data.images], [image.id for image in data.images]
        return _Found(baseline_run(self._baseline, data.test.sections, captions, ids))

    def told(self) -> dict[str, Any]:
        return {"what": self._what}


def _translating(source: Source, translation: Translation, fold: int) -> _Translating:
    """Learn the dictionary on all pages but the fold's."""
    if not isinstance(source, Translated):
        raise TypeError("the study's collection is not translated")
    known = [(ours, others) for ours, others in source.pairs() if fold_of(ours.page) != fold]
    parallel = source.parallel({ours.page for ours, _ in known})
    return _Translating(Dictionary.learned(parallel, [others for _, others in known], translation.language))


class _Model:
    """A cell's model."""

    def __init__(self, trained: Trained) -> None:
        self._trained = trained

    def find(self, data: TrainingData, terms: int | None) -> _Found:
        """Rank the images that an index of this model would have: all that it can read."""
        reads_caption = self._trained.model.config.document_input.reads_caption
        data = replace(data, images=tuple(image for image in data.images if image.captions or not reads_caption))
        if not data.images:
            nothing = np.zeros(len(data.test.sections))
            return _Found(Run("model", {}), dict.fromkeys(OF_VECTORS, nothing))
        queries, documents = self._trained.ranker.vectors(data.test, data.images)
        encoded = Encoded(self._trained.model, data, queries, documents.pruned(top=terms))
        run = ranked("model", data.test, encoded.queries, data.images, encoded.documents)
        return _Found(run, encoded.of_queries(), encoded.of_documents(), encoded.examples())

    def told(self) -> dict[str, Any]:
        return {"revision": self._trained.model.revision}


def _trained(config: TrainingConfig, source: Source, device: str) -> _Model:
    with TemporaryDirectory(prefix="mlsr-es-unit-") as folder:
        return _Model(
            train(
                config,
                source,
                Path(folder),
                mine=by_bm25,
                metric=ndcg,
                device=device,
                features=state_folder() / "features",
            )
        )


def _measured(system: _System, collection: _Collection, variant: Variant, captions: Captions) -> Measured:
    """Measure a system as a variant asks it.

    Args:
        system: The system.
        collection: The collection that it searches.
        variant: What is other than in the unit.
        captions: What the unit reads.
    """
    data = _asked(collection.data, variant.fields)
    data = replace(data, images=tuple(map((variant.captions or captions).of, data.images)))
    if not data.test.sections:
        return Measured(collection=collection.name, images=len(data.images), values={})
    found = system.find(data, variant.terms)
    quality = aligned(figures(found.run, data.test.judgements, QUALITY), data.test.sections)
    return Measured(
        collection=collection.name,
        images=len(data.images),
        topics=[section.id for section in data.test.sections],
        values=rounded(quality | found.values),
        documents=found.documents,
        examples=found.examples,
    )


def _asked(data: TrainingData, fields: Sequence[str]) -> TrainingData:
    """The data with only these fields of the sections; all of them if none is named."""
    if not fields:
        return data

    def only(topics: Topics) -> Topics:
        return replace(topics, sections=tuple(section.only(fields) for section in topics.sections))

    return replace(data, training=only(data.training), test=only(data.test))
