"""Averaged weights: the model that is validated and kept is a moving average of the last steps' models.

References:
    Izmailov et al., *Averaging Weights Leads to Wider Optima and Better Generalization*, arXiv 1803.05407.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import nn
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

FILE = "averaged.safetensors"
_WARMUP = 10


class Average(TrainerCallback):
    """The moving average of a model's trained weights.

    Args:
        model: Whose weights change under it.
        decay: How much of the average stays at each step, in (0, 1); less at first: (1 + step) / (10 + step).
    """

    def __init__(self, model: nn.Module, decay: float) -> None:
        self._model = model
        self._decay = decay
        self._average: dict[str, torch.Tensor] = {}

    @torch.no_grad()
    def on_step_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: object) -> None:
        """A step is done."""
        del args, control
        decay = min(self._decay, (1 + state.global_step) / (_WARMUP + state.global_step))
        for name, value in self._trained().items():
            if name in self._average:
                self._average[name].lerp_(value, 1 - decay)
            else:
                self._average[name] = value.clone()

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """The model has the averaged weights, and afterwards its own again."""
        own = {name: value.clone() for name, value in self._trained().items()}
        self._put(self._average)
        try:
            yield
        finally:
            self._put(own)

    def save(self, folder: Path) -> None:
        """Beside a checkpoint."""
        save_file(self._average, folder / FILE)

    def load(self, folder: Path) -> None:
        """What ``save`` wrote, to be gone on with."""
        self._average = {name: value.to(self._device) for name, value in load_file(folder / FILE).items()}

    def keep(self) -> None:
        """The model has the averaged weights from now on."""
        self._put(self._average)

    @property
    def _device(self) -> torch.device:
        return next(self._model.parameters()).device

    def _trained(self) -> dict[str, torch.Tensor]:
        return {name: one.detach() for name, one in self._model.named_parameters() if one.requires_grad}

    @torch.no_grad()
    def _put(self, values: dict[str, torch.Tensor]) -> None:
        for name, value in self._trained().items():
            if name in values:
                value.copy_(values[name])
