"""Checkpoints: a written one can be read again, and an unreadable one gives the reason."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mlsr_es.collection import Caption, ImageDocument, Section
from mlsr_es.encoders import PRESETS, BiEncoderConfig, assemble, from_pretrained, load_model, save_pretrained
from mlsr_es.encoders.heads import MlpHead
from mlsr_es.errors import ModelError
from mlsr_es.hybrid import Hybrid

Make = Callable[[str], Path]
SECTIONS = [Section("s1", "open the toolbox", page_title="the layers dialog")]
DOCUMENTS = [ImageDocument("d1", "c", (Caption("the red layers dialog"),)), ImageDocument("d2", "c", (Caption("a"),))]


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("kind", ["vit", "clip"])
def test_a_checkpoint_round_trip_changes_nothing(
    preset: str, kind: str, *, tmp_path: Path, text_backbone: Make, image_backbone: Make, pictures: list[Image.Image]
) -> None:
    """Vectors of both sides, revision and configuration are the same after reading."""
    model = assemble(PRESETS[preset], text=text_backbone("bert"), image=image_backbone(kind))
    model.query.set_field_scales({"page_title": 2.5})
    save_pretrained(model, tmp_path / "model", card="Trained on nothing.", query_graph=False)
    again = from_pretrained(tmp_path / "model")
    assert (again.config, again.revision) == (model.config, model.revision)
    for encode in ("sections", "documents"):
        arguments = (SECTIONS,) if encode == "sections" else (DOCUMENTS, pictures)
        one, other = (getattr(each, f"encode_{encode}")(*arguments).to_scipy().toarray() for each in (model, again))
        np.testing.assert_array_equal(one, other)
    assert "Trained on nothing." in (tmp_path / "model" / "README.md").read_text()


def test_how_rare_terms_are_is_part_of_the_model(tmp_path: Path, text_backbone: Make) -> None:
    """Rarity is computed from a collection's captions, stored in the checkpoint, and changes the revision."""
    model = assemble(replace(PRESETS["m3"], frequencies=True), text=text_backbone("bert"))
    untold = model.revision
    del model.__dict__["revision"]
    model.count_terms(DOCUMENTS)
    save_pretrained(model, tmp_path / "model", query_graph=False)
    again = from_pretrained(tmp_path / "model")
    assert again.revision == model.revision != untold
    heads = again.query.head, again.document.head
    common, rare = model.vocabulary.id("layers"), model.vocabulary.id("brush")
    assert all(0 < head.rarity[common] < head.rarity[rare] == 1 for head in heads if isinstance(head, MlpHead))


def test_a_key_that_came_later_leaves_older_revisions_as_they_are() -> None:
    """A configuration without frequencies and a factor for function words is written without the keys."""
    assert not {"frequencies", "function_words"} & set(PRESETS["m3"].to_json())
    with_them = replace(PRESETS["m3"], frequencies=True)
    assert BiEncoderConfig.from_json(with_them.to_json()) == with_them


def test_the_weight_of_bm25_lies_beside_the_model(tmp_path: Path, text_backbone: Make) -> None:
    """The weight is saved with the model but does not change its revision."""
    model = assemble(PRESETS["m3"], text=text_backbone("bert"))
    model.hybrid = Hybrid("caption_stems", 0.12, "12 sections")
    save_pretrained(model, tmp_path / "model", query_graph=False)
    again = from_pretrained(tmp_path / "model")
    assert (again.hybrid, again.revision) == (model.hybrid, model.revision)
    model.hybrid = None
    save_pretrained(model, tmp_path / "model", query_graph=False)
    without = from_pretrained(tmp_path / "model")
    assert (without.hybrid, without.revision) == (None, model.revision)
    (tmp_path / "model" / "hybrid.json").write_text('{"weight": "much"}')
    with pytest.raises(ModelError, match="no field with a weight"):
        from_pretrained(tmp_path / "model")


def test_half_precision_is_for_the_file_only(tmp_path: Path, text_backbone: Make) -> None:
    """The file is half as large, the model in memory keeps its weights, and the loaded one differs only by rounding."""
    model = assemble(PRESETS["m3"], text=text_backbone("bert"))
    before = model.revision
    save_pretrained(model, tmp_path / "whole", query_graph=False)
    save_pretrained(model, tmp_path / "half", half=True, query_graph=False)
    whole, half = ((tmp_path / name / "model.safetensors").stat().st_size for name in ("whole", "half"))
    assert half < 0.7 * whole
    del model.__dict__["revision"]
    assert model.revision == before
    again = from_pretrained(tmp_path / "half")
    for one, other in zip(model.parameters(), again.parameters(), strict=True):
        np.testing.assert_allclose(one.detach().numpy(), other.detach().numpy(), rtol=2**-10, atol=1e-6)


