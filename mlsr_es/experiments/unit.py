"""A unit of work: train a cell on all folds but one and measure it on that fold, or measure a baseline on it."""

from __future__ import annotations

import platform
import time
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from mlsr_es.encoders import PRESETS
from mlsr_es.errors import InputError
from mlsr_es.evaluation import figures, ndcg
from mlsr_es.experiments.complete import Complete
from mlsr_es.experiments.measures import QUALITY
from mlsr_es.experiments.measuring import aligned, examples, of_documents, of_vectors, rounded
from mlsr_es.experiments.results import Result, digest, told
from mlsr_es.experiments.study import BASELINES, Study, Unit
from mlsr_es.sources import open_source
from mlsr_es.state import state_folder
from mlsr_es.training import TrainingConfig, TrainingData, baselines, by_bm25, read_training_data, train

_PACKAGES = ("mlsr-es", "torch", "transformers", "numpy", "bm25s", "ir-measures")


def run_unit(study: Study, unit: Unit, *, device: str = "auto") -> Result:
    """Run a unit of a study.

    The model is not kept. Features of images are kept for the other units.

    Args:
        study: The study.
        unit: One of its units.
        device: "auto", "cuda", "mps" or "cpu".

    Raises:
        InputError: The fold has no topic, or there is nothing to train on.
        ModelError: A backbone cannot be loaded.
    """
    begun = time.perf_counter()
    found = _baseline(study, unit) if unit.cell in BASELINES else _cell(study, unit, device)
    return Result(
        study=study.name,
        cell=unit.cell,
        fold=unit.fold,
        digest=digest(study, unit),
        config=told(study, unit),
        seconds=round(time.perf_counter() - begun, 1),
        versions={"python": platform.python_version()} | {name: version(name) for name in _PACKAGES},
        **found,
    )


def _cell(study: Study, unit: Unit, device: str) -> dict[str, Any]:
    config = study.config(unit)
    with TemporaryDirectory(prefix="mlsr-es-unit-") as folder:
        trained = train(
            config,
            _source(config),
            Path(folder),
            mine=by_bm25,
            metric=ndcg,
            device=device,
            features=state_folder() / "features",
        )
    data, run = trained.data, trained.run
    if run is None:
        raise _no_topics(config, unit)
    values = aligned(figures(run, data.test.judgements, QUALITY), data.test.sections) | of_vectors(trained)
    return {
        **_searched(data, config),
        "values": rounded(values),
        "documents": of_documents(trained),
        "revision": trained.model.revision,
        "examples": examples(trained),
    }


def _baseline(study: Study, unit: Unit) -> dict[str, Any]:
    config = study.config(Unit(next(iter(study.cells)), unit.fold))
    data = read_training_data(_source(config), PRESETS["m3"], config)
    if not data.test.sections:
        raise _no_topics(config, unit)
    system = next(one for one in baselines(data) if one.run.name == unit.cell)
    measured = aligned(figures(system.run, data.test.judgements, QUALITY), data.test.sections)
    return {**_searched(data, config), "values": rounded(measured), "what": system.what}


def _source(config: TrainingConfig) -> Complete:
    languages = frozenset(config.collection.languages) or None
    return Complete(open_source(config.collection.source, languages=languages))


def _searched(data: TrainingData, config: TrainingConfig) -> dict[str, Any]:
    return {
        "collection": config.collection.source,
        "images": len(data.images),
        "topics": [section.id for section in data.test.sections],
    }


def _no_topics(config: TrainingConfig, unit: Unit) -> InputError:
    return InputError(
        f"fold {unit.fold} of {config.collection.source} has no topic.", advice="Leave the fold out of the study."
    )
