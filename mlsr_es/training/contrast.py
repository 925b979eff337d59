"""The model during training: a bi-encoder, and the temperature of its scores."""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from typing import NamedTuple

import torch
from torch import Tensor, nn

from mlsr_es.encoders import BiEncoder, TextBatch

_NEW = 0.01
"""How much of the running shares is the present batch's."""


class Encoded(NamedTuple):
    """The vectors of a batch.

    Args:
        queries: Float at least 0, shape (sections, vocabulary size).
        documents: Float at least 0, shape (candidates, vocabulary size).
        temperature: A scalar above 0.
    """

    queries: Tensor
    documents: Tensor
    temperature: Tensor


class Contrast(nn.Module):
    """A bi-encoder with a temperature.

    Args:
        bi_encoder: The model to train.
        temperature: The initial temperature, above 0.
        learned: Whether the temperature is trained too.
        freeze_image: Whether the vision model is not trained.
        dropout: The dropout of all dropout layers, in [0, 1); None for the backbones' own values.
    """

    shares: Tensor

    def __init__(
        self,
        bi_encoder: BiEncoder,
        *,
        temperature: float = 1.0,
        learned: bool = True,
        freeze_image: bool = False,
        dropout: float | None = None,
    ) -> None:
        super().__init__()
        self.bi_encoder = bi_encoder
        self.log_temperature = nn.Parameter(torch.tensor(log(temperature)), requires_grad=learned)
        self.register_buffer("shares", torch.zeros(len(bi_encoder.vocabulary)))
        bi_encoder.requires_grad_(True)
        for parameter in bi_encoder.parameters():
            if not parameter.numel():  # factors of no fields: several devices would wait for their gradients
                parameter.requires_grad_(False)
        for layer in bi_encoder.modules():
            if isinstance(layer, nn.Dropout) and dropout is not None:
                layer.p = dropout
        image = bi_encoder.document.image
        if freeze_image and image is not None:
            image.vision.requires_grad_(False)

    def forward(self, sections: TextBatch, documents: Sequence[tuple[TextBatch | None, Tensor | None]]) -> Encoded:
        """Encode a batch from ``Batches``; a section is one window, and a document its first window."""
        device = self.log_temperature.device
        queries = self.bi_encoder.query(sections.to(device))
        groups = [
            self.bi_encoder.document(text.to(device) if text else None, None if pixels is None else pixels.to(device))
            for text, pixels in documents
        ]
        return Encoded(queries.float(), torch.cat(groups).float(), self.log_temperature.exp())

    def count(self, documents: Tensor) -> None:
        """Take a batch's documents into ``shares``, the running shares of documents that have each term.

        They are those of about the last hundred batches; the paper of DF-FLOPS counts anew every hundred steps.

        Args:
            documents: Float at least 0, shape (candidates, vocabulary size).
        """
        found = (documents.detach() > 0).float().mean(dim=0)
        self.shares.lerp_(found, _NEW if self.shares.any() else 1.0)

    def heads(self) -> list[nn.Parameter]:
        """The parameters that no checkpoint initialises: MLP heads, projection, field factors, temperature."""
        fresh = ("head.weigh.", "image.project.", "log_scales", "log_temperature")
        return [
            parameter
            for name, parameter in self.named_parameters()
            if parameter.requires_grad and any(part in name for part in fresh)
        ]
