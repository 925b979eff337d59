"""The largest logit of each term over the positions of a text: what an MLM head is made of when it only encodes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from time import perf_counter

import torch
from torch import Tensor

_TILES = {"cpu": (2048, 256), "mps": (8192, 4096), "cuda": (8192, 16384)}
"""The terms and the positions whose logits are held at a time, by device: 2 MiB on a CPU, 512 MiB on CUDA."""

_TRIED = (64, 64)
"""Made-up texts, and positions of each, on which the two ways are compared."""

_ROUNDS = 5

_NEAR = {torch.float32: 1e-3, torch.float16: 1e-2, torch.bfloat16: 5e-2}
"""How far the kernel's logits may be from the tiles', relative to the largest: both round products, each in its way."""

Arguments = tuple[Tensor, Tensor, Tensor, Tensor]
HighestLogits = Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]


def highest_logits(states: Tensor, factors: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Compute ``max_t s_t (E . h_t + b)``; the logits of all positions are never in memory together.

    On CUDA a Triton kernel does it where it gives the same, sooner, on the device at hand.

    Args:
        states: Float, shape (batch, length, size).
        factors: Float at least 0, shape (batch, length): of each position's logits; 0 where it is not pooled.
        weight: Float, shape (vocabulary_size, size).
        bias: Float, shape (vocabulary_size,).

    Returns:
        Float, shape (batch, vocabulary_size). Where all logits are below 0, it is that or 0.
    """
    if states.is_cuda and _kernel_gains(states.device, states.dtype, weight.shape):
        from mlsr_es.encoders.fused import fused_highest_logits

        with torch.cuda.device(states.device):  # Triton takes the current one
            return fused_highest_logits(states, factors, weight, bias).to(states.dtype)
    return tiled_highest_logits(states, factors, weight, bias)


def folded_in(states: Tensor, factors: Tensor, weight: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
    """States and output embeddings whose product has factor and bias: (s h, s) . (E, b) = s (E . h + b)."""
    scale = factors[..., None]
    return torch.cat([states * scale, scale], dim=-1), torch.cat([weight, bias[:, None]], dim=-1)


def tiled_highest_logits(states: Tensor, factors: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """The same tile by tile, on any device; on a CPU each is small enough for the cache.

    Positions after the last one that is pooled are not multiplied, so a batch should be sorted by length.
    """
    states, weight = folded_in(states, factors, weight, bias)
    places = torch.arange(1, factors.shape[1] + 1, device=factors.device)
    lengths = ((factors > 0) * places).amax(dim=1).clamp(min=1).tolist()
    terms, positions = _TILES[states.device.type]
    groups = [
        (slice(start, stop), states[start:stop, :longest].flatten(0, 1), (stop - start, longest))
        for start, stop, longest in _groups(lengths, positions)
    ]
    highest = states.new_empty(len(states), len(weight))
    logits = states.new_empty(max(len(flat) for _, flat, _ in groups) * terms)
    for term in range(0, len(weight), terms):
        tile = weight[term : term + terms].T
        for rows, flat, shape in groups:
            found = torch.mm(flat, tile, out=logits[: len(flat) * tile.shape[1]].view(len(flat), -1))
            torch.amax(found.view(*shape, -1), dim=1, out=highest[rows, term : term + terms])
    return highest


def _groups(lengths: Sequence[int], positions: int) -> Iterator[tuple[int, int, int]]:
    """Split rows into ranges with at most so many positions, or of one row; each with the length of its longest row."""
    start, longest = 0, 0
    for stop, length in enumerate(lengths):
        if stop > start and max(longest, length) * (stop + 1 - start) > positions:
            yield start, stop, longest
            start, longest = stop, 0
        longest = max(longest, length)
    yield start, len(lengths), longest


@lru_cache
def _kernel_gains(device: torch.device, dtype: torch.dtype, shape: torch.Size) -> bool:
    """Whether the kernel gives what the tiles give, sooner: both are tried once for a device and a size of head."""
    try:
        from mlsr_es.encoders.fused import fused_highest_logits
    except ImportError:  # torch brings Triton only on Linux
        return False
    states, factors, weight, bias = (
        torch.rand(size, device=device, dtype=dtype) for size in ((*_TRIED, shape[1]), _TRIED, shape, shape[:1])
    )
    arguments = (states - 0.5, factors, weight - 0.5, bias - 0.5)
    with torch.cuda.device(device):
        return gains(fused_highest_logits, tiled_highest_logits, arguments, torch.cuda.synchronize)


def gains(
    other: HighestLogits,
    usual: HighestLogits,
    arguments: Arguments,
    wait: Callable[[], None],
) -> bool:
    """Whether another way runs on a device, gives what the usual one gives, and gives it sooner.

    Args:
        other: The way that may be taken.
        usual: The way that is right.
        arguments: Those of ``highest_logits``.
        wait: Waits until the device has done what it was given.
    """
    expected = usual(*arguments)
    try:
        found = other(*arguments)
        wait()
    except Exception:  # noqa: BLE001 - a device that its compiler does not know, an old driver: the usual way goes on
        return False
    near = _NEAR.get(expected.dtype, 0.0) * float(expected.abs().max())
    if not torch.allclose(found.clamp(min=0).to(expected.dtype), expected.clamp(min=0), rtol=0, atol=near):
        return False
    return _seconds(other, arguments, wait) < _seconds(usual, arguments, wait)


def _seconds(way: HighestLogits, arguments: Arguments, wait: Callable[[], None]) -> float:
    started = perf_counter()
    for _ in range(_ROUNDS):
        way(*arguments)
    wait()
    return perf_counter() - started
