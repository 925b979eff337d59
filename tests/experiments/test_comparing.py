"""Comparisons: over the topics of common folds, judged by what the paper says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from mlsr_es.errors import InputError
from mlsr_es.evaluation import holm
from mlsr_es.experiments import Result, Results, Study, Unit, Verdict
from mlsr_es.experiments.comparing import StudyAnswer, answers
from mlsr_es.experiments.gathering import gather
from mlsr_es.experiments.results import Measured, digest
from mlsr_es.experiments.sentences import claimed, differing, headline, sentence
from mlsr_es.experiments.tables import collections_table, types_table

Done = Callable[..., Results]
CELLS = {
    "mlp": {"query_head": "mlp", "document_head": "mlp", "document_input": "caption"},
    "mlm": {"query_head": "mlm", "document_head": "mlp", "document_input": "caption"},
}


def study(**measures: str) -> Study:
    return Study.of(
        {
            "name": "two",
            "title": "Two cells",
            "paper": "a paper",
            "folds": [0, 1],
            "seed": 1,
            "cells": CELLS,
            "questions": [
                {"name": "q", "title": "?", "claim": "so", "pairs": [["mlp", "mlm"]], "measures": measures},
            ],
            "recipe": {
                "collection": {"source": "sample"},
                "backbones": {"text": "somewhere"},
                "optimisation": {"epochs": 1, "batch_size": 1, "body_rate": 1e-3, "head_rate": 1e-2},
            },
            "adjustments": [
                {
                    "where": {"query_head": "mlm"},
                    "because": "it expands",
                    "recipe": {"regularisation": {"query": 0.1}},
                },
            ],
        }
    )


@pytest.fixture
def done(tmp_path: Path) -> Done:
    """Writes results of a study: cell to fold to values a topic, the same for every measure of the study."""

    def write(plan: Study, values: Mapping[str, Mapping[int, Sequence[float]]], **changed: Any) -> Results:
        results = Results(plan, tmp_path)
        measures = {"nDCG@10", "R@10", "RR@10", "AP@10", *plan.questions[0].measures}
        for cell, folds in values.items():
            for fold, column in folds.items():
                unit = Unit(cell, fold)
                result = Result(
                    study=plan.name,
                    cell=cell,
                    fold=fold,
                    digest=digest(plan, unit),
                    config={},
                    collection="sample",
                    images=100,
                    topics=[f"{fold}-{number}" for number in range(len(column))],
                    values={measure: list(column) for measure in measures},
                    seconds=1.0,
                    versions={},
                )
                results.write(result.model_copy(update=changed))
        return results

    return write


NEAR = [0.6, 0.8, 0.5, 0.7, 0.7, 0.6]
LOW, HIGH = [0.1, 0.2, 0.3, 0.1, 0.2, 0.25], [0.8, 0.9, 0.7, 0.9, 0.8, 0.85]
OTHER_LOW, MIDDLE = [0.12, 0.19, 0.29, 0.12, 0.18, 0.26], [0.3, 0.4, 0.5, 0.3, 0.4, 0.41]


def answer(plan: Study, done: Done, first: Sequence[float], second: Sequence[float]) -> StudyAnswer:
    results = done(plan, {"mlp": {0: first, 1: first}, "mlm": {0: second, 1: second}})
    return answers(gather(results))[0]


@pytest.mark.parametrize(
    ("expected", "first", "second", "holds"),
    [
        ("above", HIGH, LOW, True),
        ("above", LOW, HIGH, False),
        ("above", LOW, OTHER_LOW, False),
        ("below", LOW, HIGH, True),
        ("below", LOW, OTHER_LOW, False),
        ("far below", LOW, HIGH, True),
        ("far below", MIDDLE, HIGH, True),
        ("far below", NEAR, HIGH, False),
        ("not above", LOW, OTHER_LOW, True),
        ("not above", LOW, HIGH, True),
        ("not above", HIGH, LOW, False),
        ("either way", HIGH, LOW, None),
    ],
)
def test_what_the_paper_says_is_judged_by_significance(
    expected: str,
    first: list[float],
    second: list[float],
    holds: bool | None,  # noqa: FBT001 - a parameter of the test
    done: Done,
) -> None:
    """And "far" by half."""
    found = answer(study(**{"nDCG@10": expected}), done, first, second)
    assert found.comparisons[0].is_as_expected is holds
    verdicts = {True: Verdict.HOLDS, False: Verdict.FAILS, None: Verdict.OPEN}
    assert found.verdict is verdicts[holds]


def test_a_test_is_paired_over_the_topics_of_all_folds(done: Done) -> None:
    """As scipy computes it, Holm's correction over all tests of the study."""
    plan = study(**{"nDCG@10": "above", "co-activation": "below"})
    folds = {"mlp": {0: [0.5, 0.6, 0.9], 1: [0.4, 0.3]}, "mlm": {0: [0.4, 0.7, 0.5], 1: [0.1, 0.2]}}
    found = answers(gather(done(plan, folds)))[0].comparisons
    first, second = (np.array([*values[0], *values[1]]) for values in folds.values())
    p = stats.ttest_rel(first, second).pvalue
    assert (found[0].topics, found[0].folds, found[0].folds_above) == (5, 2, 2)
    assert found[0].means == pytest.approx((first.mean(), second.mean()))
    assert found[0].difference.p == pytest.approx(p)
    assert [one.difference.corrected_p for one in found] == pytest.approx(holm([p, p]))


