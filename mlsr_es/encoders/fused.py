"""The largest logit of each term by one Triton kernel: products and maximum together, so that no logits are stored.

The form is that of Sparton (arXiv 2603.25011). Positions are taken in chunks of 16, of one text each; the maximum over
a chunk is taken where its logits were computed, and only that is written.
"""

from __future__ import annotations

import torch
import triton
import triton.language as tl
from torch import Tensor
from torch.nn import functional

CHUNK = 16
"""Positions of which the maximum is taken before anything is written."""

POSITIONS = 128
"""Positions of a tile, in chunks that may be of several texts."""

TERMS = 128
"""Terms of a tile."""

STATE = 64
"""Numbers of a state that are multiplied at a time."""

OPTIONS = {"num_warps": 8, "enable_fp_fusion": True}
"""How it is compiled; what is left out here, Triton warns of."""


@triton.jit  # type: ignore[untyped-decorator]
def kernel(  # type: ignore[no-untyped-def]
    states,
    factors,
    weight,
    bias,
    rows,
    highest,
    size,
    terms,
    tile_positions: tl.constexpr,
    tile_terms: tl.constexpr,
    tile_state: tl.constexpr,
    chunk: tl.constexpr,
    precision: tl.constexpr,
):
    """Raise ``highest`` to the logits of a tile of positions by a tile of terms; a program a tile.

    Args:
        states: Pointer to the states of the positions, contiguous, shape (positions, size).
        factors: Pointer to the factor of each position; 0 where none is to be pooled.
        weight: Pointer to the output embeddings, contiguous, shape (terms, size).
        bias: Pointer to the bias of each term.
        rows: Pointer to the row of each chunk, int32; -1 for none.
        highest: Pointer to the result, float32, contiguous, shape (rows, terms).
        size: The size of a state.
        terms: The number of terms.
        tile_positions: Positions of a tile.
        tile_terms: Terms of a tile.
        tile_state: Numbers of a state that are multiplied at a time.
        chunk: Positions of a chunk.
        precision: How float32 is multiplied, as ``tl.dot`` takes it.
    """
    positions = tl.program_id(0) * tile_positions + tl.arange(0, tile_positions)
    columns = tl.program_id(1) * tile_terms + tl.arange(0, tile_terms)
    known = columns < terms
    logits = tl.zeros((tile_positions, tile_terms), dtype=tl.float32)
    for start in range(0, size, tile_state):
        part = start + tl.arange(0, tile_state)
        left = tl.load(states + positions[:, None] * size + part[None, :], mask=part[None, :] < size, other=0.0)
        inside = known[None, :] & (part[:, None] < size)
        right = tl.load(weight + columns[None, :] * size + part[:, None], mask=inside, other=0.0)
        logits = tl.dot(left, right, logits, input_precision=precision)
    added = tl.load(bias + columns, mask=known, other=0.0)
    factor = tl.load(factors + positions)
    logits = (logits + added[None, :].to(tl.float32)) * factor[:, None].to(tl.float32)
    found = tl.max(tl.reshape(logits, (tile_positions // chunk, chunk, tile_terms)), axis=1)
    chunks = tl.program_id(0) * (tile_positions // chunk) + tl.arange(0, tile_positions // chunk)
    row = tl.load(rows + chunks)
    place = highest + row[:, None] * terms + columns[None, :]
    tl.atomic_max(place, tl.maximum(found, 0.0), mask=(row[:, None] >= 0) & known[None, :], sem="relaxed")


def fused_highest_logits(states: Tensor, factors: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """The largest logit of each term over the positions of each text, and at least 0.

    Args:
        states: Float, shape (batch, length, size), on a CUDA device.
        factors: Float at least 0, shape (batch, length): of each position's logits; 0 where it is not pooled.
        weight: Float, shape (vocabulary_size, size).
        bias: Float, shape (vocabulary_size,).

    Returns:
        Float32 at least 0, shape (batch, vocabulary_size).
    """
    batch, length, size = states.shape
    over = -length % CHUNK
    factors = functional.pad(factors, (0, over)).view(batch, -1, CHUNK)
    rows, chunks = factors.any(dim=-1).nonzero(as_tuple=True)
    highest = torch.zeros(batch, len(weight), dtype=torch.float32, device=states.device)
    if not len(rows):
        return highest
    spare = -len(rows) % (POSITIONS // CHUNK)
    taken = functional.pad(states, (0, 0, 0, over)).view(batch, -1, CHUNK, size)[rows, chunks]
    grid = (triton.cdiv(len(rows) * CHUNK, POSITIONS), triton.cdiv(len(weight), TERMS))
    exact = torch.get_float32_matmul_precision() == "highest"
    kernel[grid](
        functional.pad(taken, (0, 0, 0, 0, 0, spare)),
        functional.pad(factors[rows, chunks], (0, 0, 0, spare)),
        weight.contiguous(),
        bias,
        functional.pad(rows.int(), (0, spare), value=-1),
        highest,
        size,
        len(weight),
        tile_positions=POSITIONS,
        tile_terms=TERMS,
        tile_state=STATE,
        chunk=CHUNK,
        precision="ieee" if exact else "tf32",
        **OPTIONS,
    )
    return highest
