"""The configuration of a training run: a TOML file, checked as a whole before anything loads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, Self

from mlsr_es.encoders import PRESETS, BiEncoderConfig, DocumentInput, Head
from mlsr_es.extras import extra
from mlsr_es.settings import TomlTable, checked, faulty, read_toml
from mlsr_es.splits import FOLDS, TEST_FOLD
from mlsr_es.training.misfits import MINED_FROM, misfits

with extra("research"):
    from pydantic import Field

_TokenTypes = dict[str, Literal[0, 1]]


class Collection(TomlTable):
    """The collection to train on."""

    source: str = Field(min_length=1, description="a known collection, or a path")
    also: list[str] = Field(default=[], description="further collections, all of whose pages are trained on")
    languages: list[str] = Field(default=["en"], description="languages of the captions to read; empty for all")
    least_text: int = Field(default=60, ge=0, description="a query's own text has more characters than this")
    describe: str = Field(default="", description="what machines add to the captions, as in: text,name")


class Cell(TomlTable):
    """The cell of the grid: a preset, or the three choices that make one."""

    preset: Literal["m1", "m2", "m3", "m4"] | None = None
    query_head: Literal["mlp", "mlm"] | None = None
    document_head: Literal["mlp", "mlm"] | None = None
    document_input: Literal["image", "caption", "image+caption"] | None = None
    shared: bool | None = Field(default=None, description="one text backbone for both sides; default: the preset's")
    pooled: bool = Field(default=False, description="an image counts as one patch")
    frequencies: bool = Field(
        default=False, description="MLP heads read how often a word piece occurs in the text, and how rare it is"
    )
    function_words: bool = Field(
        default=False, description="MLP heads have a learned factor for function words and punctuation"
    )


class Backbones(TomlTable):
    """Folders, hub names, or ``package:NAME`` for weights in a Python package."""

    text: str = Field(min_length=1)
    document_text: str | None = None
    image: str | None = None
    text_layers: int | None = Field(default=None, gt=0, description="only so many of the first layers; default: all")
    freeze_image: bool = Field(default=False, description="features of images are computed once and kept")


class Fields(TomlTable):
    """The fields of sections and captions that are read, each with its token type."""

    query: _TokenTypes = Field(default={"page_title": 1, "section_title": 1, "text": 0}, min_length=1)
    document: _TokenTypes = Field(default={"title": 0, "description": 0, "alt": 0}, min_length=1)


class Loss(TomlTable):
    """InfoNCE's temperature."""

    temperature: float = Field(default=1.0, gt=0)
    learned: bool = True


class Distillation(TomlTable):
    """Title-boosted BM25 as a teacher: the model also learns BM25's scores of the batch's images."""

    weight: float = Field(default=0.0, ge=0, lt=1, description="share of the loss; 0 for no teacher")
    temperature: float = Field(
        default=2.0, gt=0, description="temperature of the teacher's scores; low values keep only its first choice"
    )


class Regularisation(TomlTable):
    """What keeps the vectors sparse."""

    kind: Literal["flops", "df-flops", "l1"] = Field(
        default="flops", description="df-flops makes terms cost more that many documents have"
    )
    query: float = Field(default=0.0, ge=0)
    document: float = Field(default=0.0, ge=0)
    warmup_steps: int = Field(default=0, ge=0)


class Negatives(TomlTable):
    """Negatives in addition to the images of the batch's other queries."""

    miner: Literal["bm25", "model"] = Field(
        default="bm25", description="ranks the mined negatives: BM25, or the model that an index was made with"
    )
    mined: int = Field(
        default=0, ge=0, description="number a query, from the mined_from best images that are not relevant"
    )
    mined_from: int = Field(default=MINED_FROM, gt=0)
    random: int = Field(default=0, ge=0, description="number a batch")


class Optimisation(TomlTable):
    """AdamW with rates that rise linearly and then fall linearly to 0."""

    epochs: int = Field(gt=0)
    batch_size: int = Field(gt=0, description="queries per device and step")
    body_rate: float = Field(gt=0, description="learning rate of the backbones and MLM heads")
    head_rate: float = Field(gt=0, description="learning rate of MLP heads, projections, field factors and temperature")
    warmup_share: float = Field(default=0.1, ge=0, lt=1)
    weight_decay: float = Field(default=0.0, ge=0)
    accumulation: int = Field(default=1, gt=0)
    precision: Literal["fp32", "bf16", "fp16"] = "fp32"
    dropout: float | None = Field(default=None, ge=0, lt=1, description="default: the backbones' own values")
    text_alone: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="share of queries shown without titles, so that the model also learns from texts",
    )
    short_queries: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="share of queries shown as keywords, a question or one sentence, so that the model also learns "
        "from few words",
    )
    captions_alone: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="share of images shown without what machines made, so that the model also learns from captions",
    )
    averaging: float = Field(default=0.0, ge=0, lt=1, description="decay of the weights' moving average; 0 for none")
    workers: int = Field(
        default=0, ge=0, description="processes that prepare batches; 0: the trainer's own process does"
    )
    patience: int | None = Field(default=None, gt=0, description="epochs without gain before training stops")


