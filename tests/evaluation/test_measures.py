"""Measures, by hand."""

from __future__ import annotations

from math import log2

import pytest

from mlsr_es.collection import Judgement
from mlsr_es.errors import InputError
from mlsr_es.evaluation import MEASURES, Ranked, Run, figures

QRELS = [Judgement("s", "a"), Judgement("s", "b"), Judgement("s", "c", 0), Judgement("t", "d")]


def run_of(**rankings: str) -> Run:
    """A run of one-letter image ids, all with the same score."""
    return Run("run", {section: [Ranked(image, 1.0) for image in images] for section, images in rankings.items()})


def test_the_measures_are_those_of_the_textbook() -> None:
    """Section s has its two images on ranks 2 and 4, t has its one on rank 1."""
    found = figures(run_of(s="xayb", t="d"), QRELS)
    dcg, ideal = 1 / log2(3) + 1 / log2(5), 1 + 1 / log2(3)
    assert found.section_ids == ("s", "t")
    assert {name: pytest.approx(list(values)) for name, values in found.values.items()} == {
        "nDCG@10": [dcg / ideal, 1],
        "AP@10": [(1 / 2 + 2 / 4) / 2, 1],
        "RR@10": [1 / 2, 1],
        "R@10": [1, 1],
        "R@1000": [1, 1],
    }
    assert found.mean("RR@10") == pytest.approx(3 / 4)


def test_cut_offs_cut() -> None:
    """An image on rank 11 counts only for R@1000."""
    found = figures(run_of(s="ghijklmnopa", t=""), QRELS)
    assert {name: found.mean(name) for name in MEASURES} == {
        "nDCG@10": 0, "AP@10": 0, "RR@10": 0, "R@10": 0, "R@1000": 0.25,
    }  # fmt: skip


def test_a_section_without_answer_counts_as_nothing_found() -> None:
    """An unanswered section counts as 0 in the mean; an unjudged section is left out of it."""
    assert figures(run_of(t="d", unjudged="z"), QRELS).mean("nDCG@10") == 0.5


def test_equal_scores_keep_the_systems_order() -> None:
    """Ties are not broken by the ids, as other tools do."""
    assert figures(run_of(s="ax"), QRELS[:1]).mean("RR@10") == 1
    assert figures(run_of(s="xa"), QRELS[:1]).mean("RR@10") == 0.5


def test_an_unknown_measure_is_the_users_mistake() -> None:
    """A measure that cannot be parsed and one that nothing computes are both input errors."""
    for name in ("nDGC@10", "nDCG@(", "alpha_nDCG@10"):
        with pytest.raises(InputError, match="not known"):
            figures(run_of(), QRELS, [name])
