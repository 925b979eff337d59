"""A unit of work: train a cell on all folds but one and measure it on that fold, or measure a baseline on it."""

from __future__ import annotations

import platform
import time
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Any

from mlsr_es.describe import choose_describers, described
from mlsr_es.encoders import PRESETS
from mlsr_es.errors import InputError
from mlsr_es.evaluation import Topics, figures
from mlsr_es.experiments.captions import Captions, Limited
from mlsr_es.experiments.complete import CaptionTopics, Complete
from mlsr_es.experiments.measures import QUALITY
from mlsr_es.experiments.measuring import aligned, ranks, rounded
from mlsr_es.experiments.promotion import Promotion
from mlsr_es.experiments.results import Measured, Result, digest, told
from mlsr_es.experiments.study import Study, Unit, Variant
from mlsr_es.experiments.systems import System, system_of
from mlsr_es.experiments.translated import Translated, translated
from mlsr_es.sources import Source, open_source
from mlsr_es.training import TrainingConfig, TrainingData, read_training_data

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
    source, *also = (collections.named(name).source for name in (config.collection.source, *config.collection.also))
    system = system_of(
        unit.cell,
        config,
        Limited(source, captions) if of_cell else source,
        also=[Limited(other, captions) for other in also],
        translation=study.translation,
        device=device,
    )
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
            name: _kept(one, own, is_choice=study.is_choice(name))
            for name, one in zip(study.variants_of(unit.cell), others, strict=True)
            if one.topics
        },
        judged=[] if of_cell else [one.image_id for one in collections.named(own.collection).data.test.judgements],
        **own.model_dump(),
        **system.told(),
    )


def _kept(variant: Measured, own: Measured, *, is_choice: bool) -> Measured:
    """What a file keeps of a variant: of the many choices of caption components only what Shapley values need."""
    kept: dict[str, Any] = {"examples": [], "topics": [] if variant.topics == own.topics else variant.topics}
    if is_choice:
        kept |= {"values": {QUALITY[0]: variant.values[QUALITY[0]]}, "ranks": [], "documents": {}}
    return variant.model_copy(update=kept)


@dataclass(frozen=True)
class _Collection:
    """A collection as all cells of a study search it.

    Args:
        name: A known collection, or a path.
        source: Its images that every cell can read, with what machines say of them.
        data: The same, split as the unit's fold says.
        least_text: A query's own text has more characters than this.
        captions: Where captions are topics, what knows them in other languages.
    """

    name: str
    source: Source
    data: TrainingData
    least_text: int
    captions: CaptionTopics | None = None

    def asked_in(self, language: str) -> TrainingData:
        """The data with the captions of another language as topics; those without one are left away."""
        if self.captions is None:
            raise TypeError("the topics are no captions")
        translations = self.captions.translations(language)
        training, test = (translated(topics, translations) for topics in (self.data.training, self.data.test))
        return replace(self.data, training=training, test=test)


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
        searched = frozenset(collection.languages) or None
        asked = self._study.languages.asked if self._study.languages else ()
        source: Source = Complete(open_source(name, languages=searched and searched.union(asked)))
        captions = CaptionTopics(source, searched) if self._study.topics == "captions" else None
        source = captions or source
        source = described(source, choose_describers(collection.describe, device=self._device))
        if translation := self._study.translation:
            source = Translated(source, open_source(translation.collection), both=translation.captions == "both")
        data = read_training_data(source, PRESETS["m4"], self._config)
        return _Collection(name, source, data, collection.least_text, captions)


def _measured(system: System, collection: _Collection, variant: Variant, captions: Captions) -> Measured:
    """Measure a system as a variant asks it.

    Args:
        system: The system.
        collection: The collection that it searches.
        variant: What is other than in the unit.
        captions: What the unit reads.
    """
    data = collection.asked_in(variant.language) if variant.language else collection.data
    if variant.whole:
        data = replace(data, training=Topics((), ()), test=data.training.joined(data.test))
    if variant.fields:
        training, test = (topics.asking(variant.fields) for topics in (data.training, data.test))
        data = replace(data, training=training, test=test)
    data = replace(data, images=tuple(map((variant.captions or captions).of, data.images)))
    if not data.test.sections:
        return Measured(collection=collection.name, images=len(data.images), values={})
    if variant.promotion:
        return _promoted(system, collection, data)
    found = system.find(data, variant)
    topics = [section.id for section in data.test.sections]
    quality = aligned(figures(found.run, data.test.judgements, QUALITY), topics)
    return Measured(
        collection=f"{collection.name}{_asked(variant)}",
        images=len(data.images),
        topics=topics,
        values=rounded(quality | found.values),
        documents=found.documents,
        ranks=ranks(found.run, data.test.judgements),
        examples=found.examples,
    )


def _asked(variant: Variant) -> str:
    """What of a collection is asked, where that is not the fold's topics as they are."""
    return ": whole" if variant.whole else f": {variant.language}" if variant.language else ""


def _promoted(system: System, collection: _Collection, data: TrainingData) -> Measured:
    promotion = Promotion.of(collection.source, data, least_text=collection.least_text)
    run, topics = system.promote(promotion), [image.id for image in promotion.images]
    return Measured(
        collection=f"{collection.name}: sections",
        images=len(promotion.sections),
        topics=topics,
        values=rounded(aligned(figures(run, promotion.judgements, QUALITY), topics)),
    )
