"""A study: cells of the grid that differ in the factor under study and in nothing else."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from copy import deepcopy
from functools import cached_property
from itertools import combinations
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Self, get_args

from mlsr_es.collection import CaptionKind
from mlsr_es.errors import InputError
from mlsr_es.experiments.captions import Captions, Kind
from mlsr_es.experiments.measures import MEASURES
from mlsr_es.extras import extra
from mlsr_es.settings import TomlTable, checked, faulty, read_toml
from mlsr_es.splits import FOLDS
from mlsr_es.training import TrainingConfig

with extra("research"):
    from pydantic import Field

TRANSLATING = "dictionary"
"""A baseline of studies of several languages: BM25 with boosted titles, asked in translated words."""

BASELINES = ("bm25s", "titles", TRANSLATING)
"""Systems in addition to the cells: BM25 with its defaults, BM25 with boosted titles, and ``TRANSLATING``."""

_Factor = Literal["query_head", "document_head", "document_input"]
_FACTORS = get_args(_Factor)
_FACTORS_OF_CONFIG: Any = {"model": True, "collection": {"source"}}

Expected = Literal["either way", "above", "below", "far below", "not above"]
"""The paper's claim about the first cell compared with the second; "far below" means below half of it."""


_Pair = Annotated[tuple[str, str], Field(strict=False)]
_SectionField = Literal["page_title", "section_title", "text"]


class Unit(NamedTuple):
    """A unit of work: a cell, or a baseline, on the pages of a fold."""

    cell: str
    fold: int


class GridCell(TomlTable):
    """A cell of the grid, the captions that it reads, and the collection that it is trained on."""

    query_head: Literal["mlp", "mlm"]
    document_head: Literal["mlp", "mlm"]
    document_input: Literal["image", "caption", "image+caption"]
    captions: Captions = Captions()
    collection: str | None = Field(default=None, description="default: the recipe's source")
    recipe: dict[str, Any] = Field(default={}, description="values of the recipe that the cell is there to try")

    @property
    def beside_the_recipe(self) -> dict[str, Any]:
        """What the cell says that no training configuration tells, as JSON."""
        return self.model_dump(mode="json", include={"captions"}, exclude_defaults=True)


class Variant(TomlTable):
    """A cell's model, or a baseline, measured once more on other queries or images; nothing more is trained."""

    of: str = Field(min_length=1, description="a cell, or a baseline")
    captions: Captions | None = Field(default=None, description="of the images; default: as the cell was trained")
    fields: list[_SectionField] = Field(default=[], description="of the sections; default: all")
    terms: int | None = Field(default=None, gt=0, description="the heaviest terms of an image that are kept")
    collection: str | None = Field(
        default=None, description="searches another collection's images for its sections of the same fold"
    )
    whole: bool = Field(
        default=False, description="all sections of another collection, which no model of the study was trained on"
    )
    together: bool = Field(default=False, description="the model and BM25, at the weight that the model found")
    promotion: bool = Field(default=False, description="from images to the sections that want them")
    language: str = Field(default="", description="asked by the images' captions in another language")

    @property
    def is_of_collection(self) -> bool:
        """Whether it is its cell or baseline, alone or with BM25, on another collection."""
        usual = self.model_copy(update={"collection": None, "whole": False, "together": False})
        return bool(self.collection) and usual == Variant(of=self.of)

    def __str__(self) -> str:
        """As in a table."""
        said = [
            f"reads {self.captions}" if self.captions else "",
            f"asked by {', '.join(self.fields)}" if self.fields else "",
            f"{self.terms} terms an image" if self.terms else "",
            f"on {'all of ' if self.whole else ''}{self.collection}" if self.collection else "",
            "with BM25" if self.together else "",
            "from images to sections" if self.promotion else "",
            f"asked in {self.language}" if self.language else "",
        ]
        return "; ".join(part for part in said if part)


