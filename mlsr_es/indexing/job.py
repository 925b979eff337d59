"""What is to be done: a source, an index, a model, and how they come together."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mlsr_es.elastic.mapping import FieldKind, IndexMeta
from mlsr_es.indexing.fingerprint import EncodingPlan
from mlsr_es.indexing.preparing import Needs

if TYPE_CHECKING:
    from mlsr_es.encoders import BiEncoder
    from mlsr_es.sources import Source


@dataclass(frozen=True, slots=True)
class Job:
    """What is indexed, with what, and how.

    Args:
        source: The collection.
        index: The alias.
        model: The bi-encoder.
        model_name: As the user named it; searches load it by this name.
        origin: From where the source is read, as a person would name it; "" where nobody can say.
        languages: Which captions the source was opened for; None for all.
        thumbnails: Whether each document gets a small picture.
        prune_missing: Whether images that left the source are removed.
        field_kind: The type of the field with the weights; None for that of the index, or else what suits the cluster.
        rejects: Where bad records go.
        strict: Whether the first bad record stops the run.
        promotes: Whether a version takes over as soon as it is complete.
    """

    source: Source
    index: str
    model: BiEncoder
    model_name: str
    origin: str = ""
    languages: frozenset[str] | None = None
    thumbnails: bool = False
    prune_missing: bool = False
    field_kind: FieldKind | None = None
    rejects: Path = Path("rejects.ndjson")
    strict: bool = False
    promotes: bool = True

    @property
    def plan(self) -> EncodingPlan:
        """What decides, beside a document, what becomes of it."""
        return EncodingPlan(self.model.revision, thumbnails=self.thumbnails, languages=self.languages)

    @property
    def needs(self) -> Needs:
        """What the model needs of a document."""
        return Needs.of(self.model.config)

    @property
    def meta(self) -> IndexMeta:
        """What the index says of itself."""
        return made_with(self.model, self.model_name, stems=True)


def made_with(model: BiEncoder, name: str, *, stems: bool) -> IndexMeta:
    """What an index says of the model that its documents are encoded with.

    Args:
        model: The bi-encoder.
        name: As the user named it.
        stems: Whether captions' stems are indexed, too, which the model's weight of BM25 is for.
    """
    return IndexMeta(
        model=name,
        revision=model.revision,
        vocabulary=model.vocabulary.digest,
        query_head=model.config.query_head.value,
        document_head=model.config.document_head.value,
        hybrid=model.hybrid.to_json() if stems and model.hybrid else {},
    )
