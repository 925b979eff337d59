"""What an index says of itself: ``_meta.mlsr`` in its mapping."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any, Self

from mlsr_es.collection import CaptionKind
from mlsr_es.elastic.mapping.term_fields import FieldKind, TermField
from mlsr_es.errors import IndexMismatchError

SCHEMA = 1
"""Of the documents and of ``_meta.mlsr``; raised where an older program would misread them."""


class State(StrEnum):
    """How far a version has come."""

    BUILDING = "building"
    """It lacks documents."""

    READY = "ready"
    """It is complete, and waits for somebody to promote it."""

    SERVING = "serving"
    """It is complete, and searched; or it was, and is kept."""


@dataclass(frozen=True)
class IndexMeta:
    """With what an index was made, so that nobody searches it with anything else.

    Args:
        model: The model's name, as the user gave it.
        revision: Hash of the model's configuration, weights and tokenizer.
        vocabulary: ``Vocabulary.digest`` of the terms.
        query_head: "mlp" or "mlm".
        document_head: Likewise.
        field: The field with the weights that queries are sent to.
        field_kind: Its type.
        state: Whether the loading is complete.
        schema: ``SCHEMA`` of the program that made it.
        replaced: The version that was searched before it, for the way back; "" where it is the first.
        origins: Collection to where it was last read from: a path, or a known collection's name.
        restore: Index settings that are changed while the version is being built, with the values to give back; None
            stands for the cluster's default.
        strategy: How queries are executed best, as ``str(Strategy)``; "" where nobody has measured it.
        enriched: Of an index that is its owner's: ``captions``, each a ``field`` and its ``kind`` of caption component,
            ``image``, the field with images or "", and ``inline``, whether they lie in it; empty for one of this
            package.
        hybrid: How much BM25 counts in hybrid searches, as ``Hybrid.to_json``; empty where nobody knows.
        filling: ``field`` and ``revision`` of another model's weights that are being written beside those that serve.
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
    restore: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    strategy: str = ""
    enriched: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    hybrid: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    filling: Mapping[str, str] = dataclasses.field(default_factory=dict)

    @property
    def terms(self) -> TermField:
        """The field that queries are sent to."""
        return TermField(self.field, self.field_kind)

    @property
    def caption_fields(self) -> dict[str, CaptionKind]:
        """The fields of its documents that hold captions, and which component each holds."""
        if not self.enriched:
            return {f"caption.{kind}": kind for kind in CaptionKind}
        return {caption["field"]: CaptionKind(caption["kind"]) for caption in self.enriched["captions"]}

    @classmethod
    def read(cls, index: str, owners: Mapping[str, Any]) -> Self:
        """From a mapping's whole ``_meta``.

        Args:
            index: The index's name, for the message.
            owners: The ``_meta`` object; what is not this package's is not looked at.

        Raises:
            IndexMismatchError: Nothing of this package is in it, or something newer than this program.
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
                    "field_kind": FieldKind(known.get("field_kind", FieldKind.RANK_FEATURES)),
                }
            )
        except (TypeError, ValueError) as error:
            raise IndexMismatchError(
                f"_meta.mlsr of the index {index} has been changed and cannot be read: {error}.",
                advice="Index again under another name.",
            ) from error

    def merged_into(self, owners: Mapping[str, Any]) -> dict[str, Any]:
        """A mapping's whole ``_meta`` with this in it: writing a ``_meta`` replaces all of it, the owner's part too."""
        return {**owners, "mlsr": asdict(self)}

    def served(self, replaced: str = "") -> Self:
        """The same, complete and with nothing left to restore.

        Args:
            replaced: The version in whose place it comes; "" where that is not new.
        """
        return replace(self, state=State.SERVING, restore={}, replaced=replaced or self.replaced)
