"""Find the weight of BM25 for a trained model, on training pages and without their judgements."""

from __future__ import annotations

from random import Random

from mlsr_es.evaluation import CLUSTER_UNIT, TITLE_BOOSTED, Topics, balanced_weight, baseline_run, caption_text
from mlsr_es.hybrid import STEMS, Hybrid
from mlsr_es.training.config import TrainingConfig
from mlsr_es.training.data import TrainingData, searched_for
from mlsr_es.training.ranking import Ranker

_SECTIONS = 256
"""With this many sections, the median of the best scores varies by a few hundredths of its value."""


def balanced(ranker: Ranker, data: TrainingData, config: TrainingConfig) -> Hybrid | None:
    """Find the weight at which the best BM25 scores are as high as the best dot products.

    Args:
        ranker: A ranker with the trained model.
        data: The data that the model was trained on.
        config: The configuration of the run.

    Returns:
        The field and weight, for a cluster's BM25 on captions' stems; None if captions and sections share no word.
    """
    here = {image.id for image in data.images}
    judged = {one.section_id for one in data.training.judgements if one.image_id in here}
    known = Topics(tuple(one for one in data.training.sections if one.id in judged), data.training.judgements)
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
