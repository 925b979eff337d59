"""Writing checkpoints: whole or not at all, and over nothing but a checkpoint."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from mlsr_es.encoders import PRESETS, BiEncoder, assemble, load_model, save_pretrained, writing
from mlsr_es.encoders.assembling import load_tokenizer
from mlsr_es.errors import InputError, ModelError, StorageError
from tests.disks import files_of_at_most

Make = Callable[[str], Path]


@pytest.fixture
def first(text_backbone: Make) -> BiEncoder:
    """A model."""
    return assemble(PRESETS["m3"], text=text_backbone("bert"))


@pytest.fixture
def second(text_backbone: Make) -> BiEncoder:
    """Another one."""
    model = assemble(PRESETS["m3"], text=text_backbone("bert"))
    model.query.set_field_scales({"page_title": 2.0})
    return model


@pytest.mark.parametrize("name", ["config.json", "README.md", "text"])
def test_what_is_no_checkpoint_is_not_replaced(name: str, first: BiEncoder, tmp_path: Path) -> None:
    """A file of another project stays as it is, and is named."""
    (tmp_path / name).write_text('{"mine": true}')
    with pytest.raises(InputError, match=f"holds {name}, and no model"):
        save_pretrained(first, tmp_path, query_graph=False)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [(name, '{"mine": true}')]


def test_a_checkpoint_replaces_another_whole(
    first: BiEncoder, second: BiEncoder, tmp_path: Path, text_backbone: Make, image_backbone: Make
) -> None:
    """Parts that the new one lacks are gone, and what is not a checkpoint's stays."""
    save_pretrained(
        assemble(PRESETS["m1"], text=text_backbone("bert"), image=image_backbone("vit")), tmp_path, query_graph=False
    )
    (tmp_path / "training.json").write_text("{}")
    save_pretrained(first, tmp_path, query_graph=False)
    assert not (tmp_path / "image").exists()
    assert (tmp_path / "training.json").exists()
    save_pretrained(second, tmp_path, query_graph=False)
    assert load_model(tmp_path, device="cpu").revision == second.revision


def test_a_disk_that_is_full_leaves_the_checkpoint_that_was_there(
    first: BiEncoder, second: BiEncoder, tmp_path: Path
) -> None:
    """And is told in a line."""
    save_pretrained(first, tmp_path, query_graph=False)
    names = {path.name for path in tmp_path.iterdir()}
    with files_of_at_most(1024), pytest.raises(StorageError, match=r"cannot be written.*See that there is room"):
        save_pretrained(second, tmp_path, query_graph=False)
    assert {path.name for path in tmp_path.iterdir()} == names
    assert load_model(tmp_path, device="cpu").revision == first.revision


def test_a_disk_that_is_full_is_told_by_whoever_meets_it(tmp_path: Path, text_backbone: Make) -> None:
    """The writers of tokenizers and tensors raise errors that are no OSError."""
    tokenizer = load_tokenizer(text_backbone("bert"))
    for write in (tokenizer.save_pretrained, lambda folder: torch.save(torch.zeros(9999), f"{folder}/tensor")):
        with files_of_at_most(100), pytest.raises(StorageError, match="cannot be written"), writing(tmp_path):
            write(str(tmp_path))
    with pytest.raises(ValueError, match="a fault"), writing(tmp_path):
        raise ValueError("a fault of ours")


def test_an_interrupt_between_two_files_leaves_no_model(
    first: BiEncoder, second: BiEncoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None is better than the parts of two; and the next one is written all the same."""
    save_pretrained(first, tmp_path, query_graph=False)
    rename = Path.rename

    def interrupted(source: Path, target: Path) -> Path:
        if source.name == "tokenizer":
            raise KeyboardInterrupt
        return rename(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", interrupted)
        with pytest.raises(KeyboardInterrupt):
            save_pretrained(second, tmp_path, query_graph=False)
    with pytest.raises(ModelError, match="holds no model"):
        load_model(tmp_path, device="cpu")
    save_pretrained(second, tmp_path, query_graph=False)
    assert load_model(tmp_path, device="cpu").revision == second.revision
