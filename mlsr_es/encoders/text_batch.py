"""Windows as tensors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import torch
from torch import Tensor

from mlsr_es.encoders.text import NO_FIELD, WindowBatch

_CPU = torch.device("cpu")


@dataclass(frozen=True, slots=True)
class TextBatch:
    """Windows as tensors, all of shape (windows, length).

    Args:
        token_ids: Word pieces, int64.
        attended: Bool; False for padding.
        token_types: The token type of each token's field, int64, 0 or 1.
        fields: The place of each token's field, int64; -1 for special tokens, unknown words and padding.
    """

    token_ids: Tensor
    attended: Tensor
    token_types: Tensor
    fields: Tensor

    @classmethod
    def of(cls, batch: WindowBatch, device: torch.device = _CPU) -> Self:
        """Make tensors of arrays."""
        arrays = (batch.token_ids, batch.attended, batch.token_types, batch.fields)
        return cls(*(torch.from_numpy(array) for array in arrays)).to(device)

    @property
    def content(self) -> Tensor:
        """Bool, shape (windows, length): True for tokens of the text, neither special nor padding."""
        return self.fields != NO_FIELD

    def to(self, device: torch.device) -> Self:
        """Copy the batch to a device."""
        return type(self)(
            self.token_ids.to(device), self.attended.to(device), self.token_types.to(device), self.fields.to(device)
        )
