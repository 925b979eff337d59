"""Learned vectors and BM25's added up: what one request to a cluster computes, on this machine."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mlsr_es.collection import Section
from mlsr_es.evaluation.bm25 import CLUSTER_UNIT, TITLE_BOOSTED, Bm25
from mlsr_es.evaluation.exact import exact_run
from mlsr_es.evaluation.run import Run
from mlsr_es.vectors import SparseVectors


def beside(first: SparseVectors, second: SparseVectors, *, weight: float = 1.0) -> SparseVectors:
    """Each row of the first, followed by the same row of the second, over both vocabularies.

    Dot products of such rows are the first's plus the second's; a weight on one side weighs the second's.

    Args:
        first: A batch.
        second: Another one, of as many rows.
        weight: What the second's weights are multiplied by, at least 0.

    Raises:
        ValueError: They have different numbers of rows.
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
    """Rank by a model's dot product plus so much of BM25 that listens to titles, as ``search --hybrid`` does.

    Args:
        queries: The model's, a row a section.
        documents: The model's, a row an image.
        weight: Of BM25 as a cluster computes it on captions' stems, at least 0.
        sections: The topics.
        captions: Of ``caption_text``, of each image.
        image_ids: Of the images.
    """
    words = Bm25.of(map(TITLE_BOOSTED.analyse, captions), k1=TITLE_BOOSTED.k1, b=TITLE_BOOSTED.b)
    asked = words.queries(map(TITLE_BOOSTED.weigh, sections))
    return exact_run(
        "hybrid",
        beside(queries, asked, weight=weight * CLUSTER_UNIT),
        beside(documents, words.documents),
        section_ids=[section.id for section in sections],
        image_ids=image_ids,
    )


def balanced_weight(first: Run, second: Run) -> float | None:
    """The weight that makes two systems' scores equally high: no judgement is needed to find it.

    It is the median best score of the first over that of the second, each over the sections that it finds an image for.
    The weight with the best nDCG@10 on the pages that a model was trained on is far too small, because it knows them
    too well; scores hardly differ between pages that it has seen and pages that it has not.

    Args:
        first: A run of sections.
        second: Another system's run of the same sections; its scores are what the weight multiplies.

    Returns:
        None where one of them finds nothing.
    """
    highest = [
        [max(one.score for one in ranking) for ranking in run.rankings.values() if ranking] for run in (first, second)
    ]
    medians = [float(np.median(scores)) if scores else 0.0 for scores in highest]
    return medians[0] / medians[1] if min(medians) > 0 else None
