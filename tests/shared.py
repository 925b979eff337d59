"""What many runs of the program do again though no test is about it: done once in a run of the tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mlsr_es.encoders import BiEncoder
    from mlsr_es.progress import Progress

_MODELS: dict[frozenset[tuple[Path, int, int]], BiEncoder] = {}
_LONE_WEIGHTS: dict[str, NDArray[np.float32]] = {}
_DRAWINGS: dict[tuple[str, bool], bytes] = {}


@contextmanager
def torch_threads(count: int) -> Iterator[None]:
    """What is run here does each of torch's products on so many threads."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def shared_drawings() -> Iterator[None]:
    """What is run here draws an SVG once for all runs."""
    from mlsr_es.sources.drawing import draw

    def drawn(text: str, *, has_text: bool) -> bytes:
        if (text, has_text) not in _DRAWINGS:
            _DRAWINGS[text, has_text] = draw(text, has_text=has_text)
        return _DRAWINGS[text, has_text]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mlsr_es.sources.svg.draw", drawn)
        yield


@contextmanager
def shared_models() -> Iterator[None]:
    """What is run here reads a checkpoint, and weighs its word pieces alone, once for all runs.

    For what leaves a model as it is: training does not.
    """
    from mlsr_es.encoders import checkpoint, token_weights

    read, weigh = checkpoint.from_pretrained, token_weights.lone_weights

    def from_pretrained(folder: str | Path) -> BiEncoder:
        files = _state_of(Path(folder))
        if files not in _MODELS:
            _MODELS[files] = read(folder)
        return _MODELS[files]

    def lone_weights(model: BiEncoder, progress: Progress) -> NDArray[np.float32]:
        if model.revision not in _LONE_WEIGHTS:
            _LONE_WEIGHTS[model.revision] = weigh(model, progress)
        return _LONE_WEIGHTS[model.revision]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checkpoint, "from_pretrained", from_pretrained)
        patch.setattr(token_weights, "lone_weights", lone_weights)
        yield


def _state_of(folder: Path) -> frozenset[tuple[Path, int, int]]:
    """A folder's files, each with its time of change and size: a checkpoint that was written anew is another one."""
    files = [(file, file.stat()) for file in folder.resolve().rglob("*") if file.is_file()]
    return frozenset((file, state.st_mtime_ns, state.st_size) for file, state in files)
