"""``mlsr-es train``: what is refused before anything loads."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from mlsr_es.commands.main import app
from mlsr_es.errors import InputError


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