class Subsets(TomlTable):
    """A variant of each of some systems for every choice of caption components but none and all: for Shapley values."""

    of: list[str] = Field(min_length=1)
    kinds: list[Kind] = Field(min_length=2, max_length=6)

    def variants(self) -> dict[str, Variant]:
        """Name to variant, the largest choices first."""
        return {
            self.name(system, kinds): Variant(of=system, captions=Captions(kinds=list(kinds)))
            for system in self.of
            for kinds in self.choices()[1:]
        }

    def choices(self) -> list[tuple[CaptionKind, ...]]:
        """Every choice of components but none: all of them, and then the smaller ones."""
        return [kinds for size in range(len(self.kinds), 0, -1) for kinds in combinations(self.kinds, size)]

    def name(self, system: str, kinds: Collection[CaptionKind]) -> str:
        """The name of the system that reads these components: the variant's, or the system's own for all of them."""
        chosen = [kind for kind in self.kinds if kind in kinds]
        return system if chosen == self.kinds else f"{system}: {'+'.join(chosen)}"


class Languages(TomlTable):
    """A variant of each of some systems for every language in which images have captions."""

    of: list[str] = Field(min_length=1)
    asked: list[str] = Field(min_length=1, description="ISO 639-1 codes, or those that the collection has")

    def variants(self) -> dict[str, Variant]:
        """Name to variant, language by language."""
        return {
            self.name(system, language): Variant(of=system, language=language)
            for language in self.asked
            for system in self.of
        }

    def name(self, system: str, language: str) -> str:
        """The name of a system that is asked in a language."""
        return f"{system}: {language}"


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


class Translation(TomlTable):
    """Another collection with the same pages in another language, whose sections are the queries."""

    collection: str = Field(min_length=1)
    language: str = Field(min_length=2, description="as Snowball's stemmers know it: de")
    captions: Literal["own", "both"] = Field(default="own", description="both: an image has them in both languages")


