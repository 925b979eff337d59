"""Hard negatives."""

from __future__ import annotations

from mlsr_es.collection import Caption, ImageDocument, Section
from mlsr_es.evaluation import Topics
from mlsr_es.training.data import TrainingData
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
