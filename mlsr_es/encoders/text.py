"""Text as a backbone reads it: separate fields, cut into windows and padded to batches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import torch
from torch import Tensor

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

_NO_FIELD = -1
"""The field of special tokens, padding and unknown words (these share one token, which is not a term)."""


@dataclass(frozen=True, slots=True)
class Window:
    """A piece of text that fits the backbone: ``[CLS] field [SEP] field [SEP]``.

    Args:
        token_ids: Word pieces with special tokens.
        fields: For each word piece, the place of its field in the reader's list; -1 for special tokens and unknown
            words.
    """

    token_ids: list[int]
    fields: list[int]

    def __len__(self) -> int:
        return len(self.token_ids)


class FieldReader:
    """Cuts the fields of a record into windows.

    Args:
        tokenizer: A fast word-piece tokenizer with CLS and SEP tokens (BERT-like).
        token_types: The names of the fields, in order, each with its token type.
        max_length: The most word pieces of a window, special tokens included; at least 8.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerFast, token_types: Mapping[str, int], max_length: int) -> None:
        self.tokenizer = tokenizer
        self.names = tuple(token_types)
        self.max_length = max_length
        # The last entry, at index -1, is for special tokens.
        self._token_types = torch.tensor([*token_types.values(), 0])
        self._start, self._end = int(tokenizer.cls_token_id), int(tokenizer.sep_token_id)
        self._padding = int(tokenizer.pad_token_id or 0)
        self._unknown = tokenizer.unk_token_id

    def windows(self, texts: Mapping[str, str]) -> list[Window]:
        """Cut a record into windows, at least one (the window of an empty record is CLS and SEP).

        If the record is too long for one window, every window begins with all fields but the last, cut to half of the
        window. The last field is spread over as many windows as it needs, cut where a word begins.

        Args:
            texts: Field name to text; fields that the reader does not have are ignored, and so are empty texts.
        """
        parts: list[tuple[int, list[int], list[int | None]]] = []
        for place, name in enumerate(self.names):
            if text := texts.get(name, ""):
                # verbose=False: the tokenizer's warning about length does not apply, since windows follow
                encoded = self.tokenizer(text, add_special_tokens=False, verbose=False)
                parts.append((place, encoded["input_ids"], encoded.word_ids()))
        total = 1 + sum(len(token_ids) + 1 for _, token_ids, _ in parts)
        if total <= self.max_length or not parts:
            return [self._window([(place, token_ids) for place, token_ids, _ in parts])]

        *lead, (last_place, last_ids, words) = parts
        room = self.max_length // 2 - 1
        kept: list[tuple[int, list[int]]] = []
        for place, token_ids, _ in lead:
            cut = token_ids[: max(room - 1, 0)]
            if cut:
                kept.append((place, cut))
                room -= len(cut) + 1
        size = self.max_length - 2 - sum(len(token_ids) + 1 for _, token_ids in kept)
        return [
            self._window([*kept, (last_place, last_ids[start:end])]) for start, end in _cuts(words, len(last_ids), size)
        ]

    def _window(self, parts: Sequence[tuple[int, list[int]]]) -> Window:
        token_ids, fields = [self._start], [_NO_FIELD]
        for place, ids in parts:
            token_ids += [*ids, self._end]
            fields += [_NO_FIELD if token_id == self._unknown else place for token_id in ids] + [_NO_FIELD]
        if not parts:
            token_ids.append(self._end)
            fields.append(_NO_FIELD)
        return Window(token_ids, fields)

    def batch(self, windows: Sequence[Window], device: torch.device) -> TextBatch:
        """Make tensors of windows, padded to the longest."""
        length = max(map(len, windows))
        token_ids = torch.tensor([w.token_ids + [self._padding] * (length - len(w)) for w in windows])
        fields = torch.tensor([w.fields + [_NO_FIELD] * (length - len(w)) for w in windows])
        attended = torch.arange(length)[None] < torch.tensor([len(w) for w in windows])[:, None]
        return TextBatch(token_ids, attended, self._token_types[fields], fields).to(device)

    def recognises(self, texts: Mapping[str, str]) -> bool:
        """Whether the vocabulary has any word piece of the texts."""
        return bool(self.terms(texts))

    def terms(self, texts: Mapping[str, str]) -> frozenset[int]:
        """The term ids of the texts' word pieces, without special tokens and unknown words."""
        return frozenset(
            token_id
            for window in self.windows(texts)
            for token_id, field in zip(window.token_ids, window.fields, strict=True)
            if field != _NO_FIELD
        )

    def pieces(self, texts: Mapping[str, str]) -> list[str]:
        """The fields' word pieces in order, without unknown words."""
        return [
            piece
            for name in self.names
            for piece in self.tokenizer.tokenize(texts.get(name, ""))
            if piece != self.tokenizer.unk_token
        ]


def _cuts(words: Sequence[int | None], count: int, size: int) -> list[tuple[int, int]]:
    """Cut ``count`` word pieces into ranges of at most ``size``, at the beginning of a word if one is near."""
    cuts, start = [], 0
    while count - start > size:
        end = start + size
        while end > start + size // 2 and words[end] is not None and words[end] == words[end - 1]:
            end -= 1
        cuts.append((start, end))
        start = end
    return [*cuts, (start, count)]


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

    @property
    def content(self) -> Tensor:
        """Bool, shape (windows, length): True for tokens of the text, neither special nor padding."""
        return self.fields != _NO_FIELD

    def to(self, device: torch.device) -> Self:
        """Copy the batch to a device."""
        return type(self)(
            self.token_ids.to(device), self.attended.to(device), self.token_types.to(device), self.fields.to(device)
        )
