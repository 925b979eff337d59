"""What an index says about itself: ``_meta.mlsr`` in its mapping."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import Any, Self

from mlsr_es.collection import CaptionKind
from mlsr_es.elastic.mapping.term_fields import FieldKind, TermField
from mlsr_es.errors import IndexMismatchError
from mlsr_es.promotion import SECTION_KINDS

SCHEMA = 1
"""Version of the format of documents and ``_meta.mlsr``; increased when older programs would misread them."""


class Holds(StrEnum):
    """What the documents of an index are."""

    IMAGES = "images"
    """Sections search them: image suggestion."""

    SECTIONS = "sections"
    """Images search them: image promotion."""

    @property
    def one(self) -> str:
        """The noun for one of them."""
        return self.value.removesuffix("s")


class State(StrEnum):
    """The state of a version."""

    BUILDING = "building"
    """Documents are still missing."""

    READY = "ready"
    """Complete, and waiting to be promoted."""

    SERVING = "serving"
    """Complete and searched; or searched before, and kept."""


@dataclass(frozen=True)
class IndexMeta:
    """The model and settings that an index was made with, so that nobody searches it with others.

    Args:
        model: The model's name, as the user gave it.
        revision: Hash of the model's configuration, weights and tokenizer.
        vocabulary: ``Vocabulary.digest`` of the model's vocabulary.
        query_head: The head for queries: "mlp" or "mlm".
        document_head: The head for documents: "mlp" or "mlm".
        field: The field with the weights that queries are sent to.
        field_kind: The type of that field.
        state: Whether the version is being built, ready, or serving.
        schema: ``SCHEMA`` of the program that made it.
        replaced: The version that was searched before this one, for a rollback; "" for the first version.
        origins: From each collection's name to where it was last read from: a path, or a known collection's name.
        describes: From each collection's name to what machines added to its captions last, as ``--describe`` takes it.
        restore: Index settings that are changed while the version is being built, with the values to restore; None
            stands for the cluster's default.
        strategy: The best strategy as ``str(Strategy)``; "" where nobody has measured it.
        enriched: For somebody else's index: ``captions``, a list of ``field`` and ``kind`` of caption component;
            ``image``, the field with images or ""; ``inline``, whether that field holds the images themselves;
            ``describe``, what machines add. Empty for an index of this package.
        reads: For an index beside somebody's: ``captions``, ``image`` and ``describe`` as in ``enriched``, and
            ``carried``, the fields that it takes along; empty for any other index.
        hybrid: The weight of BM25 in hybrid searches, as ``Hybrid.to_json``; empty where it is unknown.
        holds: What its documents are.
        filling: ``field`` and ``revision`` of another model's weights that are being written while the present ones
            serve.
    """

    model: str
    revision: str
    vocabulary: str
    query_head: str
    document_head: str
    field: str = "mlsr.terms"
    field_kind: FieldKind = FieldKind.RANK_FEATURES
    state: State = State.BUILDING
    schema: int = SCHEMA
    replaced: str = ""
    origins: Mapping[str, str] = dataclasses.field(default_factory=dict)
    describes: Mapping[str, str] = dataclasses.field(default_factory=dict)
    restore: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    strategy: str = ""
    enriched: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    reads: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    hybrid: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    holds: Holds = Holds.IMAGES
    filling: Mapping[str, str] = dataclasses.field(default_factory=dict)

    @property
    def terms(self) -> TermField:
        """The field that queries are sent to."""
        return TermField(self.field, self.field_kind)

    @cached_property
    def caption_fields(self) -> dict[str, CaptionKind]:
        """The fields of the documents that hold captions, with the caption component of each."""
        if not self.enriched:
            first = SECTION_KINDS if self.holds is Holds.SECTIONS else ()
            return {f"caption.{kind}": kind for kind in (*first, *CaptionKind)}  # the first of two places counts
        return {caption["field"]: CaptionKind(caption["kind"]) for caption in self.enriched["captions"]}

    @classmethod
    def read(cls, index: str, owners: Mapping[str, Any]) -> Self:
        """Read ``mlsr`` from a mapping's whole ``_meta``.

        Args:
            index: The index's name, for the message.
            owners: The ``_meta`` object; entries other than ``mlsr`` are ignored.

        Raises:
            IndexMismatchError: It has no ``mlsr``, or one that this version of the package cannot read.
        """
        raw = owners.get("mlsr")
        if not isinstance(raw, Mapping):
            raise IndexMismatchError(
                f"the index {index} was not made by mlsr-es: its mapping has no _meta.mlsr.",
                advice="Name another index, or add weights to this one: mlsr-es enrich.",
            )
        if raw.get("schema", SCHEMA) != SCHEMA:
            raise IndexMismatchError(
                f"the index {index} was made by another version of mlsr-es (schema {raw['schema']}, here {SCHEMA}).",
                advice="Use that version, or index again under another name.",
            )
        known = {part.name: raw[part.name] for part in dataclasses.fields(cls) if part.name in raw}
        try:
            return cls(
                **known
                | {
                    "state": State(known.get("state", State.BUILDING)),
                    "holds": Holds(known.get("holds", Holds.IMAGES)),
                    "field_kind": FieldKind(known.get("field_kind", FieldKind.RANK_FEATURES)),
                }
            )
        except (TypeError, ValueError) as error:
            raise IndexMismatchError(
                f"_meta.mlsr of the index {index} has been changed and cannot be read: {error}.",
                advice="Index again under another name.",
            ) from error

    def merged_into(self, owners: Mapping[str, Any]) -> dict[str, Any]:
        """The owner's whole ``_meta`` with this as ``mlsr``: a write replaces all of it, the owner's entries too."""
        return {**owners, "mlsr": asdict(self)}

    def served(self, replaced: str = "") -> Self:
        """A copy with the state "serving" and no settings to restore.

        Args:
            replaced: The version that it replaces; "" to keep the one that is recorded.
        """
        return replace(self, state=State.SERVING, restore={}, replaced=replaced or self.replaced)
