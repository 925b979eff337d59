"""Gather tensors from all devices, so that the images of every device are negatives of each query."""

from __future__ import annotations

from typing import Any, cast

import torch
from torch import Tensor, distributed


def gathered(tensor: Tensor) -> Tensor:
    """Join the rows of all devices, in the order of their ranks; gradients flow back to each row's device.

    Args:
        tensor: Any type, the same shape on every device.

    Returns:
        Shape (devices x rows, ...); the tensor itself if there is only one device.
    """
    if not is_distributed():
        return tensor
    return cast("Tensor", _Gathered.apply(tensor.contiguous()))


class _Gathered(torch.autograd.Function):
    """Forward: the rows of all devices. Backward: the sum of all devices' gradients of this device's rows."""

    @staticmethod
    def forward(context: Any, tensor: Tensor) -> Tensor:
        context.rows = len(tensor)
        parts = [torch.empty_like(tensor) for _ in range(distributed.get_world_size())]
        distributed.all_gather(parts, tensor)
        return torch.cat(parts)

    @staticmethod
    def backward(context: Any, *gradients: Tensor) -> Tensor:
        total = gradients[0].contiguous()
        distributed.all_reduce(total)
        start = first_row(context.rows)
        return total[start : start + context.rows]


def first_row(rows: int) -> int:
    """The place of this device's first row among the gathered rows.

    Args:
        rows: The number of rows of each device.
    """
    return rows * distributed.get_rank() if is_distributed() else 0


def is_distributed() -> bool:
    """Whether several processes train together."""
    return distributed.is_available() and distributed.is_initialized()
