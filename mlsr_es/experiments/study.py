"""A study: cells of the grid that differ in the factor under study and in nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Self, get_args

from mlsr_es.errors import InputError
from mlsr_es.experiments.measures import MEASURES
from mlsr_es.extras import extra
from mlsr_es.settings import TomlTable, checked, faulty, read_toml
from mlsr_es.splits import FOLDS
from mlsr_es.training import TrainingConfig

with extra("research"):
    from pydantic import Field

BASELINES = ("bm25s", "titles")
"""Systems of every study in addition to the cells: BM25 with its defaults, and BM25 with boosted titles."""

_Factor = Literal["query_head", "document_head", "document_input"]
_FACTORS = get_args(_Factor)

Expected = Literal["either way", "above", "below", "far below", "not above"]
"""The paper's claim about the first cell compared with the second; "far below" means below half of it."""


_Pair = Annotated[tuple[str, str], Field(strict=False)]


class Unit(NamedTuple):
    """A unit of work: a cell, or a baseline, on the pages of a fold."""

    cell: str
    fold: int


class GridCell(TomlTable):
    """A cell of the grid."""

    query_head: Literal["mlp", "mlm"]
    document_head: Literal["mlp", "mlm"]
    document_input: Literal["image", "caption", "image+caption"]


class CellAdjustment(TomlTable):
    """Settings in addition to the recipe for all cells with given factors, so that cells of one kind stay alike."""

    where: dict[_Factor, str | list[str]] = Field(min_length=1, description="factor to its value, or values")
    because: str = Field(min_length=1)
    recipe: dict[str, Any] = Field(description="values that replace those of the common recipe")

    def holds(self, cell: GridCell) -> bool:
        """Whether the adjustment applies to a cell."""
        return all(
            getattr(cell, factor) in ([values] if isinstance(values, str) else values)
            for factor, values in self.where.items()
        )


class Question(TomlTable):
    """A question, the cells whose comparison answers it, and the paper's claim."""

    name: str = Field(min_length=1)
    title: str = Field(min_length=1)
    claim: str = Field(min_length=1, description="the paper's finding, in a sentence")
    pairs: list[_Pair] = Field(min_length=1, description="the claim compares the first cell with the second")
    measures: dict[str, Expected] = Field(min_length=1, description="measure to the result that the claim predicts")


class Study(TomlTable):
    """A whole study.

    Its name is the name of its file.
    """

    name: str
    title: str = Field(min_length=1)
    paper: str = Field(min_length=1)
    folds: list[int] = Field(min_length=1)
    seed: int = Field(ge=0, description="seed of fold 0; fold k is trained with seed + k")
    cells: dict[str, GridCell] = Field(min_length=1)
    questions: list[Question] = Field(min_length=1)
    recipe: dict[str, Any]
    adjustments: list[CellAdjustment] = Field(default=[])

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a TOML file.

        Raises:
            InputError: The file cannot be read, is not TOML, or has faults; the message lists all with their places.
        """
        return cls.of({"name": path.stem, **read_toml(path)}, where=str(path))

    @classmethod
    def of(cls, values: Mapping[str, Any], *, where: str = "the study") -> Self:
        """Make a study from the values of a TOML file, and a name.

        Raises:
            InputError: The values have faults; the message lists all.
        """
        study, faults = checked(cls, values)
        if study is None:
            raise faulty(where, faults)
        faults += study.faults()
        for cell in study.cells:
            try:
                study.config(Unit(cell, study.folds[0]))
            except InputError as error:
                faults.append(f"with the cell {cell}, {error}")
        if faults:
            raise faulty(where, faults)
        return study

    def units(self) -> list[Unit]:
        """All units, fold by fold, so that a stopped study has whole folds to compare."""
        return [Unit(cell, fold) for fold in self.folds for cell in (*BASELINES, *self.cells)]

    def config(self, unit: Unit) -> TrainingConfig:
        """The training configuration of a unit.

        Raises:
            InputError: The recipe and the cell have faults; the message lists all.
        """
        cell = self.cells[unit.cell]
        values = deepcopy(self.recipe)
        for adjustment in self.adjustments:
            if adjustment.holds(cell):
                values = _merged(values, adjustment.recipe)
        own = {
            "seed": self.seed + unit.fold,
            "model": cell.model_dump(),
            "folds": {"test": unit.fold},
        }
        return TrainingConfig.of(_merged(values, own), name="the recipe")

    def differing(self, first: str, second: str) -> tuple[str, ...]:
        """The factors in which two cells differ."""
        one, other = self.cells[first], self.cells[second]
        return tuple(factor for factor in _FACTORS if getattr(one, factor) != getattr(other, factor))

    def settings(self, first: str, second: str) -> dict[str, tuple[Any, Any]]:
        """The settings in which two cells differ besides their factors: key of the recipe to both values."""
        fold = self.folds[0]
        one, other = (_flat(self.config(Unit(cell, fold)).model_dump(exclude={"model"})) for cell in (first, second))
        return {key: (one.get(key), other.get(key)) for key in one | other if one.get(key) != other.get(key)}

    def faults(self) -> Iterator[str]:
        """Contradictions between values that are each valid."""
        yield from (f"folds: {fold} is none of 0 to {FOLDS - 1}" for fold in self.folds if not 0 <= fold < FOLDS)
        yield from (f"cells.{name}: a baseline has that name" for name in self.cells if name in BASELINES)
        for question in self.questions:
            named = {cell for pair in question.pairs for cell in pair}
            unknown = sorted(named - self.cells.keys())
            yield from (f"questions.{question.name}: there is no cell {cell!r}" for cell in unknown)
            yield from (
                f"questions.{question.name}: {measure} is no measure that there is ({', '.join(MEASURES)})"
                for measure in question.measures
                if measure not in MEASURES
            )


def _merged(values: Mapping[str, Any], others: Mapping[str, Any]) -> dict[str, Any]:
    """Merge two tables key by key; the values of ``others`` win."""
    merged = dict(values)
    for key, value in others.items():
        before = merged.get(key)
        both = isinstance(before, Mapping) and isinstance(value, Mapping)
        merged[key] = _merged(before, value) if both else value  # type: ignore[arg-type]
    return merged


def _flat(values: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """Flatten nested tables to one, with keys joined by dots."""
    flat: dict[str, Any] = {}
    for key, value in values.items():
        flat |= _flat(value, f"{before}{key}.") if isinstance(value, Mapping) else {f"{before}{key}": value}
    return flat
