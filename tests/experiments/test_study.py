"""Studies: what their files say, and what is wrong with them."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlsr_es.errors import InputError
from mlsr_es.experiments import Study, Unit, shipped_studies, study_named


@pytest.fixture
def values(study_file: Callable[..., Path]) -> dict[str, Any]:
    return {"name": "tiny", **tomllib.loads(study_file().read_text())}


def test_every_shipped_study_is_right() -> None:
    """All keys known, every cell's configuration whole."""
    assert [study.name for study in shipped_studies()] == [
        "backbones",
        "both-languages",
        "components",
        "cross-domain",
        "first-three",
        "languages",
        "left-out",
        "preprocessing",
        "sparsity",
        "stamps-languages",
        "stamps",
        "visual",
    ]


def test_a_unit_is_the_recipe_with_its_cell_fold_and_seed(values: dict[str, Any]) -> None:
    """The seed goes with the fold, so that compared cells have the same."""
    config = Study.of(values).config(Unit("mlm-query", 1))
    assert (config.seed, config.folds.test) == (2, 1)
    assert config.model
    assert (config.model.query_head, config.model.document_head) == ("mlm", "mlp")


def test_an_adjustment_goes_to_all_cells_of_its_kind_and_to_no_other(values: dict[str, Any]) -> None:
    """By a factor of the grid."""
    study = Study.of(values)
    assert study.config(Unit("mlm-query", 0)).regularisation.query == 1e-3
    assert study.config(Unit("both-mlp", 0)).regularisation.query == 0


def test_cells_that_are_compared_differ_in_factors_and_in_what_goes_with_them_alone() -> None:
    """Whatever else two cells are told otherwise, an adjustment says, with its reason."""
    study = study_named("first-three")
    adjusted = {(table, key) for each in study.adjustments for table, keys in each.recipe.items() for key in keys}
    for pair in {pair for question in study.questions for pair in question.pairs}:
        told = {(table, key) for table, _, key in (name.partition(".") for name in study.settings(*pair))}
        assert told <= adjusted
        models = [study.config(Unit(cell, 3)).model for cell in pair]
        first, second = (model.model_dump() for model in models if model)
        assert {key for key in first if first[key] != second[key]} == set(study.differing(*pair))


@pytest.mark.parametrize("question", ["image-or-caption", "query-head"])
def test_the_questions_of_one_factor_compare_cells_that_differ_in_it_alone(question: str) -> None:
    """A claim about images is tested by pairs that differ in the input, one about heads by pairs of heads."""
    study = study_named("first-three")
    asked = next(one for one in study.questions if one.name == question)
    factor = {"image-or-caption": "document_input", "query-head": "query_head"}[question]
    assert {study.differing(*pair) for pair in asked.pairs} == {(factor,)}


def test_all_faults_are_said(values: dict[str, Any]) -> None:
    """Folds, cells and measures."""
    values["folds"] = [0, 7]
    values["questions"][0]["pairs"] = [["both-mlp", "nobody"]]
    values["questions"][0]["measures"] = {"nDGC": "above"}
    with pytest.raises(InputError) as found:
        Study.of(values)
    for said in ("7 is none", "'nobody'", "nDGC"):
        assert said in str(found.value)


def test_a_recipe_with_faults_is_refused_before_anything_runs(values: dict[str, Any]) -> None:
    """With the cell that it does not do for."""
    values["cells"]["image"] = {"query_head": "mlm", "document_head": "mlm", "document_input": "image"}
    with pytest.raises(InputError, match=r"(?s)the cell image.*backbones\.image is missing"):
        Study.of(values)


def test_a_study_that_is_not_there_is_refused() -> None:
    """With those that there are."""
    with pytest.raises(InputError, match="first-three"):
        study_named("second-three")


def test_an_adjustment_goes_by_a_factor(values: dict[str, Any]) -> None:
    """By nothing else."""
    values["adjustments"][0]["where"] = {"head": "mlm"}
    with pytest.raises(InputError, match=r"adjustments\.0\.where\.head"):
        Study.of(values)


def test_a_variant_searches_what_its_cell_does_unless_it_says_otherwise(values: dict[str, Any]) -> None:
    """Of a cell that is trained on another collection too."""
    values["cells"]["abroad"] = values["cells"]["both-mlp"] | {"collection": "kicad-manual"}
    values["variants"] = {
        "by-text": {"of": "abroad", "fields": ["text"]},
        "home": {"of": "abroad", "collection": "sample"},
    }
    study = Study.of(values)
    assert study.config(Unit("abroad", 0)).collection.source == "kicad-manual"
    assert [study.collection(name) for name in ("abroad", "by-text", "home", "titles")] == [
        *("kicad-manual", "kicad-manual", "sample", "sample"),
    ]
    assert study.variants_of("abroad").keys() == {"by-text", "home"}


def test_subsets_are_variants_for_each_choice_of_components(values: dict[str, Any]) -> None:
    """But for none; all of them is the system itself."""
    values["subsets"] = {"of": ["titles"], "kinds": ["title", "alt", "read"]}
    study = Study.of(values)
    assert list(study.variants_of("titles")) == [
        *("titles: title+alt", "titles: title+read", "titles: alt+read"),
        *("titles: title", "titles: alt", "titles: read"),
    ]


def test_what_a_cell_tries_is_in_its_configuration_alone(values: dict[str, Any]) -> None:
    """And told as what it differs in."""
    values["cells"]["sparse"] = values["cells"]["both-mlp"] | {"recipe": {"regularisation": {"document": 0.1}}}
    study = Study.of(values)
    assert study.config(Unit("sparse", 0)).regularisation.document == 0.1
    assert study.config(Unit("both-mlp", 0)).regularisation.document == 0
    assert study.settings("sparse", "both-mlp") == {"regularisation.document": (0.1, 0.0)}


def test_faults_of_variants_are_said(values: dict[str, Any]) -> None:
    """Names, cells, collections that are compared, and images that no study has features of."""
    image = {"query_head": "mlp", "document_head": "mlp", "document_input": "image+caption"}
    values["cells"]["both"] = image | {"recipe": {"backbones": {"image": "package:efficientnet-lite0"}}}
    values["variants"] = {
        "titles": {"of": "both-mlp"},
        "lost": {"of": "nobody"},
        "far": {"of": "both", "collection": "kicad-manual"},
        "near": {"of": "both-mlp", "collection": "kicad-manual"},
    }
    values["questions"][0]["pairs"] = [["near", "both-mlp"]]
    with pytest.raises(InputError) as found:
        Study.of(values)
    for said in (
        "variants.titles: a cell or a baseline has that name",
        "variants.lost: there is no cell 'nobody'",
        "variants.far: the cell both reads images",
        "near and both-mlp do not search the same",
    ):
        assert said in str(found.value)
