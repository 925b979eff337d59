"""BM25 as a teacher: what it says of a batch, and what a model makes of it."""

from __future__ import annotations

import pytest
import torch

from mlsr_es.collection import Caption, ImageDocument, Judgement, Section
from mlsr_es.evaluation import TITLE_BOOSTED, Topics, baseline_run, caption_text
from mlsr_es.training import TrainingConfig
from mlsr_es.training.batches import Batches
from mlsr_es.training.data import TrainingData
from mlsr_es.training.teaching import Teacher
from tests.models import word_model

CAPTIONS = ("an owl", "a heron and an owl", "the owl's nest", "a heron")
DOCUMENTS = tuple(ImageDocument(str(place), "test", (Caption(text),)) for place, text in enumerate(CAPTIONS))
SECTION = Section("s", "An owl sits in its nest.", page_title="Heron")


def test_it_scores_as_the_title_boosted_baseline_ranks() -> None:
    """The same scores, in the order of the candidates; an image that shares no word has 0."""
    run = baseline_run(
        TITLE_BOOSTED, [SECTION], [caption_text(one) for one in DOCUMENTS], [one.id for one in DOCUMENTS]
    )
    expected = {one.image_id: one.score for one in run.rankings["s"]}
    candidates = [3, 0, 2]
    taught = Teacher(DOCUMENTS).scores([SECTION], candidates)
    assert taught.tolist() == [pytest.approx([expected.get(str(place), 0.0) for place in candidates], rel=1e-5)]


def test_it_reads_what_the_model_is_shown() -> None:
    """A query that is its text alone is taught without its title: nothing speaks for the heron."""
    topics, nothing = Topics((SECTION,), (Judgement("s", "1"),)), Topics((), ())
    data = TrainingData(topics, DOCUMENTS, ((1,),), nothing, nothing, DOCUMENTS, 0)
    values = {
        "collection": {"source": "test"},
        "start": "demo",
        "optimisation": {"epochs": 1, "batch_size": 1, "body_rate": 1e-3, "head_rate": 1e-3, "text_alone": 1.0},
        "negatives": {"random": 3},
    }
    batch = Batches(data, word_model(), TrainingConfig.of(values), teacher=Teacher(DOCUMENTS))([0])
    taught = dict(zip(batch["candidates"].tolist(), batch["taught"][0].tolist(), strict=True))
    assert taught[3] == 0 < taught[0]


def test_without_captions_it_has_no_opinion() -> None:
    """Images alone, say: all scores are 0."""
    bare = (ImageDocument("a", "test", ()), ImageDocument("b", "test", ()))
    assert torch.equal(Teacher(bare).scores([SECTION], [1, 0]), torch.zeros(1, 2))
