"""Heads: from hidden states to term weights (arXiv 2402.07736, section 3; SPLADE, arXiv 2107.05720, equation 6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from mlsr_es.encoders.highest_logits import folded_in, highest_logits

_FUNCTION_SCALE = 0.1
"""The factor of function words before training."""


def term_weight(logits: Tensor) -> Tensor:
    """Compute ``log(1 + relu(logits))``, the last step of both heads; any shape, which the result keeps."""
    return torch.log1p(torch.relu(logits))


def looked_up(table: Tensor, places: Tensor) -> Tensor:
    """The numbers of a table, shape (n,), at some places, int64 in [0, n); any shape, which the result keeps.

    ``table[places]`` is the same. In an ONNX graph it is eight operations, and this is two.
    """
    return functional.embedding(places, table[:, None]).squeeze(-1)


class MlpHead(nn.Module):
    """One weight per input token, ``log(1 + relu(w . h_t + b))``: no expansion.

    With ``frequencies``, ``h_t`` has two more numbers, which a backbone cannot know: the logarithm of how often the
    word piece occurs in the input, and its rarity in the captions of a collection. BM25 weights words by these two.
    For a word that the training data lack, they are the only evidence.

    With ``function_words``, the logits of function words and punctuation have a learned factor. Captions rarely contain
    "how" or "?", so they seem to be rare words, and would decide what a short question finds.

    Args:
        hidden_size: The size of a hidden state.
        vocabulary_size: The number of terms.
        frequencies: Whether the head reads the two numbers.
        function_words: Whether the head has this factor.
    """

    rarity: Tensor
    """Float in [0, 1], shape (vocabulary_size,): how rare each term is; exists only with ``frequencies``."""
    function_words: Tensor | None
    """Bool, shape (vocabulary_size,): the terms that the learned factor applies to; None without ``function_words``."""

    def __init__(
        self,
        hidden_size: int,
        vocabulary_size: int,
        *,
        frequencies: bool = False,
        function_words: bool = False,
    ) -> None:
        super().__init__()
        self.vocabulary_size = vocabulary_size
        self.frequencies = frequencies
        self.register_buffer(
            "function_words", torch.zeros(vocabulary_size, dtype=torch.bool) if function_words else None
        )
        if function_words:
            self.log_function_scale = nn.Parameter(torch.tensor(_FUNCTION_SCALE).log())
        self.weigh = nn.Linear(hidden_size + (2 if frequencies else 0), 1)
        if frequencies:
            self.register_buffer("rarity", torch.ones(vocabulary_size))
        nn.init.ones_(self.weigh.bias)  # a token with a logit below 0 has no gradient, so all logits start above 0

    def forward(self, hidden: Tensor, mask: Tensor, scale: Tensor, token_ids: Tensor) -> Tensor:
        """Weight the input's tokens; a word piece that occurs several times keeps its largest weight.

        Args:
            hidden: Float, shape (batch, length, hidden_size).
            mask: Bool, shape (batch, length): True for the tokens of the text, neither padding nor special tokens.
            scale: Float above 0, shape (batch, length): the factor of each token's logit, by its field.
            token_ids: int64, shape (batch, length), each in [0, vocabulary_size).

        Returns:
            Float at least 0, shape (batch, vocabulary_size); 0 for each term that is not in the input.
        """
        weights = self.token_weights(hidden, mask, scale, token_ids)
        terms = weights.new_zeros(hidden.shape[0], self.vocabulary_size)
        return terms.scatter_reduce(1, token_ids, weights, reduce="amax")

    def token_weights(self, hidden: Tensor, mask: Tensor, scale: Tensor, token_ids: Tensor) -> Tensor:
        """Compute the weight of each token, float at least 0, shape (batch, length); arguments as in ``forward``."""
        if self.frequencies:
            repeated = hidden.new_zeros(hidden.shape[0], self.vocabulary_size)
            repeated = repeated.scatter_add(1, token_ids, mask.to(hidden.dtype)).gather(1, token_ids)
            told = torch.stack(
                [repeated.clamp(min=1).log(), looked_up(self.rarity, token_ids).to(hidden.dtype)], dim=-1
            )
            hidden = torch.cat([hidden, told], dim=-1)
        if self.function_words is not None:
            is_function = looked_up(self.function_words.to(scale.dtype), token_ids)
            scale = scale * (self.log_function_scale * is_function).exp()
        return term_weight(self.weigh(hidden).squeeze(-1) * scale) * mask


def rarity(counts: Mapping[int, int], documents: int, vocabulary_size: int) -> Tensor:
    """Compute BM25's inverse document frequency, ``log(1 + (N - n + .5) / (n + .5))``, divided by its largest value.

    Args:
        counts: Term id to the number of documents that contain the term, for terms that occur.
        documents: The number of documents.
        vocabulary_size: The number of terms.

    Returns:
        Float32 in (0, 1], shape (vocabulary_size,); 1 for terms that no document contains.
    """
    found = torch.zeros(vocabulary_size)
    for term_id, count in counts.items():
        found[term_id] = count
    scores = torch.log1p((documents - found + 0.5) / (found + 0.5))
    return scores / torch.log1p(torch.tensor((documents + 0.5) / 0.5))


class MlmHead(nn.Module):
    """Weights for the whole vocabulary, ``max_t log(1 + relu(E . f(h_t) + b))``: expansion.

    ``f`` is the transform of a masked language model (dense, activation, layer norm), ``E`` its output embeddings.

    Args:
        hidden_size: The size of a hidden state.
        vocabulary_size: The number of terms.
        activation: The transform's activation.
        epsilon: The epsilon of the layer norm.
        positions_at_once: How many positions' logits are held at a time in training. Memory is batch x
            positions_at_once x vocabulary_size instead of batch x length x vocabulary_size; with fewer positions the
            backward pass has more steps to keep.
    """

    def __init__(
        self,
        hidden_size: int,
        vocabulary_size: int,
        *,
        activation: nn.Module | None = None,
        epsilon: float = 1e-12,
        positions_at_once: int = 8,
    ) -> None:
        super().__init__()
        self.dense = nn.Linear(hidden_size, hidden_size)
        self.activation = activation or nn.GELU()
        self.norm = nn.LayerNorm(hidden_size, eps=epsilon)
        self.decoder = nn.Linear(hidden_size, vocabulary_size)
        self.positions_at_once = positions_at_once

    def forward(self, hidden: Tensor, mask: Tensor, scale: Tensor, token_ids: Tensor | None = None) -> Tensor:
        """Pool over the positions by a running maximum of raw logits, with one saturation at the end.

        The saturation is monotonic and the scale positive, so this equals the maximum of the saturated logits.

        Args:
            hidden: Float, shape (batch, length, hidden_size): states of text tokens, of image patches, or of both.
            mask: Bool, shape (batch, length): True for the positions to pool over.
            scale: Float above 0, shape (batch, length): the factor of each position's logits, by its field.
            token_ids: Not used: an expansion does not depend on which tokens are in the input.

        Returns:
            Float at least 0, shape (batch, vocabulary_size); all 0 in a row whose mask is empty.
        """
        del token_ids
        transformed = self.norm(self.activation(self.dense(hidden)))
        factors = scale * mask
        if not torch.is_grad_enabled():
            return term_weight(highest_logits(transformed, factors, self.decoder.weight, self.decoder.bias))
        folded, weight = folded_in(transformed, factors, self.decoder.weight, self.decoder.bias)
        highest: Tensor = hidden.new_zeros(hidden.shape[0], self.decoder.out_features)  # relu raises lower values to 0
        for start in range(0, hidden.shape[1], self.positions_at_once):
            logits = functional.linear(folded[:, start : start + self.positions_at_once], weight)
            # max keeps only indices for the backward pass; amax would keep the logits
            highest = torch.maximum(highest, logits.max(dim=1).values)
        return term_weight(highest)


_MLM_HEADS = {
    # model_type: dense, layer norm, output embeddings
    "bert": ("cls.predictions.transform.dense", "cls.predictions.transform.LayerNorm", "cls.predictions.decoder"),
    "distilbert": ("vocab_transform", "vocab_layer_norm", "vocab_projector"),
    "electra": ("generator_predictions.dense", "generator_predictions.LayerNorm", "generator_lm_head"),
    "modernbert": ("head.dense", "head.norm", "decoder"),
    "mpnet": ("lm_head.dense", "lm_head.layer_norm", "lm_head.decoder"),
    "roberta": ("lm_head.dense", "lm_head.layer_norm", "lm_head.decoder"),
    "xlm-roberta": ("lm_head.dense", "lm_head.layer_norm", "lm_head.decoder"),
}
"""The parts of the head in masked language models of ``transformers``, by ``config.model_type``."""


def has_mlm_head(model_type: str) -> bool:
    """Whether the MLM head of a checkpoint of this type can be reused."""
    return model_type in _MLM_HEADS


def mlm_head_of(model: nn.Module, model_type: str, *, activation: str) -> MlmHead:
    """Make an MLM head from a masked language model; the two share their tensors.

    Args:
        model: A model from ``AutoModelForMaskedLM``.
        model_type: The model's ``config.model_type``, one for which ``has_mlm_head`` is true.
        activation: The name of the transform's activation, as ``transformers`` calls it.
    """
    dense, norm, decoder = (model.get_submodule(name) for name in _MLM_HEADS[model_type])
    decoder = cast("nn.Linear", decoder)
    head = MlmHead(decoder.in_features, decoder.out_features, activation=activation_named(activation))
    head.dense, head.norm, head.decoder = cast("nn.Linear", dense), cast("nn.LayerNorm", norm), decoder
    return head


def activation_named(name: str) -> nn.Module:
    """The activation that a backbone's configuration names (``hidden_act``).

    Args:
        name: The name in ``transformers``: "gelu", "relu", "gelu_new"...
    """
    if name == "gelu":
        return nn.GELU()
    from transformers.activations import ACT2FN

    return cast("nn.Module", ACT2FN[name])
