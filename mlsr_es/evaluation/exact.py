"""Exact scoring: every dot product of sections and images, the best of each section kept."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mlsr_es.evaluation.run import DEPTH, Ranked, Run, mean_terms
from mlsr_es.progress import Progress, Silent
from mlsr_es.vectors import SparseVectors

_SCORES_AT_ONCE = 16 * 2**20
"""How many scores a block of sections may have: 12 bytes each."""


def exact_run(
    name: str,
    queries: SparseVectors,
    documents: SparseVectors,
    *,
    section_ids: Sequence[str],
    image_ids: Sequence[str],
    depth: int = DEPTH,
    progress: Progress = Silent(),
) -> Run:
    """Rank all images for each section by the dot product, as a cluster would.

    Scores are summed in float64 and compared as float32; at equal scores the image that comes first wins; images that
    share no term with the section are not in its ranking.

    Args:
        name: Of the run.
        queries: A row a section.
        documents: A row an image, in the order in which an index got them.
        section_ids: Of the rows of ``queries``.
        image_ids: Of the rows of ``documents``.
        depth: The longest ranking.
        progress: Told of each section.
    """
    rows_at_once = max(1, _SCORES_AT_ONCE // max(1, len(documents)))
    left = queries.to_scipy().astype(np.float64)
    right = documents.to_scipy().astype(np.float64).T.tocsr()
    rankings: dict[str, list[Ranked]] = {}
    progress.start(name, len(queries), "sections")
    for start in range(0, len(queries), rows_at_once):
        scores = (left[start : start + rows_at_once] @ right).tocsr()
        scores.sort_indices()
        for row, section_id in enumerate(section_ids[start : start + rows_at_once]):
            place = slice(scores.indptr[row], scores.indptr[row + 1])
            rankings[section_id] = _best(scores.indices[place], scores.data[place].astype(np.float32), image_ids, depth)
            progress.advance(name)
    progress.finish(name)
    return Run(name, rankings, mean_terms(queries, documents))


def _best(images: NDArray[np.int32], scores: NDArray[np.float32], image_ids: Sequence[str], depth: int) -> list[Ranked]:
    order = np.argsort(-scores, kind="stable")[:depth]
    return [Ranked(image_ids[images[place]], float(scores[place])) for place in order]
