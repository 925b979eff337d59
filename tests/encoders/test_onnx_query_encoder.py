"""The query side by onnxruntime: the same weights as torch's, without torch."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from mlsr_es.collection import Section
from mlsr_es.encoders import (
    PRESETS,
    BiEncoder,
    BiEncoderConfig,
    DocumentInput,
    Head,
    assemble,
    query_graph,
    save_pretrained,
)
from mlsr_es.encoders.heads import MlpHead
from mlsr_es.encoders.onnx_query_encoder import OnnxQueryEncoder
from mlsr_es.encoders.text import WindowBatch
from mlsr_es.errors import ModelError
from mlsr_es.sources import open_source
from mlsr_es.vectors import SparseVectors

Make = Callable[[str], Path]

SECTIONS = [
    Section("one", "open the red toolboxes", page_title="layers"),
    Section("empty", ""),
    Section("unknown", "xyzzy"),
    Section("long", "save a blue image as the file " * 30, page_title="the layer dialog", section_title="open"),
]


def same(left: SparseVectors, right: SparseVectors) -> bool:
    """Whether all weights are equal to 1e-4."""
    difference = (left.to_scipy() - right.to_scipy()).data
    return len(left) == len(right) and np.abs(difference).max(initial=0) < 1e-4


def both(model: BiEncoder, folder: Path, sections: Iterable[Section], *, half: bool = False) -> bool:
    """Whether a model and the query side of its checkpoint say the same of sections."""
    save_pretrained(model, folder, half=half)
    light, asked = OnnxQueryEncoder.read(folder), list(sections)
    assert light.vocabulary == model.vocabulary
    assert [light.words_of(section) for section in asked] == [model.words_of(section) for section in asked]
    return same(light.encode_sections(asked), model.encode_sections(asked))


@pytest.mark.parametrize(
    ("kind", "head"),
    [
        *(("bert", Head.MLP), ("bert", Head.MLM), ("distilbert", Head.MLM)),
        *(("electra", Head.MLP), ("mpnet", Head.MLM)),
        pytest.param(
            "deberta",
            Head.MLP,
            marks=pytest.mark.skipif(torch.__version__.startswith("2.7."), reason="torch 2.7 makes no graph that runs"),
        ),
    ],
)
def test_backbones_and_heads_give_the_weights_of_torch(
    kind: str, head: Head, text_backbone: Make, tmp_path: Path
) -> None:
    """Windows, fields and their factors, empty texts and unknown words; DeBERTa's attention takes no mask of ours."""
    model = assemble(replace(PRESETS["m2"], query_head=head), text=text_backbone(kind))
    model.query.set_field_scales({"page_title": 2.0, "text": 0.5})
    assert both(model, tmp_path / "model", SECTIONS)


