"""Results on disk: one JSON file a unit, ``STUDY/CELL/foldK.json``."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from mlsr_es.errors import InputError, StorageError
from mlsr_es.experiments.study import Study, Unit
from mlsr_es.extras import extra
from mlsr_es.settings import TomlTable

with extra("research"):
    from pydantic import BaseModel, ConfigDict, ValidationError

FORMAT = 1
"""The version of the files' format and of the measures; increased if either changes."""


class Example(BaseModel):
    """A topic of the fold, with the heaviest terms of its query and of an image that belongs in it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    section: str
    page_title: str
    section_title: str
    query_terms: dict[str, float]
    image: str
    document_terms: dict[str, float]


class Measured(BaseModel):
    """The figures of a system on a fold.

    ``values`` has one figure a topic, in the order of ``topics``; where the fold has no topics, it has no measure. In a
    file, a variant that was measured on its cell's topics has none. ``documents`` has means over all images. ``ranks``
    has, for each judgement of the fold, the place of its image in its section's ranking, from 1; 0 where it was not
    found.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    collection: str
    images: int
    topics: list[str] = []
    values: dict[str, list[float]]
    documents: dict[str, float] = {}
    ranks: list[int] = []
    examples: list[Example] = []

    def mean(self, measure: str) -> float:
        """The mean over the fold's topics; 0 if there are none."""
        values = self.values[measure]
        return sum(values) / len(values) if values else 0.0


class Result(Measured):
    """The result of a unit: a cell's, or a baseline's, and its variants'.

    ``judged`` has the image of each judgement; only baselines' files have it.
    """

    format: int = FORMAT
    study: str
    cell: str
    fold: int
    digest: str
    config: dict[str, Any]
    what: str = ""
    revision: str = ""
    seconds: float
    versions: dict[str, str]
    judged: list[str] = []
    variants: dict[str, Measured] = {}

    @property
    def systems(self) -> dict[str, Measured]:
        """Name to figures: the cell's, then its variants', each with its topics."""
        own = {
            name: variant if variant.topics else variant.model_copy(update={"topics": self.topics})
            for name, variant in self.variants.items()
        }
        return {self.cell: self} | own


@dataclass(frozen=True)
class Found:
    """The units of a study by their state, each in the study's order.

    Args:
        done: Units with results of the study's present recipe.
        stale: Units with results of another recipe.
        missing: Units without a result.
    """

    done: dict[Unit, Result]
    stale: dict[Unit, Result]
    missing: list[Unit]


class Results:
    """The results of a study in a folder.

    Args:
        study: The study.
        folder: The folder of all studies' results.
    """

    def __init__(self, study: Study, folder: Path) -> None:
        self.study = study
        self.folder = folder / study.name

    def path(self, unit: Unit) -> Path:
        """The path of a unit's result, which may not exist yet."""
        return self.folder / unit.cell / f"fold{unit.fold}.json"

    def read(self) -> Found:
        """Read the results of all units.

        Raises:
            InputError: A file is not a result.
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

    def image_types(self) -> dict[str, str]:
        """The types of images, from the file that the study names; empty if it names none.

        Raises:
            InputError: The file cannot be read.
        """
        if not self.study.image_types:
            return {}
        path = self.folder.parent / self.study.image_types
        try:
            return dict(orjson.loads(path.read_bytes())["types"])
        except (OSError, ValueError, KeyError) as error:
            raise InputError(
                f"{path}, which the study {self.study.name} names, has no types of images.",
                advice="Make it first: python benchmarks/image_types.py",
            ) from error

    def _read(self, unit: Unit) -> Result | None:
        path = self.path(unit)
        try:
            return Result.model_validate_json(path.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValidationError) as error:
            raise InputError(f"{path} is no result of a unit.", advice="Remove it, and run the study again.") from error

    def write(self, result: Result) -> None:
        """Write a unit's result, completely or not at all.

        Raises:
            StorageError: The folder cannot be written.
        """
        path = self.path(Unit(result.cell, result.fold))
        unfinished = path.with_suffix(f".{os.getpid()}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            written = result.model_dump(mode="json", exclude_defaults=True) | {"format": result.format}
            unfinished.write_bytes(orjson.dumps(written, option=orjson.OPT_APPEND_NEWLINE))
            unfinished.replace(path)
        except OSError as error:
            raise StorageError(f"{path} cannot be written: {error.strerror or error}.") from error


def digest(study: Study, unit: Unit) -> str:
    """A hash, 16 hexadecimal digits, of a unit's settings; settings with default values do not count."""
    return hashlib.sha256(orjson.dumps(told(study, unit), option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


def told(study: Study, unit: Unit) -> dict[str, Any]:
    """A unit's settings without default values, and its variants'; for a baseline, the collection and the fold."""
    variants = {name: _dumped(variant) for name, variant in study.variants_of(unit.cell).items()}
    told: dict[str, Any] = {"variants": variants} if variants else {}
    if study.topics != "sections":
        told["topics"] = study.topics
    if study.translation:
        told["translation"] = _dumped(study.translation)
    if unit.cell in study.baselines:
        config = study.config(Unit(next(iter(study.cells)), unit.fold))
        return {**_dumped(config, include={"collection", "folds"}), "baseline": unit.cell, **told}
    return {**_dumped(study.config(unit)), **study.cells[unit.cell].beside_the_recipe, **told}


def _dumped(config: TomlTable, include: set[str] | None = None) -> dict[str, Any]:
    return config.model_dump(mode="json", exclude_defaults=True, include=include)
