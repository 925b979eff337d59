"""The plan of a bi-encoder: a cell of the grid query head x document head x document input."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Self

from mlsr_es.collection import SECTION_FIELDS
from mlsr_es.errors import ModelError

FORMAT = 1
"""The version of the checkpoint's layout; other versions are refused."""


class Head(StrEnum):
    """How hidden states become term weights (arXiv 2402.07736, section 3)."""

    MLP = "mlp"
    MLM = "mlm"


class DocumentInput(StrEnum):
    """The parts of an image document that the document encoder reads."""

    IMAGE = "image"
    CAPTION = "caption"
    IMAGE_AND_CAPTION = "image+caption"

    @property
    def reads_image(self) -> bool:
        """Whether the encoder needs pixels."""
        return self is not DocumentInput.CAPTION

    @property
    def reads_caption(self) -> bool:
        """Whether the encoder needs captions."""
        return self is not DocumentInput.IMAGE


CAPTION_FIELDS = ("title", "description", "alt", "attribution", "name", "label", "generated", "read")
"""The caption components that a document encoder may read; what stands in for a caption is read as a description."""

_TITLES_BY_TOKEN_TYPE = MappingProxyType({"page_title": 1, "section_title": 1, "text": 0})
FOR_MLP_HEADS = ("frequencies", "function_words")
"""The parts of a plan that only MLP heads use."""

_CAPTION_TOKEN_TYPES = MappingProxyType({"title": 0, "description": 0, "alt": 0})


@dataclass(frozen=True, slots=True)
class BiEncoderConfig:
    """The plan of a bi-encoder, without weights, tokenizer and the backbones' own configurations.

    Args:
        query_head: The head over the section's tokens.
        document_head: The head over the document's tokens or patches; it must be MLM if only the image is read, since
            an MLP head weights the tokens of its input.
        document_input: What the document encoder reads.
        shared: Whether queries and documents share one text backbone (and one MLM head, if both sides have one).
        query_fields: The fields of a section that are read, in this order, each with its token type for the backbone;
            the last field is cut into windows if the text is too long.
        document_fields: The caption components that are read, in this order, each with its token type.
        max_length: The most word pieces of one window, special tokens included; a backbone may have a smaller limit.
        pooled: Whether an image counts as one patch, its pooled embedding.
        frequencies: Whether MLP heads also read how often a word piece occurs in the text and how rare it is.
        function_words: Whether MLP heads have a learned factor for function words and punctuation.
        query_terms: The most terms of a query vector, of which the heaviest are kept; None for all.
        document_terms: The most terms of a document vector, of which the heaviest are kept; None for all.
        languages: ISO 639-1 codes of the captions that the model reads; empty for all languages.
    """

    query_head: Head
    document_head: Head
    document_input: DocumentInput
    shared: bool = True
    query_fields: Mapping[str, int] = field(default_factory=lambda: dict(_TITLES_BY_TOKEN_TYPE))
    document_fields: Mapping[str, int] = field(default_factory=lambda: dict(_CAPTION_TOKEN_TYPES))
    max_length: int = 512
    pooled: bool = False
    frequencies: bool = False
    function_words: bool = False
    query_terms: int | None = None
    document_terms: int | None = None
    languages: tuple[str, ...] = ("en",)

    def __post_init__(self) -> None:
        faults = [
            f"{side} reads a field {name!r} that there is not (there are {', '.join(known)})"
            for side, chosen, known in (
                ("query_fields", self.query_fields, SECTION_FIELDS),
                ("document_fields", self.document_fields, CAPTION_FIELDS),
            )
            for name in chosen
            if name not in known
        ]
        if not self.query_fields:
            faults.append("query_fields is empty")
        if self.document_input.reads_caption and not self.document_fields:
            faults.append("document_fields is empty, and the document encoder reads captions")
        if self.document_input is DocumentInput.IMAGE and self.document_head is Head.MLP:
            faults.append("an MLP head weighs word pieces of its input, and document_input 'image' has none")
        if Head.MLP not in (self.query_head, self.document_head):
            faults += [f"{name} are for MLP heads, and there is none" for name in FOR_MLP_HEADS if getattr(self, name)]
        faults += [
            f"{name} {most!r} is no number of terms above 0"
            for name, most in (("query_terms", self.query_terms), ("document_terms", self.document_terms))
            if most is not None and not (type(most) is int and most > 0)
        ]
        if self.max_length < 8:  # noqa: PLR2004
            faults.append(f"max_length {self.max_length} leaves no room for a text")
        if faults:
            raise ModelError(
                f"the model's configuration is wrong: {'; '.join(faults)}.", advice="Mend its config.json."
            )

    def to_json(self) -> dict[str, Any]:
        """The values for ``config.json``."""
        values = {entry.name: getattr(self, entry.name) for entry in fields(self)}
        values["query_fields"], values["document_fields"] = dict(self.query_fields), dict(self.document_fields)
        for name in FOR_MLP_HEADS:
            if not values[name]:
                del values[name]  # so that models trained before this key existed keep their revision
        return {"architecture": "mlsr-es bi-encoder", "format": FORMAT, **values, "languages": list(self.languages)}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """Make a configuration from the values of ``config.json``.

        Raises:
            ModelError: A key is unknown or missing, a value is invalid, or the format is another one.
        """
        settings = dict(values)
        settings.pop("architecture", None)
        if (version := settings.pop("format", None)) != FORMAT:
            raise ModelError(
                f"the model's config.json has format {version!r}, and this version of mlsr-es reads {FORMAT}.",
                advice="Use the version of mlsr-es that wrote the model.",
            )
        try:
            settings["query_head"] = Head(settings["query_head"])
            settings["document_head"] = Head(settings["document_head"])
            settings["document_input"] = DocumentInput(settings["document_input"])
            settings["languages"] = tuple(settings.get("languages", ()))
            return cls(**settings)
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError(f"the model's config.json is wrong: {error}.", advice="Fetch the model again.") from error


PRESETS: Mapping[str, BiEncoderConfig] = MappingProxyType(
    {
        "m1": BiEncoderConfig(Head.MLM, Head.MLM, DocumentInput.IMAGE),
        "m2": BiEncoderConfig(Head.MLP, Head.MLM, DocumentInput.CAPTION, shared=False),
        "m3": BiEncoderConfig(Head.MLP, Head.MLP, DocumentInput.CAPTION),
        "m4": BiEncoderConfig(Head.MLP, Head.MLP, DocumentInput.IMAGE_AND_CAPTION),
    }
)
"""The paper's four configurations (table 1): names of cells of the grid."""