class Lengths(TomlTable):
    """The most word pieces of an input, special tokens included."""

    query: int = Field(default=256, ge=8)
    document: int = Field(default=48, ge=8)


class Folds(TomlTable):
    """Which pages are held out: a fold for the test, a share of the others for validation."""

    test: int | None = Field(default=None, ge=0, lt=FOLDS)
    validation_share: float = Field(default=0.1, ge=0, lt=1)
    validation_sections: int = Field(default=2_000, gt=0)
    validation_images: int = Field(default=20_000, gt=0)


class Limits(TomlTable):
    """The most terms of the model's vectors."""

    query_terms: int | None = Field(default=None, gt=0)
    document_terms: int | None = Field(default=None, gt=0)


class TrainingConfig(TomlTable):
    """The whole configuration of a training run."""

    collection: Collection
    optimisation: Optimisation
    start: str | None = Field(default=None, description="a model to train further, instead of the next three keys")
    model: Cell | None = None
    backbones: Backbones | None = None
    fields: Fields = Fields()
    loss: Loss = Loss()
    distillation: Distillation = Distillation()
    regularisation: Regularisation = Regularisation()
    negatives: Negatives = Negatives()
    lengths: Lengths = Lengths()
    folds: Folds = Folds()
    limits: Limits = Limits()
    seed: int = Field(default=1, ge=0, lt=2**32)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a TOML file.

        Raises:
            InputError: The file cannot be read, is not TOML, or has faults; the message lists all with their keys.
        """
        return cls.of(read_toml(path), name=str(path))

    @classmethod
    def of(cls, values: Mapping[str, Any], *, name: str = "the configuration") -> Self:
        """Make a configuration from the values of a TOML file.

        Raises:
            InputError: The values have faults; the message lists all with their keys.
        """
        config, faults = checked(cls, values)
        faults += misfits(values)
        if config is None or faults:
            raise faulty(name, faults)
        return config

    @classmethod
    def from_collection(cls, source: str) -> Self:
        """A configuration for a site of some hundred pages: train the shipped model further, and hold out one fold.

        Args:
            source: A known collection, or a path.
        """
        return cls(
            collection=Collection(source=source),
            start="demo",
            optimisation=Optimisation(
                epochs=8,
                batch_size=16,
                body_rate=5e-4,
                head_rate=0.01,
                dropout=0.0,
                averaging=0.98,
                text_alone=0.15,
            ),
            distillation=Distillation(weight=0.3),
            negatives=Negatives(mined=8, random=64),
            folds=Folds(test=TEST_FOLD, validation_share=0.0),  # pages are few, so all others are trained on
            lengths=Lengths(document=96),
            limits=Limits(query_terms=60, document_terms=80),  # the demo's: what is read in an image may be long
        )

    def holding_out(self, fold: int | None) -> Self:
        """A copy that holds out another fold for the test; None for none."""
        return self.model_copy(update={"folds": self.folds.model_copy(update={"test": fold})})

    def describing(self, describe: str) -> Self:
        """A copy in which machines add this to the captions."""
        return self.model_copy(update={"collection": self.collection.model_copy(update={"describe": describe})})

    def bi_encoder(self) -> BiEncoderConfig:
        """The plan of a newly made model."""
        cell = self.model
        if cell is None:
            raise ValueError("a model that is trained further has its own plan")
        if cell.query_head and cell.document_head and cell.document_input:
            plan = BiEncoderConfig(Head(cell.query_head), Head(cell.document_head), DocumentInput(cell.document_input))
        else:
            plan = PRESETS[cell.preset or ""]
        return replace(
            plan,
            shared=plan.shared if cell.shared is None else cell.shared,
            query_fields=dict(self.fields.query),
            document_fields=dict(self.fields.document),
            max_length=self.lengths.query,
            pooled=cell.pooled,
            frequencies=cell.frequencies,
            function_words=cell.function_words,
            query_terms=self.limits.query_terms,
            document_terms=self.limits.document_terms,
            languages=tuple(self.collection.languages),
        )
