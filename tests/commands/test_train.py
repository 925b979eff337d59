"""``mlsr-es train``: what is refused before anything loads."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mlsr_es.collection import ImageDocument
from mlsr_es.commands.main import app
from mlsr_es.errors import InputError
from mlsr_es.evaluation import choose_topics
from mlsr_es.sources import open_source
from tests.program import run_program


@pytest.mark.parametrize("given", [[], ["plan.toml", "--from-collection", "sample"]])
def test_a_configuration_or_a_collection_is_given(given: list[str], tmp_path: Path) -> None:
    """One of them, and not both."""
    result = CliRunner().invoke(app, ["train", *given, "-o", str(tmp_path / "model")])
    assert isinstance(result.exception, InputError)
    assert "Give one of them" in str(result.exception)


def test_faults_of_a_configuration_are_all_said(tmp_path: Path) -> None:
    """Before a folder is made or a model loaded."""
    file = tmp_path / "plan.toml"
    file.write_text('seed = -1\n[collection]\nsource = "sample"\n[optimisation]\nepochs = 0\n')
    result = CliRunner().invoke(app, ["train", str(file), "-o", str(tmp_path / "model")])
    for key in ("seed", "optimisation.epochs", "optimisation.batch_size", "model is missing", "backbones is missing"):
        assert key in str(result.exception)
    assert not (tmp_path / "model").exists()


def test_all_folds_are_measured_and_the_model_sees_all_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each topic is asked once, of a model that did not see its page; here of two folds, since each takes seconds."""
    monkeypatch.setattr("mlsr_es.commands.train.FOLDS", 2)
    plan = tmp_path / "plan.toml"
    plan.write_text(
        'start = "demo"\n[collection]\nsource = "sample"\n'
        "[optimisation]\nepochs = 1\nbatch_size = 64\nbody_rate = 1e-5\nhead_rate = 1e-5\n"
        "[folds]\nvalidation_share = 0.0\n"
    )
    output = tmp_path / "model"
    ran = run_program("train", str(plan), "-o", str(output), "--folds", "all", "--describe", "name", "--json")
    assert ran.code == 0, ran.stderr
    told = ran.json
    assert (told["folds"], told["fold"], told["sections"]["test"]) == (2, None, 0)
    assert ran.stderr.count("Without fold ") == 2
    assert json.loads((output / "training.json").read_text())["collection"]["describe"] == "name"
    topics = choose_topics(
        open_source("sample").sections(),
        open_source("sample").judgements(),
        {item.id for item in open_source("sample").documents() if isinstance(item, ImageDocument)},
    )
    assert told["sections"]["training"] == len(topics.sections)
    assert told["test"]["model"]["nDCG@10"] > 0.5
    assert set(told["test"]) == {"model", "together", "bm25s", "titles"}


def test_other_folds_than_all_are_refused(tmp_path: Path) -> None:
    """A single fold is the configuration's."""
    ran = run_program("train", "--from-collection", "sample", "-o", str(tmp_path / "model"), "--folds", "3")
    assert (ran.code, "Write --folds all" in ran.stderr) == (2, True)