def test_a_finding_may_hold_in_part(done: Done) -> None:
    """Of two measures the one is as the paper says, and the other is not."""
    found = answer(study(**{"nDCG@10": "above", "co-activation": "below"}), done, HIGH, LOW)
    assert found.verdict is Verdict.PARTLY
    assert headline(found) == "It holds here in part: in 1 of 2 comparisons."


def test_sentences_have_the_figures_and_whether_they_are_as_the_paper_says(done: Done) -> None:
    """Both ways."""
    plan = study(**{"nDCG@10": "above"})
    said = sentence(answer(plan, done, HIGH, LOW).comparisons[0])
    assert said.startswith("nDCG@10: mlp 0.825, mlm 0.192 (+0.633, 95 % interval +0.5")
    assert said.endswith("p < 0.001; higher in 2 of 2 folds). Significantly above, as the paper says.")
    said = sentence(answer(plan, done, NEAR, HIGH).comparisons[0])
    assert said.endswith("higher in 0 of 2 folds). Significantly below, other than the paper says.")
    assert headline(answer(plan, done, NEAR, HIGH)) == "It does not hold here: in 0 of 1 comparisons."


def test_what_compared_cells_are_told_otherwise_is_said() -> None:
    """The factor, and the settings that go with it."""
    said = differing(study(**{"nDCG@10": "above"}), "mlp", "mlm")
    assert said == "which differ in query head, and so in `regularisation.query` (0.0, 0.1)"


def test_only_folds_that_both_cells_have_are_compared(done: Done) -> None:
    """And what nobody has done leaves the question open."""
    plan = study(**{"nDCG@10": "above"})
    found = answers(gather(done(plan, {"mlp": {0: HIGH, 1: HIGH}, "mlm": {1: LOW}})))[0]
    assert found.comparisons[0].topics == 6
    gathered = gather(done(study(**{"AP@10": "above"}), {"mlp": {0: HIGH}}))
    assert "mlm" in gathered.systems


def test_an_open_question_says_so(done: Done) -> None:
    """How many comparisons wait."""
    found = answers(gather(done(study(**{"nDCG@10": "above"}), {"mlp": {0: HIGH}})))[0]
    assert found.verdict is Verdict.OPEN
    assert "1 of its comparisons wait" in headline(found)


def test_a_result_of_another_recipe_does_not_count(done: Done) -> None:
    """It is stale."""
    plan = study(**{"nDCG@10": "above"})
    done(plan, {"mlp": {0: HIGH}})
    gathered = gather(done(plan, {"mlm": {0: LOW}}, digest="another"))
    assert (list(gathered.systems), gathered.stale) == (["mlp"], (Unit("mlm", 0),))


def test_cells_that_were_measured_on_other_topics_are_not_compared(done: Done) -> None:
    """The collection has changed between them."""
    plan = study(**{"nDCG@10": "above"})
    done(plan, {"mlp": {0: HIGH}})
    with pytest.raises(InputError, match="other topics or images"):
        gather(done(plan, {"mlm": {0: LOW}}, images=101))


