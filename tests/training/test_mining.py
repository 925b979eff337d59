"""Hard negatives."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from mlsr_es.collection import Caption, ImageDocument, Judgement, Section
from mlsr_es.errors import InputError
from mlsr_es.evaluation import Ranked, Run, Topics
from mlsr_es.training import TrainingConfig
from mlsr_es.training.data import TrainingData, split
from mlsr_es.training.mining import by_bm25, hard_negatives

CAPTIONS = ("red bridge", "blue bridge", "green candle", "bridge of stone")


def test_bm25_finds_what_is_alike_and_does_not_belong() -> None:
    """The section's own image is left out, and so is the one without a common word."""
    documents = tuple(ImageDocument(str(n), "test", (Caption(text),)) for n, text in enumerate(CAPTIONS))
    nothing = Topics((), ())
    topics = Topics((Section("s", "the red bridge"),), ())
    data = TrainingData(topics, documents, ((0,),), nothing, nothing, documents, 0)
    assert sorted(hard_negatives(data, by_bm25, most=5)[0]) == [1, 3]
    assert len(hard_negatives(data, by_bm25, most=1)[0]) == 1
    with pytest.raises(InputError, match="none of the images that are trained on is ranked"):
        hard_negatives(data, lambda *_: Run("other", {"s": [Ranked("elsewhere", 1.0)]}), most=5)


def test_a_miner_is_asked_training_sections_and_its_held_out_images_are_passed_over() -> None:
    """It may have the whole collection before it, as an index has."""
    pages = [f"page{n}.html" for n in range(20)]
    images = tuple(ImageDocument(f"image of {page}", "test", (Caption("a bridge"),), page=page) for page in pages)
    sections = tuple(Section(page, "the bridge " * 8, page=page) for page in pages)
    topics = Topics(sections, tuple(Judgement(page, f"image of {page}") for page in pages))
    values = {"collection": {"source": "test"}, "start": "demo", "folds": {"test": 0, "validation_share": 0.2}}
    rates = {"epochs": 1, "batch_size": 2, "body_rate": 1e-3, "head_rate": 1e-3}
    data = split(images, topics, TrainingConfig.of({**values, "optimisation": rates}))
    asked: list[Section] = []

    def everything(sections: Sequence[Section], _: Sequence[ImageDocument]) -> Run:
        asked.extend(sections)
        return Run("all", {one.id: [Ranked(image.id, 1.0) for image in images] for one in sections})

    found = hard_negatives(data, everything, most=50)
    held_out = {one.page for part in (data.test, data.validation) for one in part.sections}
    assert held_out
    assert {one.page for one in asked}.isdisjoint(held_out)
    for section, places in zip(data.sections, found, strict=True):
        mined = {data.documents[place].page for place in places}
        assert mined == set(pages) - held_out - {section.page}
