"""Hard negatives: what a ranking puts high for a section, and nobody says belongs there."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mlsr_es.collection import ImageDocument, Section
from mlsr_es.errors import InputError
from mlsr_es.evaluation import DEFAULTS, Run, baseline_run, caption_text
from mlsr_es.training.data import TrainingData

Miner = Callable[[Sequence[Section], Sequence[ImageDocument]], Run]
"""Ranks images for sections: BM25 on this machine, a cluster, or a model."""


def by_bm25(sections: Sequence[Section], documents: Sequence[ImageDocument]) -> Run:
    """Rankings of the plain BM25 baseline over the captions."""
    captions = [caption_text(document) for document in documents]
    return baseline_run(DEFAULTS, sections, captions, [document.id for document in documents])


def hard_negatives(data: TrainingData, rank: Miner, *, most: int) -> list[list[int]]:
    """Of each section, the places of the images that are ranked highest and do not belong in it.

    Args:
        data: The training side of a collection.
        rank: Images that are no candidates of the training side are passed over.
        most: A section.

    Raises:
        InputError: Not one candidate is ranked: something else was searched.
    """
    places = {document.id: place for place, document in enumerate(data.documents)}
    run = rank(data.sections, data.documents)
    if not any(one.image_id in places for ranking in run.rankings.values() for one in ranking):
        raise InputError(
            "no hard negative can be mined: none of the images that are trained on is ranked for any section.",
            advice="An index to mine from holds the collection that is trained on, under the same name.",
        )
    found = []
    for section, relevant in zip(data.sections, data.relevant, strict=True):
        ranked = (places.get(one.image_id) for one in run.rankings.get(section.id, ()))
        belongs = set(relevant)
        found.append([place for place in ranked if place is not None and place not in belongs][:most])
    return found
