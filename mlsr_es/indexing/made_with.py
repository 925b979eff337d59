"""The metadata of an index for the model that encodes its documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlsr_es.elastic.mapping import Holds, IndexMeta
from mlsr_es.encoders import PromotionEncoder

if TYPE_CHECKING:
    from mlsr_es.encoders import Model


MADE_WITH = "made_with"
"""The entry of files of vectors that has the metadata of an index that they are loaded into, as JSON."""


def made_with(model: Model, name: str, *, stems: bool) -> IndexMeta:
    """Make the metadata of an index for the model that encodes its documents.

    Args:
        model: The bi-encoder.
        name: The model's name, as the user gave it.
        stems: Whether the captions' stems are indexed; the model's weight of BM25 needs them.
    """
    return IndexMeta(
        model=name,
        revision=model.revision,
        vocabulary=model.vocabulary.digest,
        query_head=model.config.query_head.value,
        document_head=model.config.document_head.value,
        holds=Holds.SECTIONS if isinstance(model, PromotionEncoder) else Holds.IMAGES,
        hybrid=model.hybrid.to_json() if stems and model.hybrid else {},
    )
