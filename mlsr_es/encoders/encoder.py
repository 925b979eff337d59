"""An encoder: one side of a bi-encoder. It turns texts, images or both into term weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

import torch
from torch import Tensor, nn

from mlsr_es.encoders.heads import MlmHead, MlpHead, looked_up

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from mlsr_es.encoders.text_batch import TextBatch


class ImageBackbone(nn.Module):
    """A vision model of ``transformers`` (including timm's) and a projection into the text backbone's space.

    Args:
        vision: A model whose ``last_hidden_state`` has shape (batch, patches, size) or (batch, size, height, width).
        size: The size of a patch's embedding.
        hidden_size: The hidden size of the text backbone.
        pooled: Whether the mean over the patches replaces them, as one patch.
    """

    def __init__(self, vision: PreTrainedModel, size: int, hidden_size: int, *, pooled: bool) -> None:
        super().__init__()
        self.vision = vision
        self.project = nn.Sequential(nn.Linear(size, hidden_size), nn.LayerNorm(hidden_size))
        self.pooled = pooled

    def forward(self, pixels: Tensor) -> Tensor:
        """Compute patches in the text backbone's space.

        Args:
            pixels: Float, shape (batch, 3, height, width), from the model's image processor; or the features of such
                pixels, shape (batch, patches, size).

        Returns:
            Float, shape (batch, patches, hidden_size).
        """
        states = pixels if pixels.ndim == 3 else self.features(pixels)  # noqa: PLR2004
        return cast("Tensor", self.project(states))

    def features(self, pixels: Tensor) -> Tensor:
        """Compute the output of the vision model; if it is frozen, the features can be computed once and kept.

        Args:
            pixels: Float, shape (batch, 3, height, width).

        Returns:
            Float, shape (batch, patches, size); one patch if the patches are pooled.
        """
        states: Tensor = self.vision(pixel_values=pixels).last_hidden_state
        if states.ndim == 4:  # noqa: PLR2004 - a convolutional model's map of features
            states = states.flatten(2).transpose(1, 2)
        return states.mean(dim=1, keepdim=True) if self.pooled else states


class Encoder(nn.Module):
    """A text backbone, an image backbone or both, and a head.

    With both, image patches follow the caption's tokens through the text backbone, so that the image changes the
    tokens' weights while the tokens keep their positions (M4).

    Args:
        head: MLP or MLM.
        text: A BERT-like backbone; None if only images are read.
        image: An image backbone; None if only text is read.
        fields: The names of the text's fields; the logits of each have a learned factor, initially 1.
    """

    def __init__(
        self,
        head: MlpHead | MlmHead,
        *,
        text: PreTrainedModel | None,
        image: ImageBackbone | None,
        fields: tuple[str, ...] = (),
    ) -> None:
        super().__init__()
        if text is None and image is None:
            raise ValueError("an encoder reads text, images or both")
        self.head = head
        self.text = text
        self.image = image
        self.fields = fields
        self.log_scales = nn.Parameter(torch.zeros(len(fields)))

    def set_field_scales(self, scales: Mapping[str, float]) -> None:
        """Set the factors of some fields; other fields keep theirs.

        Args:
            scales: Field name to a factor above 0.
        """
        with torch.no_grad():
            for name, scale in scales.items():
                self.log_scales[self.fields.index(name)] = torch.tensor(scale).log()

    def forward(self, text: TextBatch | None = None, pixels: Tensor | None = None) -> Tensor:
        """Compute term weights, one row a window (or one row an image, if no text is read).

        Args:
            text: Windows; None for an encoder that reads only images.
            pixels: Float, shape (windows, 3, height, width), or features of shape (windows, patches, size); None
                for an encoder that reads only text.

        Returns:
            Float at least 0, shape (windows, vocabulary size).
        """
        patches = self._patches(pixels)
        if self.text is None or text is None:
            patches = cast("Tensor", patches)
            counted = torch.ones(patches.shape[:2], dtype=torch.bool, device=patches.device)
            return cast("Tensor", self.head(patches, counted, counted.to(patches.dtype)))

        hidden = self.hidden_states(text, patches)
        scales = self.scales(text)
        if isinstance(self.head, MlpHead):
            tokens = hidden[:, : text.token_ids.shape[1]]
            return cast("Tensor", self.head(tokens, text.content, scales, text.token_ids))
        counted = text.attended
        if patches is not None:
            ones = torch.ones(patches.shape[:2], dtype=torch.bool, device=patches.device)
            counted = torch.cat([counted, ones], dim=1)
            scales = torch.cat([scales, ones.to(scales.dtype)], dim=1)
        return cast("Tensor", self.head(hidden, counted, scales))

    def token_weights(self, text: TextBatch, pixels: Tensor | None = None, mask: Tensor | None = None) -> Tensor:
        """Compute the weight that an MLP head gives each token of texts.

        Args:
            text: Windows.
            pixels: As in ``forward``.
            mask: As in ``hidden_states``.

        Returns:
            Float at least 0, shape (windows, length); 0 for special tokens, unknown words and padding.
        """
        head, patches = cast("MlpHead", self.head), self._patches(pixels)
        hidden = self.hidden_states(text, patches, mask)
        tokens = hidden if patches is None else hidden[:, : text.token_ids.shape[1]]
        return head.token_weights(tokens, text.content, self.scales(text), text.token_ids)

    def _patches(self, pixels: Tensor | None) -> Tensor | None:
        return self.image(pixels) if self.image is not None and pixels is not None else None

    def scales(self, text: TextBatch) -> Tensor:
        """The factor of each token's logits, by its field: float, shape (windows, length)."""
        return looked_up(torch.cat([self.log_scales.new_ones(1), self.log_scales.exp()]), text.fields + 1)

    def hidden_states(self, text: TextBatch, patches: Tensor | None = None, mask: Tensor | None = None) -> Tensor:
        """Compute hidden states of the tokens, then of the patches.

        Args:
            text: Windows.
            patches: Float, shape (windows, patches, hidden size); None for none.
            mask: What is added to the logits of the backbone's attention, float, shape (windows, 1, 1, length); None
                where the backbone makes it of ``text``, as with patches.

        Returns:
            Float, shape (windows, length + patches, hidden size).
        """
        backbone = cast("PreTrainedModel", self.text)
        inputs: dict[str, Any] = {"attention_mask": text.attended.long() if mask is None else mask}
        if getattr(backbone.config, "type_vocab_size", 0) > 1:
            inputs["token_type_ids"] = text.token_types
        if patches is None:
            inputs["input_ids"] = text.token_ids
        else:
            words = backbone.get_input_embeddings()(text.token_ids)
            inputs["inputs_embeds"] = torch.cat([words, patches], dim=1)
            ones = torch.ones(patches.shape[:2], dtype=torch.long, device=patches.device)
            inputs["attention_mask"] = torch.cat([inputs["attention_mask"], ones], dim=1)
            if "token_type_ids" in inputs:
                inputs["token_type_ids"] = torch.cat([inputs["token_type_ids"], torch.zeros_like(ones)], dim=1)
        return cast("Tensor", backbone(**inputs).last_hidden_state)
