"""What an index holds, as evaluation needs it: vectors and captions in the order of ties."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlsr_es.collection import Caption, CaptionKind, ImageDocument
from mlsr_es.elastic import Version, scan, weights_in
from mlsr_es.evaluation import caption_text
from mlsr_es.progress import Progress
from mlsr_es.vectors import SparseVectors, Vocabulary, term_of

if TYPE_CHECKING:
    from mlsr_es.elastic import Client


@dataclass(frozen=True)
class Contents:
    """Images that can be found.

    Args:
        image_ids: In the order in which they were written.
        captions: Of the images, as BM25 reads them.
        vectors: A row an image.
    """

    image_ids: tuple[str, ...]
    captions: tuple[str, ...]
    vectors: SparseVectors


def read_contents(client: Client, version: Version, vocabulary: Vocabulary, progress: Progress) -> Contents:
    """Read all of an index.

    Args:
        client: Of ``mlsr_es.elastic.connect``.
        version: The index.
        vocabulary: Of the model that it was made with.
        progress: Told of each document.

    Raises:
        ClusterError: The cluster cannot be reached, or refuses.
    """
    stage = "Reading the index"
    progress.start(stage, unit="images")
    image_ids, captions, rows = [], [], []
    for image_id, source in scan(client, version.index, [version.meta.field, "caption"]):
        image_ids.append(image_id)
        captions.append(_captions(image_id, source))
        weights = weights_in(source, version.meta.field)
        rows.append({vocabulary.id(term_of(name)): weight for name, weight in weights.items()})
        progress.advance(stage)
    progress.finish(stage)
    vectors = SparseVectors.from_mappings(rows, vocabulary_size=len(vocabulary))
    return Contents(tuple(image_ids), tuple(captions), vectors)


def _captions(image_id: str, source: Mapping[str, Any]) -> str:
    stored = source.get("caption", {})
    captions = tuple(Caption(text, kind) for kind in CaptionKind for text in stored.get(kind.value, ()))
    return caption_text(ImageDocument(image_id, "", captions))
