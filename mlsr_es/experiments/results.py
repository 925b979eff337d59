"""Results on disk: one JSON file a unit, ``STUDY/CELL/foldK.json``."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from mlsr_es.errors import InputError, StorageError
from mlsr_es.experiments.study import BASELINES, Study, Unit
from mlsr_es.extras import extra
from mlsr_es.training import TrainingConfig

with extra("research"):
    from pydantic import BaseModel, ConfigDict, ValidationError

FORMAT = 1
"""The version of the files, and of what is measured: raised where either changes."""


class Example(BaseModel):
    """A topic of the fold, with the heaviest terms of its query and of an image that belongs in it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    section: str
    page_title: str
    section_title: str
    query_terms: dict[str, float]
    image: str
    document_terms: dict[str, float]


class Result(BaseModel):
    """What a unit gave.

    ``values`` has a figure a topic, in the order of ``topics``; ``documents`` means over all images.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: int = FORMAT
    study: str
    cell: str
    fold: int
    digest: str
    config: dict[str, Any]
    collection: str
    images: int
    topics: list[str]
    values: dict[str, list[float]]
    documents: dict[str, float] = {}
    what: str = ""
    revision: str = ""
    seconds: float
    versions: dict[str, str]
    examples: list[Example] = []

    def mean(self, measure: str) -> float:
        """Over the fold's topics; 0 where there is none."""
        values = self.values[measure]
        return sum(values) / len(values) if values else 0.0


@dataclass(frozen=True)
class Found:
    """What there is of a study, each in the study's order.

    Args:
        done: Units by the recipe that the study has now, with their results.
        stale: Units by another recipe.
        missing: Units of which there is nothing.
    """

    done: dict[Unit, Result]
    stale: dict[Unit, Result]
    missing: list[Unit]


class Results:
    """The results of a study in a folder.

    Args:
        study: Whose.
        folder: Of all studies.
    """

    def __init__(self, study: Study, folder: Path) -> None:
        self.study = study
        self.folder = folder / study.name

    def path(self, unit: Unit) -> Path:
        """Where a unit's result is, or will be."""
        return self.folder / unit.cell / f"fold{unit.fold}.json"

    def read(self) -> Found:
        """All units of the study.

        Raises:
            InputError: A file holds something else than a result.
        """
        found = Found({}, {}, [])
        for unit in self.study.units():
            result = self._read(unit)
            if result is None:
                found.missing.append(unit)
            elif (result.format, result.digest) == (FORMAT, digest(self.study, unit)):
                found.done[unit] = result
            else:
                found.stale[unit] = result
        return found

    def _read(self, unit: Unit) -> Result | None:
        path = self.path(unit)
        try:
            return Result.model_validate_json(path.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValidationError) as error:
            raise InputError(f"{path} is no result of a unit.", advice="Remove it, and run the study again.") from error

    def write(self, result: Result) -> None:
        """Put a unit's result in its place, whole or not at all.

        Raises:
            StorageError: The folder cannot be written.
        """
        path = self.path(Unit(result.cell, result.fold))
        unfinished = path.with_suffix(f".{os.getpid()}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            unfinished.write_bytes(orjson.dumps(result.model_dump(mode="json"), option=orjson.OPT_APPEND_NEWLINE))
            unfinished.replace(path)
        except OSError as error:
            raise StorageError(f"{path} cannot be written: {error.strerror or error}.") from error


def digest(study: Study, unit: Unit) -> str:
    """16 hexadecimal digits over what a unit trains; settings that are as by default do not count."""
    return hashlib.sha256(orjson.dumps(told(study, unit), option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


def told(study: Study, unit: Unit) -> dict[str, Any]:
    """What a unit is told, without what is as by default; of a baseline, the collection and the fold."""
    if unit.cell in BASELINES:
        config = study.config(Unit(next(iter(study.cells)), unit.fold))
        return {**_dumped(config, include={"collection", "folds"}), "baseline": unit.cell}
    return _dumped(study.config(unit))


def _dumped(config: TrainingConfig, include: set[str] | None = None) -> dict[str, Any]:
    return config.model_dump(mode="json", exclude_defaults=True, include=include)
