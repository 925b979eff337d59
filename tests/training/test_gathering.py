"""Negatives across devices: two processes together learn what one with both batches would."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import torch

from mlsr_es.training.gathering import first_row, gathered
from mlsr_es.training.losses import info_nce, known_relevant

_TWO_PROCESSES = """
import os, sys
import torch
from torch import distributed
from mlsr_es.training.gathering import first_row, gathered
from mlsr_es.training.losses import info_nce, known_relevant

rank, folder = int(sys.argv[1]), sys.argv[2]
distributed.init_process_group("gloo", init_method=f"file://{folder}/meet", rank=rank, world_size=2)
torch.manual_seed(1)
queries, documents = torch.randn(4, 5), torch.randn(6, 5)
own = documents[rank * 3 : rank * 3 + 3].clone().requires_grad_()
candidates, numbers = gathered(own), gathered(torch.arange(rank * 3, rank * 3 + 3))
positives = torch.tensor([0, 2]) + first_row(3)
relevant = torch.tensor([[rank * 3, 5], [rank * 3 + 2, -1]])
scores = queries[rank * 2 : rank * 2 + 2] @ candidates.T
info_nce(scores, positives, known_relevant(numbers, relevant)).backward()
torch.save(own.grad, f"{folder}/{rank}.pt")
distributed.destroy_process_group()
"""


def test_two_devices_contrast_as_one_would(tmp_path: Path) -> None:
    """Gradients of all images, those of the other process among them, up to the mean over the processes."""
    torch.manual_seed(1)
    queries, documents = torch.randn(4, 5), torch.randn(6, 5).requires_grad_()
    relevant = torch.tensor([[0, 5], [2, -1], [3, 5], [5, -1]])
    masked = known_relevant(torch.arange(6), relevant)
    info_nce(queries @ documents.T, torch.tensor([0, 2, 3, 5]), masked).backward()

    command = [sys.executable, "-c", _TWO_PROCESSES]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    started = [subprocess.Popen([*command, str(rank), str(tmp_path)], env=environment) for rank in range(2)]
    assert [process.wait(timeout=120) for process in started] == [0, 0]
    found = torch.cat([torch.load(tmp_path / f"{rank}.pt") for rank in range(2)]) / 2
    assert documents.grad is not None
    torch.testing.assert_close(found, documents.grad)


def test_one_device_has_nothing_to_gather() -> None:
    """The tensor itself."""
    tensor = torch.ones(2, 3)
    assert gathered(tensor) is tensor
    assert first_row(3) == 0
