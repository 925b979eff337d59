"""Which query encoder a name gives: by onnxruntime where there is a graph, else by torch."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mlsr_es.encoders import PRESETS, BiEncoder, OnnxQueryEncoder, assemble, ensure_query_graph, load_query_encoder
from mlsr_es.encoders.saving import save_pretrained
from mlsr_es.errors import ModelError

Make = Callable[[str], Path]


@pytest.fixture
def told() -> list[str]:
    """What was said."""
    return []


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state folder in which no graph is kept."""
    monkeypatch.setenv("MLSR_ES_HOME", str(tmp_path / "state"))
    return tmp_path / "state"


@pytest.fixture
def masked(text_backbone: Make) -> Path:
    """A masked language model as a hub has it, without a graph."""
    return text_backbone("bert")


@pytest.fixture
def saved(masked: Path, tmp_path: Path) -> Path:
    """A checkpoint of this package with a graph."""
    save_pretrained(assemble(PRESETS["m3"], text=masked), tmp_path / "model")
    return tmp_path / "model"


def test_a_checkpoint_with_a_graph_needs_no_torch(saved: Path, told: list[str]) -> None:
    """Nothing is said, since nothing is slow."""
    assert isinstance(load_query_encoder(saved, say=told.append), OnnxQueryEncoder)
    assert told == []


def test_a_model_without_a_graph_gets_one_for_the_next_time(masked: Path, state: Path, told: list[str]) -> None:
    """It is found by the revision; its folder is not ours to write to."""
    before = sorted(path.name for path in masked.iterdir())
    first = load_query_encoder(masked, say=told.append)
    assert isinstance(first, BiEncoder)
    second = load_query_encoder("somebody/not-here", revision=first.revision, say=told.append)
    assert isinstance(second, OnnxQueryEncoder)
    assert second.revision == first.revision
    assert sorted(path.name for path in masked.iterdir()) == before
    assert [path.name for path in (state / "query-encoders").iterdir()] == [first.revision]
    assert told == []


def test_indexing_makes_the_graph_once(masked: Path, saved: Path, state: Path) -> None:
    """Where the model has one, nothing is made."""
    model = OnnxQueryEncoder.read(saved).whole()
    ensure_query_graph(saved, model)
    assert not (state / "query-encoders").exists()
    ensure_query_graph(masked, model)
    (kept,) = (state / "query-encoders").glob("*/query.onnx")
    made = kept.stat().st_mtime_ns
    ensure_query_graph(masked, model)
    assert kept.stat().st_mtime_ns == made


def test_where_no_graph_can_be_made_that_is_said_and_torch_is_taken(
    masked: Path, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is tried once, in both forms, and said each time."""
    tried = []

    def fails(*_: object) -> None:
        tried.append(1)
        raise RuntimeError("Unsupported: flash.\nA long story.")

    monkeypatch.setattr("mlsr_es.encoders.query_graph._made", fails)
    monkeypatch.setattr("mlsr_es.encoders.query_graph._FRAMES", {})
    for _ in range(2):
        assert isinstance(load_query_encoder(masked, say=told.append), BiEncoder)
    assert tried == [1, 1]
    assert told == [told[0]] * 2
    assert told[0].endswith("load torch: torch makes no ONNX graph of this query encoder: Unsupported: flash.")


def test_a_state_folder_that_cannot_be_written_is_said(masked: Path, state: Path, told: list[str]) -> None:
    """The search goes on."""
    state.write_text("a file")
    assert isinstance(load_query_encoder(masked, say=told.append), BiEncoder)
    assert len(told) == 1
    assert "cannot be written" in told[0]


def test_a_damaged_graph_is_said_and_torch_is_taken(saved: Path, told: list[str]) -> None:
    """The model's own folder is left as it is."""
    (saved / "query.onnx").write_bytes(b"nothing")
    assert isinstance(load_query_encoder(saved, say=told.append), BiEncoder)
    assert len(told) == 1
    assert told[0].startswith("torch encodes the query: ")


def test_a_damaged_graph_of_the_state_folder_is_made_again(masked: Path, state: Path) -> None:
    """It is ours."""
    revision = load_query_encoder(masked).revision
    kept = state / "query-encoders" / revision / "query.onnx"
    kept.write_bytes(b"nothing")
    assert isinstance(load_query_encoder(masked, revision=revision), BiEncoder)
    assert isinstance(load_query_encoder(masked, revision=revision), OnnxQueryEncoder)


def test_a_revision_is_no_path(saved: Path, state: Path) -> None:
    """An index names it, and an index is somebody else's."""
    (state / "query-encoders").mkdir(parents=True)
    with pytest.raises(ModelError, match="no model 'nothing'"):
        load_query_encoder("nothing", revision=f"../../{saved.name}")


def test_a_device_that_is_named_is_taken(saved: Path) -> None:
    """Onnxruntime runs on processors only."""
    with pytest.raises(ModelError, match="no device 'tpu'"):
        load_query_encoder(saved, device="tpu")