class Question(TomlTable):
    """A question, the systems whose comparison answers it, and the paper's claim, if it makes one."""

    name: str = Field(min_length=1)
    title: str = Field(min_length=1)
    claim: str = Field(default="", description="the paper's finding, in a sentence; empty where it leaves this open")
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
    topics: Literal["sections", "captions"] = Field(
        default="sections", description="captions: each caption is a query, for the images that have it"
    )
    translation: Translation | None = None
    cells: dict[str, GridCell] = Field(min_length=1)
    variants: dict[str, Variant] = Field(default={})
    subsets: Subsets | None = None
    languages: Languages | None = Field(default=None, description="of captions that ask; topics are captions")
    questions: list[Question] = Field(default=[])
    image_types: str = Field(default="", description="a file among the results that says what type each image is of")
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

    @cached_property
    def all_variants(self) -> dict[str, Variant]:
        """Name to variant, those of ``subsets`` and ``languages`` last."""
        return self.variants | {
            name: variant
            for table in (self.subsets, self.languages)
            if table
            for name, variant in table.variants().items()
        }

    def is_choice(self, system: str) -> bool:
        """Whether a system is one of many: a choice of caption components, or a language."""
        return system in self.all_variants and system not in self.variants

    def variants_of(self, system: str) -> dict[str, Variant]:
        """Name to variant, of a cell or a baseline."""
        return {name: variant for name, variant in self.all_variants.items() if variant.of == system}

    @property
    def baselines(self) -> tuple[str, ...]:
        """The names of the baselines."""
        return BASELINES if self.translation or self.languages else BASELINES[:-1]

    @property
    def systems(self) -> tuple[str, ...]:
        """The names of all systems: baselines, cells, variants."""
        return (*self.baselines, *self.cells, *self.all_variants)

    def collection(self, system: str) -> str:
        """The collection that a system searches."""
        variant = self.all_variants.get(system)
        if variant:
            return variant.collection or self.collection(variant.of)
        cell = self.cells.get(system)
        source: str = (cell and cell.collection) or self.recipe["collection"]["source"]
        return source

    def _trained_on(self, cell: str) -> set[str]:
        """The collections that a cell is trained on."""
        config = self.config(Unit(cell, self.folds[0])).collection
        return {config.source, *config.also}

    def _searched(self, system: str) -> tuple[str, bool, bool]:
        """The collection, whether all of its sections ask, and whether they are searched."""
        variant = self.all_variants.get(system)
        return self.collection(system), bool(variant and variant.whole), bool(variant and variant.promotion)

    def units(self) -> list[Unit]:
        """All units, fold by fold, so that a stopped study has whole folds to compare."""
        return [Unit(cell, fold) for fold in self.folds for cell in (*self.baselines, *self.cells)]

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
        values = _merged(values, cell.recipe)
        own = {
            "seed": self.seed + unit.fold,
            "model": cell.model_dump(include=set(_FACTORS)),
            "folds": {"test": unit.fold},
            "collection": {"source": self.collection(unit.cell)},
        }
        return TrainingConfig.of(_merged(values, own), name="the recipe")

    def differing(self, first: str, second: str) -> tuple[str, ...]:
        """The factors in which two cells differ, the captions and the collection among them."""
        one, other = self.cells[first], self.cells[second]
        factors = (*_FACTORS, "captions", "collection")  # what a recipe tries, ``settings`` tells
        return tuple(factor for factor in factors if getattr(one, factor) != getattr(other, factor))

    def settings(self, first: str, second: str) -> dict[str, tuple[Any, Any]]:
        """The settings in which two cells differ besides their factors: key of the recipe to both values."""
        fold = self.folds[0]
        one, other = (
            _flat(self.config(Unit(cell, fold)).model_dump(exclude=_FACTORS_OF_CONFIG)) for cell in (first, second)
        )
        return {key: (one.get(key), other.get(key)) for key in one | other if one.get(key) != other.get(key)}

    def faults(self) -> Iterator[str]:
        """Contradictions between values that are each valid."""
        there = (*self.baselines, *self.cells)
        yield from (f"folds: {fold} is none of 0 to {FOLDS - 1}" for fold in self.folds if not 0 <= fold < FOLDS)
        yield from (f"cells.{name}: a baseline has that name" for name in self.cells if name in self.baselines)
        yield from (f"variants.{name}: a cell or a baseline has that name" for name in self.variants if name in there)
        yield from (
            f"variants.{name}: there is no cell {variant.of!r}"
            for name, variant in self.all_variants.items()
            if variant.of not in there
        )
        yield from (
            f"variants.{name}: {variant.of} is a baseline, and has no weight of BM25"
            for name, variant in self.all_variants.items()
            if variant.together and variant.of in self.baselines
        )
        yield from (
            f"variants.{name}: {variant.of} is trained on {self.collection(name)}, which is then not asked as a whole"
            for name, variant in self.all_variants.items()
            if variant.whole and variant.of in self.cells and self.collection(name) in self._trained_on(variant.of)
        )
        yield from (
            f"variants.{name}: the cell {variant.of} reads images, and so searches its own collection alone"
            for name, variant in self.all_variants.items()
            if variant.collection and variant.of in self.cells and self.cells[variant.of].document_input != "caption"
        )
        if self.topics != "captions":
            yield from (
                f"variants.{name}: the topics are sections, which are in one language"
                for name, variant in self.all_variants.items()
                if variant.language
            )
        for question in self.questions:
            named = {system for pair in question.pairs for system in pair}
            unknown = sorted(named - set(self.systems))
            yield from (f"questions.{question.name}: there is no cell {cell!r}" for cell in unknown)
            yield from (
                f"questions.{question.name}: {first} and {second} do not search the same"
                for first, second in question.pairs
                if {first, second}.isdisjoint(unknown) and self._searched(first) != self._searched(second)
            )
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
