"""What five folds say together."""

from __future__ import annotations

from mlsr_es.collection import Judgement
from mlsr_es.evaluation import Ranked, Run, System
from mlsr_es.training import below_bm25, pooled


def system(name: str, section: str, *images: str, what: str = "a model") -> System:
    """A system that ranks images for one section, whose right image is "right"."""
    run = Run(name, {section: [Ranked(image, -place) for place, image in enumerate(images)]}, (2.0, 4.0))
    return System.measured(what, run, [Judgement(section, "right")])


def test_each_topic_counts_once() -> None:
    """Found at once in one fold, and not in the other: the mean is a half."""
    parts = [
        ([system("model", "a", "right", "wrong")], [Judgement("a", "right")]),
        ([system("model", "b", "wrong", what="a model, k1 3")], [Judgement("b", "right")]),
    ]
    (found,) = pooled(parts)
    assert found.figures.mean("nDCG@10") == 0.5
    assert found.run.terms == (2.0, 4.0)
    assert found.what == "a model (other constants in other folds)"


def test_a_fold_may_have_no_topics_and_a_system_may_be_missing() -> None:
    """Of a small site not every fold has pages, and a weight of BM25 is not always found."""
    parts = [
        ([system("model", "a", "right"), system("hybrid", "a", "right")], [Judgement("a", "right")]),
        ([system("model", "b", "right")], [Judgement("b", "right")]),
        ([], []),
    ]
    assert [(one.run.name, one.figures.mean("nDCG@10")) for one in pooled(parts)] == [("model", 1.0)]
    assert pooled([([], [])]) == []


def test_a_model_that_is_below_bm25_is_told() -> None:
    """With BM25 added, where that was measured; one that is as good is not."""
    good, bad = ("right", "wrong"), ("wrong", "right")
    worse, better = system("model", "a", *bad), system("hybrid", "a", *good)
    bm25 = system("titles", "a", *good)
    assert below_bm25([worse, bm25]) == (worse.figures.mean("nDCG@10"), 1.0)
    assert below_bm25([worse, better, bm25]) is None
    assert below_bm25([better, worse]) is None
    assert below_bm25([]) is None
