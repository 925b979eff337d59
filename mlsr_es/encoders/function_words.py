"""Function words and punctuation: terms that say nothing of what an image shows."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from mlsr_es.words import FUNCTION_WORDS

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast


def function_words(tokenizer: PreTrainedTokenizerFast, vocabulary_size: int) -> Tensor:
    """Find the terms that are English function words or consist of punctuation.

    Args:
        tokenizer: A word-piece tokenizer.
        vocabulary_size: The number of terms; at least the tokenizer's.

    Returns:
        Bool, shape (vocabulary_size,).
    """
    found = torch.zeros(vocabulary_size, dtype=torch.bool)
    special = set(tokenizer.all_special_tokens)
    for piece, term_id in tokenizer.get_vocab().items():
        found[term_id] = piece not in special and (piece.lower() in FUNCTION_WORDS or _is_punctuation(piece))
    return found


def _is_punctuation(piece: str) -> bool:
    return all(unicodedata.category(character).startswith("P") for character in piece)
