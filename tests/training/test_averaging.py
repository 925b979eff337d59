"""The moving average of weights, by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn
from transformers import TrainerControl, TrainerState, TrainingArguments

from mlsr_es.training.averaging import Average


@pytest.fixture
def line() -> nn.Linear:
    """One weight, 1."""
    layer = nn.Linear(1, 1, bias=False)
    nn.init.ones_(layer.weight)
    return layer


def step(average: Average, number: int, folder: Path) -> None:
    arguments = TrainingArguments(output_dir=str(folder), use_cpu=True, report_to="none")
    average.on_step_end(arguments, TrainerState(global_step=number), TrainerControl())


def test_the_average_follows_slowly_and_leaves_the_model_alone(line: nn.Linear, tmp_path: Path) -> None:
    """First 1, then a half of 1 and a half of 3; the model has 3 before and after."""
    average = Average(line, 0.5)
    step(average, 90, tmp_path)
    nn.init.constant_(line.weight, 3.0)
    step(average, 91, tmp_path)
    with average.in_place():
        assert line.weight.item() == pytest.approx(2.0)
    assert line.weight.item() == pytest.approx(3.0)


def test_a_saved_average_is_gone_on_with(line: nn.Linear, tmp_path: Path) -> None:
    """Through a file."""
    average, again = Average(line, 0.5), Average(line, 0.5)
    step(average, 90, tmp_path)
    average.save(tmp_path)
    again.load(tmp_path)
    nn.init.constant_(line.weight, 3.0)
    again.keep()
    torch.testing.assert_close(line.weight.detach(), torch.ones(1, 1))
