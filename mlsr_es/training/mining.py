"""Hard negatives: images that rank high for a section and are not judged to belong in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mlsr_es.collection import ImageDocument, Section
from mlsr_es.errors import InputError
from mlsr_es.evaluation import DEFAULTS, Run, baseline_run, caption_text
from mlsr_es.training.data import TrainingData

Miner = Callable[[Sequence[Section], Sequence[ImageDocument]], Run]
"""Ranks images for sections: by BM25 on this machine, with a cluster, or with a model."""


def by_bm25(sections: Sequence[Section], documents: Sequence[ImageDocument]) -> Run:
    """Rank images by the plain BM25 baseline over the captions."""
    captions = [caption_text(document) for document in documents]
    return baseline_run(DEFAULTS, sections, captions, [document.id for document in documents])


def hard_negatives(data: TrainingData, rank: Miner, *, most: int) -> list[list[int]]:
    """Find for each section the places of the highest-ranked images that do not belong in it.

    Args:
        data: The training data.
        rank: Ranks images for the training sections; images that are not among ``data.documents`` are skipped.
        most: The most images of a section.

    Raises:
        InputError: No candidate is ranked, so another collection was searched.
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