def test_revisions_tell_models_apart(text_backbone: Make) -> None:
    """Other weights or another configuration give another revision; the same model gives the same revision."""
    model = load_model(text_backbone("bert"), device="cpu")
    scaled = load_model(text_backbone("bert"), device="cpu")
    scaled.query.set_field_scales({"page_title": 2.0})
    again = load_model(text_backbone("bert"), device="cpu")
    assert model.revision == again.revision
    assert model.revision != scaled.revision


def test_encoding_does_not_change_the_revision(text_backbone: Make) -> None:
    """The tokenizer keeps state between calls, which is not part of the revision."""
    used, fresh = (load_model(text_backbone("bert"), device="cpu") for _ in range(2))
    used.encode_sections(SECTIONS)
    assert used.revision == fresh.revision


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"format": 99}, "format 99"),
        ({"query_head": "cnn"}, "'cnn'"),
        ({"document_head": "mlp", "document_input": "image"}, "MLP head weighs word pieces"),
        ({"query_fields": {"headline": 0}}, "'headline'"),
        ({"depth": 3}, "depth"),
        ({"query_head": "mlm", "document_head": "mlm", "frequencies": True}, "frequencies are for MLP heads"),
        ({"query_head": "mlm", "document_head": "mlm", "function_words": True}, "function_words are for MLP heads"),
    ],
)
def test_a_wrong_configuration_says_what_is_wrong(
    change: dict[str, object], complaint: str, tmp_path: Path, text_backbone: Make
) -> None:
    """Each fault is a model error that names the fault."""
    save_pretrained(assemble(PRESETS["m3"], text=text_backbone("bert")), tmp_path, query_graph=False)
    config = json.loads((tmp_path / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps({**config, **change}))
    with pytest.raises(ModelError, match=complaint):
        load_model(tmp_path)


def test_a_checkpoint_without_weights_is_refused(tmp_path: Path, text_backbone: Make) -> None:
    """A checkpoint without weights, as after half a download, is a model error."""
    save_pretrained(assemble(PRESETS["m3"], text=text_backbone("bert")), tmp_path, query_graph=False)
    (tmp_path / "model.safetensors").unlink()
    with pytest.raises(ModelError, match="cannot be loaded"):
        load_model(tmp_path)


@pytest.mark.parametrize("name", ["no-such-model", "./no/such", "/no/such/model"])
def test_a_model_that_is_not_there_is_said_to_be_missing(name: str) -> None:
    """A path is never looked up on a hub."""
    with pytest.raises(ModelError, match="no such folder"):
        load_model(name)


def test_a_folder_without_model_is_refused(tmp_path: Path) -> None:
    """An empty folder is a model error."""
    with pytest.raises(ModelError, match="holds no model"):
        load_model(tmp_path)


def test_a_backbone_without_mlm_head_is_no_model_by_itself(image_backbone: Make) -> None:
    """A vision model alone is not a bi-encoder."""
    with pytest.raises(ModelError, match="neither"):
        load_model(image_backbone("vit"))


@pytest.mark.parametrize("device", ["tpu-seven", "cuda:0", "mps"])
def test_a_device_that_is_not_there_is_refused(device: str, text_backbone: Make) -> None:
    """A device that this machine does not have is a model error."""
    import torch

    if (device == "cuda:0" and torch.cuda.is_available()) or (device == "mps" and torch.backends.mps.is_available()):
        pytest.skip("this machine has one")
    with pytest.raises(ModelError, match="no device"):
        load_model(text_backbone("bert"), device=device)


def test_a_hubs_model_is_fetched_only_where_that_is_allowed(
    tmp_path: Path, text_backbone: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else it has to be on this machine already."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(ModelError, match=r"the model 'somebody/model' is not on this machine.*--model somebody/model"):
        load_model("somebody/model", downloads=False)
    kept = tmp_path / "models--somebody--model"
    (kept / "refs").mkdir(parents=True)
    (kept / "refs" / "main").write_text("abc")
    model = assemble(PRESETS["m3"], text=text_backbone("bert"))
    save_pretrained(model, kept / "snapshots" / "abc", query_graph=False)
    assert load_model("somebody/model", device="cpu", downloads=False).revision == model.revision
