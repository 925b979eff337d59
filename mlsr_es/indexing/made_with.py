"""What an index says of the model that its documents are encoded with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlsr_es.elastic.mapping import IndexMeta

if TYPE_CHECKING:
    from mlsr_es.encoders import BiEncoder


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
