"""From an image to the sections that want it."""

from __future__ import annotations

from mlsr_es.encoders import PRESETS
from mlsr_es.evaluation import figures
from mlsr_es.experiments.promotion import Promotion
from mlsr_es.sources import open_source
from mlsr_es.training import TrainingConfig, read_training_data
from mlsr_es.vectors import SparseVectors

CONFIG = TrainingConfig.of(
    {
        "collection": {"source": "sample", "least_text": 0},
        "start": "demo",
        "folds": {"test": 0},
        "optimisation": {"epochs": 1, "batch_size": 1, "body_rate": 1e-3, "head_rate": 1e-2},
    }
)


def test_judgements_are_turned_around() -> None:
    """The images of held-out sections ask; all sections are searched, and an image belongs in each that shows it."""
    source = open_source("sample")
    data = read_training_data(source, PRESETS["m3"], CONFIG)
    promotion = Promotion.of(source, data, least_text=0)
    asking = {one.image_id for one in data.test.judgements}
    assert {image.id for image in promotion.images} == asking
    assert {section.id for section in promotion.sections} == {one.id for one in source.sections() if one.text}
    assert {(one.image_id, one.section_id) for one in promotion.judgements} == {
        (one.section_id, one.image_id) for one in source.judgements() if one.image_id in asking
    }
    assert figures(promotion.by_bm25(), promotion.judgements, ["R@10"]).mean("R@10") > 0.7


def test_sections_are_ranked_by_vectors() -> None:
    """One term an image, which one section has."""
    source = open_source("sample")
    data = read_training_data(source, PRESETS["m3"], CONFIG)
    promotion = Promotion.of(source, data, least_text=0)
    places = {section.id: place for place, section in enumerate(promotion.sections)}
    wanted = {one.section_id: places[one.image_id] for one in promotion.judgements}
    size = len(places)
    sections = SparseVectors.from_mappings([{place: 1.0} for place in range(size)], vocabulary_size=size)
    images = SparseVectors.from_mappings([{wanted[image.id]: 1.0} for image in promotion.images], vocabulary_size=size)
    assert figures(promotion.by_vectors(sections, images), promotion.judgements, ["RR@10"]).mean("RR@10") == 1
