"""Which pages a model was trained on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mlsr_es.training import TrainedOn, trained_on

DEMO = (TrainedOn("gimp-manual", 0), TrainedOn("qtcreator-manual", None), TrainedOn("skimage-manual", None))


def test_the_shipped_model_says_what_it_knows() -> None:
    """The plan that it was trained by lies beside its weights."""
    assert trained_on("demo") == DEMO


@pytest.mark.parametrize("plan", [None, "{}", "[]", "not JSON", '{"collection": {}, "folds": {"test": 0}}'])
def test_where_nobody_can_say_it_is_unknown(tmp_path: Path, plan: str | None) -> None:
    """No plan, or none of ours."""
    if plan is not None:
        (tmp_path / "training.json").write_text(plan)
    assert trained_on(str(tmp_path)) == ()


def test_a_model_that_was_trained_further_knows_what_it_started_from(tmp_path: Path) -> None:
    """Its own pages come first."""
    plan = {"start": "demo", "collection": {"source": "kicad-manual"}, "folds": {"test": 1}}
    (tmp_path / "training.json").write_text(json.dumps(plan))
    assert trained_on(str(tmp_path)) == (TrainedOn("kicad-manual", 1), *DEMO)


def test_further_collections_are_known_as_a_whole(tmp_path: Path) -> None:
    """No fold of theirs was held out."""
    plan = {"collection": {"source": "kicad-manual", "also": ["site"]}, "folds": {"test": 1}}
    (tmp_path / "training.json").write_text(json.dumps(plan))
    assert trained_on(str(tmp_path)) == (TrainedOn("kicad-manual", 1), TrainedOn("site", None))


def test_a_collection_is_known_by_its_name_or_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However the path was written."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "manual").mkdir()
    origins = {"docs": str(tmp_path / "manual"), "gimp-manual": "gimp-manual"}
    assert TrainedOn("manual", 0).is_in(origins)
    assert TrainedOn("gimp-manual", None).is_in(origins)
    assert not TrainedOn("kicad-manual", 0).is_in(origins)
