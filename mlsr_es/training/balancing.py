"""How much BM25 is to count beside the model that was trained: found on training pages, without their judgements."""

from __future__ import annotations

from random import Random

from mlsr_es.evaluation import CLUSTER_UNIT, TITLE_BOOSTED, Topics, balanced_weight, baseline_run, caption_text
from mlsr_es.hybrid import STEMS, Hybrid
from mlsr_es.training.config import TrainingConfig
from mlsr_es.training.data import TrainingData, searched_for
from mlsr_es.training.ranking import Ranker

_SECTIONS = 256
"""The median of so many best scores moves by a few hundredths of itself."""


def balanced(ranker: Ranker, data: TrainingData, config: TrainingConfig) -> Hybrid | None:
    """The weight at which the best images' BM25 scores are as high as their dot products.

    Args:
        ranker: Of the model that was trained.
        data: What it was trained on.
        config: The run's.

    Returns:
        In the unit of a cluster's BM25 on captions' stems; None where captions and sections share no word.
    """
    known = data.training
    chosen = Random(config.seed).sample(known.sections, min(_SECTIONS, len(known.sections)))  # noqa: S311
    ids = {section.id for section in chosen}
    topics = Topics(tuple(chosen), tuple(one for one in known.judgements if one.section_id in ids))
    images = searched_for(topics, data.images, most=config.folds.validation_images, seed=config.seed)
    words = baseline_run(
        TITLE_BOOSTED, topics.sections, [caption_text(image) for image in images], [image.id for image in images]
    )
    weight = balanced_weight(ranker.run("balance", topics, images), words)
    if weight is None:
        return None
    return Hybrid(STEMS, weight / CLUSTER_UNIT, f"{len(chosen)} training sections of {config.collection.source}")
