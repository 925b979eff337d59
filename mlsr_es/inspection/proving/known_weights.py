"""The weights that an index should rank by: those that it stores, or those that were encoded again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mlsr_es.elastic.reading import scan
from mlsr_es.elastic.search import weights_in
from mlsr_es.errors import InputError
from mlsr_es.inspection.evaluating import gathered
from mlsr_es.progress import Progress
from mlsr_es.vectors import SparseVectors, feature_name, quantised

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mlsr_es.elastic.client import Client
    from mlsr_es.elastic.mapping import TermField
    from mlsr_es.evaluation import VectorFolder


@dataclass(frozen=True)
class KnownWeights:
    """Weights of images.

    Args:
        ids: Of the rows, in the order in which the index got them.
        columns: Feature name to column.
        vectors: A row an image; not rounded, unless ``rounded``.
        rounded: Whether they are as the field keeps them, so that nobody can tell what the rounding costs.
        not_encoded: How many images are in the index alone; their stored weights count.
        not_stored: How many were encoded and are not in the index.
    """

    ids: tuple[str, ...]
    columns: Mapping[str, int]
    vectors: SparseVectors
    rounded: bool = False
    not_encoded: int = 0
    not_stored: int = 0


def stored_weights(client: Client, index: str, field: TermField, progress: Progress) -> KnownWeights:
    """The weights in an index's stored documents.

    Raises:
        InputError: There are none.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    stage = "Reading the index"
    progress.start(stage, unit="images")
    ids: list[str] = []

    def rows() -> Iterable[Mapping[str, float]]:
        for image_id, source in scan(client, index, [field.path]):
            ids.append(image_id)
            progress.advance(stage)
            yield weights_in(source, field.path)

    columns, vectors = _named(rows())
    progress.finish(stage)
    if not vectors.weights.size:
        raise InputError(
            f"no document of {index} stores weights in {field.path}.",
            advice="Give them: mlsr-es encode SOURCE -o DIR, and --weights DIR.",
        )
    rounded = bool(np.array_equal(vectors.weights, quantised(vectors.weights)))
    return KnownWeights(tuple(ids), columns, vectors, rounded)


def encoded_weights(stored: KnownWeights, folder: VectorFolder) -> KnownWeights:
    """The weights that were encoded again, for the images of an index; those that only one of the two has are counted.

    Raises:
        InputError: Not one image is in both.
    """
    rows = {image_id: row for row, image_id in enumerate(folder.image_ids)}
    both = [image_id for image_id in stored.ids if image_id in rows]
    if not both:
        raise InputError(
            f"no image of the index is among the encoded ones: they have ids such as {stored.ids[0]!r}, and these "
            f"{folder.image_ids[0] if folder.image_ids else ''!r}.",
            advice="Encode the collection that is in the index.",
        )
    held = set(stored.ids)
    missing = [image_id for image_id in folder.image_ids if image_id not in held]
    names_of = list(stored.columns)

    def of(image_id: str) -> Mapping[str, float]:
        if image_id in rows:
            return {feature_name(folder.terms[term]): weight for term, weight in _row(folder.documents, rows[image_id])}
        return {names_of[term]: weight for term, weight in _row(stored.vectors, place[image_id])}

    place = {image_id: row for row, image_id in enumerate(stored.ids)}
    ids = (*stored.ids, *missing)
    columns, vectors = _named(map(of, ids))
    return KnownWeights(ids, columns, vectors, False, len(stored.ids) - len(both), len(missing))


def _row(vectors: SparseVectors, row: int) -> Iterable[tuple[int, float]]:
    term_ids, weights = vectors[row]
    return zip(term_ids.tolist(), weights.tolist(), strict=True)


def _named(rows: Iterable[Mapping[str, float]]) -> tuple[dict[str, int], SparseVectors]:
    """Vectors of rows of feature names with weights, and the column that each name got when it was first met."""
    columns: dict[str, int] = {}
    found = gathered(rows, lambda name: columns.setdefault(name, len(columns)))
    return columns, found.vectors(max(1, len(columns)))