def test_a_graph_that_does_not_run_is_made_with_the_mask_of_the_backbone(
    text_backbone: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As DeBERTa's of torch 2.7, which fails for another number of windows."""
    plain, failures = OnnxQueryEncoder.weights, [RuntimeError("Attempting to broadcast 3 by 7")]

    def weights(encoder: OnnxQueryEncoder, batch: WindowBatch) -> NDArray[np.float32]:
        if failures:
            raise failures.pop()
        return plain(encoder, batch)

    monkeypatch.setattr(OnnxQueryEncoder, "weights", weights)
    monkeypatch.setattr(query_graph, "_FRAMES", {})
    assert both(assemble(PRESETS["m2"], text=text_backbone("bert")), tmp_path / "model", SECTIONS)
    assert not failures


@pytest.mark.parametrize("head", Head)
def test_frequencies_function_words_and_the_most_terms_count(head: Head, text_backbone: Make, tmp_path: Path) -> None:
    """All that a configuration can say of queries."""
    config = BiEncoderConfig(
        head, Head.MLP, DocumentInput.CAPTION, frequencies=True, function_words=True, query_terms=3
    )
    assert both(assemble(config, text=text_backbone("bert")), tmp_path / "model", SECTIONS)


def test_weights_that_are_stored_in_half_precision_are_those_that_count(text_backbone: Make, tmp_path: Path) -> None:
    """The graph is made of the stored weights, and has their revision."""
    from mlsr_es.encoders import load_model

    model = assemble(PRESETS["m3"], text=text_backbone("bert"))
    before = model.revision
    save_pretrained(model, tmp_path / "model", half=True)
    assert model.revision == before
    stored, light = load_model(tmp_path / "model", device="cpu"), OnnxQueryEncoder.read(tmp_path / "model")
    assert light.revision == stored.revision
    assert same(light.encode_sections(SECTIONS), stored.encode_sections(SECTIONS))


@pytest.mark.parametrize("collection", ["sample", "gimp-manual"])
def test_the_demo_model_gives_the_weights_of_torch_for_real_sections(collection: str, demo_model: BiEncoder) -> None:
    """And so each query finds the same images."""
    from mlsr_es.encoders import load_query_encoder

    light = load_query_encoder("demo")
    assert isinstance(light, OnnxQueryEncoder)
    assert light.revision == demo_model.revision
    sections = list(open_source(collection).sections())[:150]
    assert same(light.encode_sections(sections), demo_model.encode_sections(sections))


def test_the_graph_holds_no_weights_and_no_path_of_the_machine(text_backbone: Make, tmp_path: Path) -> None:
    """The weights are those of the safetensors file: none is stored twice, and none can be of another training."""
    save_pretrained(assemble(PRESETS["m2"], text=text_backbone("bert")), tmp_path / "model")
    graph = (tmp_path / "model" / "query.onnx").read_bytes()
    assert str(Path(__file__).parents[2]).encode() not in graph
    assert b"site-packages" not in graph
    (tmp_path / "model" / "model.safetensors").unlink()
    with pytest.raises(ModelError, match=r"query\.onnx cannot be loaded"):
        OnnxQueryEncoder.read(tmp_path / "model")


@pytest.mark.parametrize("damage", ["no graph", "no onnx", "cut", "other metadata", "no tokenizer", "other config"])
def test_what_is_no_query_encoder_is_told_in_a_line(damage: str, text_backbone: Make, tmp_path: Path) -> None:
    """Whatever library finds it out."""
    import onnx

    folder = tmp_path / "model"
    save_pretrained(assemble(PRESETS["m3"], text=text_backbone("bert")), folder)
    graph = folder / "query.onnx"
    if damage == "no graph":
        graph.unlink()
    elif damage == "no onnx":
        graph.write_bytes(b"\x00" * 100)
    elif damage == "cut":
        graph.write_bytes(graph.read_bytes()[:-200])
    elif damage == "other metadata":
        content = onnx.load(graph, load_external_data=False)
        content.metadata_props[0].value = json.dumps({"revision": 1})
        graph.write_bytes(content.SerializeToString())
    elif damage == "no tokenizer":
        (folder / "tokenizer" / "tokenizer.json").write_text("{}")
    else:
        (folder / "config.json").write_text("[]")
    with pytest.raises(ModelError, match=r"^[^\n]+$"):
        OnnxQueryEncoder.read(folder)


@pytest.fixture
def exports(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The calls of torch's exporter, in a process that has made no graph yet."""
    made: list[str] = []
    export = query_graph._made

    def counted(*given: Any) -> Any:
        made.append("export")
        return export(*given)

    monkeypatch.setattr(query_graph, "_made", counted)
    monkeypatch.setattr(query_graph, "_FRAMES", {})
    return made


def test_models_of_one_shape_are_exported_once(exports: list[str], text_backbone: Make, tmp_path: Path) -> None:
    """Each has its own weights, and a factor of its own."""
    for number, factor in enumerate((2.0, 3.0)):
        torch.manual_seed(number)
        model = assemble(PRESETS["m2"], text=text_backbone("bert"))
        for weights in model.query.head.parameters():
            torch.nn.init.normal_(weights)
        model.query.set_field_scales({"page_title": factor})
        assert both(model, tmp_path / str(number), SECTIONS)
    assert exports == ["export"]


def test_a_graph_that_does_not_do_for_another_model_is_made_anew(
    exports: list[str], text_backbone: Make, tmp_path: Path
) -> None:
    """Where what differs shows in no layer's name or size."""
    model = assemble(PRESETS["m2"], text=text_backbone("bert"))
    assert both(model, tmp_path / "first", SECTIONS)
    other = assemble(PRESETS["m2"], text=text_backbone("bert"))
    doubled = {"token_weights": lambda head, *given: 2 * MlpHead.token_weights(head, *given)}
    other.query.head.__class__ = type("MlpHead", (MlpHead,), doubled)
    assert both(other, tmp_path / "second", SECTIONS)
    assert exports == ["export", "export"]
