"""Exact scoring: compute every dot product of sections and images, and keep the best of each section."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mlsr_es.evaluation.run import DEPTH, Ranked, Run, mean_terms
from mlsr_es.progress import Progress, Silent
from mlsr_es.vectors import SparseVectors

_SCORES_AT_ONCE = 16 * 2**20
"""The most scores of one block of sections, at 12 bytes each."""


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

    Scores are summed in float64 and compared as float32. Of two images with equal scores the first in ``image_ids``
    ranks higher. Images that share no term with the section are not in its ranking.

    Args:
        name: The name of the run.
        queries: One row a section.
        documents: One row an image, in the order in which they were indexed.
        section_ids: The ids of the rows of ``queries``.
        image_ids: The ids of the rows of ``documents``.
        depth: The most images of a ranking.
        progress: Advanced by each section.
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
