"""The configuration of a training run: read whole, and all its faults at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mlsr_es.encoders import DocumentInput, Head
from mlsr_es.errors import InputError
from mlsr_es.training.config import TrainingConfig


def values(**changed: dict[str, Any]) -> dict[str, Any]:
    """The least that a configuration says, with tables exchanged."""
    return {
        "collection": {"source": "sample"},
        "model": {"preset": "m3"},
        "backbones": {"text": "bert-base-uncased"},
        "optimisation": {"epochs": 1, "batch_size": 2, "body_rate": 5e-4, "head_rate": 0.01},
        **changed,
    }


def faults_of(**changed: dict[str, Any]) -> str:
    with pytest.raises(InputError) as caught:
        TrainingConfig.of(values(**changed))
    return str(caught.value)


def test_the_least_is_enough() -> None:
    """Titles are told apart by token type without being asked to."""
    plan = TrainingConfig.of(values()).bi_encoder()
    assert (plan.query_head, plan.document_head, plan.shared) == (Head.MLP, Head.MLP, True)
    assert plan.query_fields == {"page_title": 1, "section_title": 1, "text": 0}


def test_a_cell_without_a_name_is_three_choices() -> None:
    """The paper's most telling cell has no name: MLP query, MLM image."""
    model = {"query_head": "mlp", "document_head": "mlm", "document_input": "image"}
    plan = TrainingConfig.of(values(model=model, backbones={"text": "a", "image": "b"})).bi_encoder()
    assert plan.document_input is DocumentInput.IMAGE


def test_all_faults_are_said_at_once_each_with_its_key() -> None:
    """A wrong type, an unknown key, a missing one, a value out of range, and two that do not go together."""
    said = faults_of(
        model={"preset": "m1", "query_head": "mlp"},
        backbones={"txt": "bert-base-uncased"},
        optimisation={"epochs": "five", "batch_size": 0, "body_rate": 5e-4, "head_rate": 0.01},
        fields={"query": {"headline": 1}},
        negatives={"mined": 9, "mined_from": 8},
    )
    assert "7" in said.splitlines()[0] or "faults" in said.splitlines()[0]
    for key in (
        "backbones.txt is no key",
        "backbones.text is missing",
        "backbones.image is missing",
        "optimisation.epochs",
        "optimisation.batch_size",
        "model.query_head",
        "fields.query.headline",
        "negatives.mined",
    ):
        assert key in said


@pytest.mark.parametrize(
    ("tables", "key"),
    [
        ({"model": {"document_head": "mlp"}}, "model.query_head is missing"),
        ({"backbones": {"text": "a", "image": "b"}}, "backbones.image: the model reads no images"),
        ({"backbones": {"text": "a", "document_text": "b"}}, "backbones.document_text"),
        ({"folds": {"test": 5}}, "folds.test"),
        (
            {"model": {"preset": "m1", "frequencies": True}, "backbones": {"text": "a", "image": "b"}},
            "model.frequencies: MLP heads use it",
        ),
        ({"distillation": {"weight": 1.0}}, "distillation.weight"),
        ({"colection": {}}, "colection is no key"),
    ],
)
def test_what_does_not_fit_is_named(tables: dict[str, dict[str, Any]], key: str) -> None:
    """Each fault names its key."""
    assert key in faults_of(**tables)


def test_a_file_that_is_no_toml_is_an_input_error(tmp_path: Path) -> None:
    """It says where the file goes wrong."""
    file = tmp_path / "broken.toml"
    file.write_text("seed = \n")
    with pytest.raises(InputError, match="no TOML"):
        TrainingConfig.read(file)


def test_a_file_that_is_not_there_is_an_input_error(tmp_path: Path) -> None:
    """And no OSError."""
    with pytest.raises(InputError, match="cannot be read"):
        TrainingConfig.read(tmp_path / "none.toml")
