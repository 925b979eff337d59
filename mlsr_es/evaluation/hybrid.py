"""Hybrid rankings on this machine: the sum of a model's scores and BM25's, as one request to a cluster computes it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mlsr_es.collection import Section
from mlsr_es.evaluation.bm25 import CLUSTER_UNIT, HYBRID_PART, Bm25
from mlsr_es.evaluation.exact import exact_run
from mlsr_es.evaluation.run import Run
from mlsr_es.vectors import SparseVectors


def beside(first: SparseVectors, second: SparseVectors, *, weight: float = 1.0) -> SparseVectors:
    """Join each row of one batch with the same row of another, over both vocabularies.

    The dot product of two joined rows is the sum of the two batches' dot products. If one side is joined with a weight,
    the second dot product is multiplied by it.

    Args:
        first: The first batch.
        second: The second batch, with as many rows.
        weight: The factor for the second batch's weights, at least 0.

    Raises:
        ValueError: The batches have different numbers of rows.
    """
    if len(first) != len(second):
        raise ValueError(f"{len(first)} rows cannot stand beside {len(second)}")
    rows = [np.repeat(np.arange(len(part)), part.term_counts) for part in (first, second)]
    return SparseVectors.from_coordinates(
        np.concatenate(rows),
        np.concatenate([first.term_ids, second.term_ids + first.vocabulary_size]),
        np.concatenate([first.weights, second.weights * np.float32(weight)]),
        shape=(len(first), first.vocabulary_size + second.vocabulary_size),
    )


def hybrid_run(
    queries: SparseVectors,
    documents: SparseVectors,
    *,
    weight: float,
    sections: Sequence[Section],
    captions: Sequence[str],
    image_ids: Sequence[str],
) -> Run:
    """Rank by a model's dot product plus weighted BM25 with boosted titles, as ``search --hybrid`` does.

    Args:
        queries: The model's query vectors, one row a section.
        documents: The model's document vectors, one row an image.
        weight: The weight of BM25 as a cluster computes it on captions' stems, at least 0.
        sections: The topics.
        captions: The captions of each image, as ``caption_text`` gives them.
        image_ids: The ids of the images.
    """
    words = Bm25.of(map(HYBRID_PART.analyse, captions), k1=HYBRID_PART.k1, b=HYBRID_PART.b)
    asked = words.queries(map(HYBRID_PART.weigh, sections))
    return exact_run(
        "hybrid",
        beside(queries, asked, weight=weight * CLUSTER_UNIT),
        beside(documents, words.documents),
        section_ids=[section.id for section in sections],
        image_ids=image_ids,
    )


def balanced_weight(first: Run, second: Run) -> float | None:
    """Find the weight that makes two systems' scores equally high, without judgements.

    The weight is the median best score of the first system divided by that of the second. Each median is over the
    sections for which the system finds an image. A weight chosen by nDCG@10 on the pages that a model was trained on is
    far too small, because the model knows them too well. Its scores hardly differ between those pages and others.

    Args:
        first: One system's run.
        second: The other system's run for the same sections; the weight multiplies its scores.

    Returns:
        None if one of the systems finds nothing.
    """
    highest = [
        [max(one.score for one in ranking) for ranking in run.rankings.values() if ranking] for run in (first, second)
    ]
    medians = [float(np.median(scores)) if scores else 0.0 for scores in highest]
    return medians[0] / medians[1] if min(medians) > 0 else None
