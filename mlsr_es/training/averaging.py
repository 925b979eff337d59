"""Averaged weights: a moving average of the weights after each step is validated and kept.

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
    """Keeps the moving average of a model's trained weights.

    Args:
        model: The model that is trained.
        decay: The share of the old average that stays at each step, in (0, 1); in the first steps the lower value
            (1 + step) / (10 + step) is used.
    """

    def __init__(self, model: nn.Module, decay: float) -> None:
        self._model = model
        self._decay = decay
        self._average: dict[str, torch.Tensor] = {}

    @torch.no_grad()
    def on_step_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: object) -> None:
        """Update the average after a step."""
        del args, control
        decay = min(self._decay, (1 + state.global_step) / (_WARMUP + state.global_step))
        for name, value in self._trained().items():
            if name in self._average:
                self._average[name].lerp_(value, 1 - decay)
            else:
                self._average[name] = value.clone()

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """A context in which the model has the averaged weights; afterwards it has its own again."""
        own = {name: value.clone() for name, value in self._trained().items()}
        self._put(self._average)
        try:
            yield
        finally:
            self._put(own)

    def save(self, folder: Path) -> None:
        """Write the average into a checkpoint's folder."""
        save_file(self._average, folder / FILE)

    def load(self, folder: Path) -> None:
        """Read the average that ``save`` wrote, to continue with it."""
        self._average = {name: value.to(self._device) for name, value in load_file(folder / FILE).items()}

    def keep(self) -> None:
        """Put the averaged weights into the model for good."""
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
