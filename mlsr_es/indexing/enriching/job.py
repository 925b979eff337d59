"""What is to be done: an index, a model, and how they come together."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from mlsr_es.elastic.mapping import FieldKind, IndexMeta
from mlsr_es.indexing.enriching.fields import Fields
from mlsr_es.indexing.job import made_with
from mlsr_es.indexing.preparing import Needs
from mlsr_es.sources import ImageStore

if TYPE_CHECKING:
    from mlsr_es.encoders import BiEncoder


@dataclass(frozen=True, slots=True)
class EnrichJob:
    """What is enriched, with what, and how.

    Args:
        index: The index, or an alias of it.
        fields: Which of its fields are read.
        model: The bi-encoder.
        model_name: As the user named it; searches load it by this name.
        store: Where images are.
        into: The index that is written to in place of the one that is read; "" for that one itself.
        field_kind: The type of the field with the weights, where it is new; None for the one that suits the cluster.
        refetch: Whether images are fetched again although their URLs are the same.
        rejects: Where bad records go.
        strict: Whether the first bad record stops the run.
    """

    index: str
    fields: Fields
    model: BiEncoder
    model_name: str
    store: ImageStore = field(default_factory=ImageStore)
    into: str = ""
    field_kind: FieldKind | None = None
    refetch: bool = False
    rejects: Path = Path("rejects.ndjson")
    strict: bool = False

    @property
    def needs(self) -> Needs:
        """What the model needs of a document."""
        return Needs.of(self.model.config)

    @property
    def read(self) -> Fields:
        """The fields that are read for this model."""
        return self.fields.read_by(self.needs)

    def meta(self, kind: FieldKind) -> IndexMeta:
        """What the index will say of itself.

        Args:
            kind: The type of the field with the weights.
        """
        inline = bool(self.fields.image) and self.store.inline
        enriched = {} if self.into else {**self.fields.to_json(), "inline": inline}
        said = made_with(self.model, self.model_name, stems=bool(self.into))
        return replace(said, field_kind=kind, enriched=enriched)