def test_a_study_of_which_nothing_is_done_has_no_report(tmp_path: Path) -> None:
    """It says how to run it."""
    with pytest.raises(InputError, match="mlsr-es experiment run two"):
        gather(Results(study(**{"nDCG@10": "above"}), tmp_path))


def test_a_share_of_each_type_is_found(tmp_path: Path) -> None:
    """By the ranks that the results hold; a system without ranks has no row."""
    plan = Study.of({**study(**{"nDCG@10": "above"}).model_dump(exclude_unset=True), "image_types": "types.json"})
    (tmp_path / "types.json").write_text('{"types": {"a": "photograph", "b": "drawing", "c": "drawing"}}')
    results = Results(plan, tmp_path)
    for cell, ranks, judged in (("bm25s", [1, 11, 0], ["a", "b", "c"]), ("mlp", [0, 10, 1], []), ("mlm", [], [])):
        results.write(
            Result(
                study=plan.name,
                cell=cell,
                fold=0,
                digest=digest(plan, Unit(cell, 0)),
                config={},
                collection="sample",
                images=3,
                topics=["one", "two"],
                values={measure: [0.0, 1.0] for measure in ("nDCG@10", "R@10", "RR@10", "AP@10")},
                ranks=ranks,
                judged=judged,
                seconds=1.0,
                versions={},
            )
        )
    assert types_table(gather(results)).splitlines() == [
        "| system | drawing (2) | photograph (1) |",
        "| --- | --: | --: |",
        "| bm25s | 0.000 | 1.000 |",
        "| mlp | 1.000 | 0.000 |",
    ]


def test_types_that_are_not_there_are_asked_for(tmp_path: Path) -> None:
    """With the command that makes them."""
    plan = Study.of({**study(**{"nDCG@10": "above"}).model_dump(exclude_unset=True), "image_types": "types.json"})
    with pytest.raises(InputError, match=r"types\.json, which the study two names.*benchmarks/image_types"):
        Results(plan, tmp_path).image_types()


def test_a_question_that_the_paper_leaves_open_is_answered_by_what_was_found(done: Done) -> None:
    """Above, below or neither, each with its difference."""
    plan = study(**{"nDCG@10": "either way", "R@10": "either way"})
    open_question = plan.questions[0].model_copy(update={"claim": ""})
    plan = plan.model_copy(update={"questions": [open_question]})
    results = done(plan, {"mlp": {0: [0.9, 0.8, 0.9, 0.7]}, "mlm": {0: [0.1, 0.1, 0.2, 0.1]}})
    [answer] = answers(gather(results))
    assert headline(answer) == "Above: mlp beside mlm (+0.700), mlp beside mlm (+0.700)."
    assert claimed(plan, open_question) == "The paper (a paper) leaves this open."


def test_collections_have_a_table_of_their_own(tmp_path: Path) -> None:
    """A row for each model, with and without BM25; what a model finds at home is in bold."""
    values = study(**{"nDCG@10": "above"}).model_dump(exclude_unset=True)
    variants = {
        "far": {"of": "mlp", "collection": "kicad-manual"},
        "far-together": {"of": "mlp", "collection": "kicad-manual", "together": True},
        "fewer": {"of": "mlp", "terms": 1},
    }
    plan = Study.of({**values, "variants": variants})
    kicad = {"collection": "kicad-manual", "images": 9, "topics": ["three"]}
    figures = {
        "far": (kicad, [0.5]),
        "far-together": (kicad, [0.7]),
        "fewer": ({"collection": "sample", "images": 3}, [0.1, 0.1]),
    }
    results = Results(plan, tmp_path)
    results.write(
        Result(
            study=plan.name,
            cell="mlp",
            fold=0,
            digest=digest(plan, Unit("mlp", 0)),
            config={},
            collection="sample",
            images=3,
            topics=["one", "two"],
            values={"nDCG@10": [0.0, 1.0]},
            seconds=1.0,
            versions={},
            variants={
                name: Measured.model_validate({**told, "values": {"nDCG@10": column}})
                for name, (told, column) in figures.items()
            },
        )
    )
    assert collections_table(gather(results)).splitlines() == [
        "| system | sample, 2 topics | kicad-manual, 1 topics |",
        "| --- | --: | --: |",
        "| mlp | **0.500** | 0.500 |",
        "| mlp with BM25 |  | 0.700 |",
    ]
