"""Text as a backbone reads it: separate fields, cut into windows and padded to batches. Nothing here needs torch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from mlsr_es.errors import ModelError
from mlsr_es.vectors import SparseVectors, Vocabulary

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer
    from transformers import PreTrainedTokenizerFast

NO_FIELD = -1
"""The field of special tokens, padding and unknown words (these share one token, which is not a term)."""
_FOR_THREADS = 500
"""Characters. To wake threads for less takes longer than to cut it: two short queries .15 ms instead of .06."""
_MOST_WITHOUT = 0.02
"""Some backbones have up to a hundred ids that no word piece has, so that their number suits the hardware."""


@dataclass(frozen=True, slots=True)
class WordPieceTokenizer:
    """Cuts texts into word pieces, the terms; a text is neither shortened nor padded.

    Args:
        tokenizer: The tokenizer.
        start: The id of CLS, the first token of a window.
        end: The id of SEP, which ends a field.
        padding: The id of the token that fills up a batch.
        unknown: The id of the token for unknown words; None if there is none.
    """

    tokenizer: Tokenizer
    start: int
    end: int
    padding: int = 0
    unknown: int | None = None

    @classmethod
    def of(cls, tokenizer: PreTrainedTokenizerFast) -> Self:
        """Make one from a fast tokenizer of ``transformers`` with CLS and SEP tokens (BERT-like)."""
        special = (tokenizer.cls_token_id, tokenizer.sep_token_id, tokenizer.pad_token_id or 0, tokenizer.unk_token_id)
        return cls.from_json(tokenizer.backend_tokenizer.to_str(), *special)

    @classmethod
    def from_json(cls, text: str, start: int, end: int, padding: int, unknown: int | None) -> Self:
        """Make one from the content of ``tokenizer.json`` and the ids of the special tokens."""
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_str(text)
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return cls(tokenizer, start, end, padding, unknown)

    def cut(self, text: str) -> Encoding:
        """Cut a text into word pieces, without special tokens."""
        return self.tokenizer.encode(text, add_special_tokens=False)

    def cut_all(self, texts: Sequence[str]) -> list[Encoding]:
        """Cut texts into word pieces, without special tokens, on several threads where there is enough for them."""
        if sum(map(len, texts)) < _FOR_THREADS:
            return [self.cut(text) for text in texts]
        return self.tokenizer.encode_batch(list(texts), add_special_tokens=False)

    def vocabulary(self, size: int) -> Vocabulary:
        """Name the terms by their word pieces. Ids without one, of which some backbones have few, are named ``[no-N]``.

        Args:
            size: The number of terms, which the backbone's output embeddings decide.

        Raises:
            ModelError: More than ``_MOST_WITHOUT`` of the terms have no word piece.
        """
        pieces = {term_id: piece for piece, term_id in self.tokenizer.get_vocab().items()}
        without = size - sum(term_id < size for term_id in pieces)
        if without > _MOST_WITHOUT * size:
            raise ModelError(
                f"the tokenizer has no word piece for {without:,} of the model's {size:,} terms.",
                advice="It is another model's, or damaged. Fetch the model again.",
            )
        return Vocabulary(tuple(pieces.get(term_id, f"[no-{term_id}]") for term_id in range(size)))


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
        tokenizer: The tokenizer.
        token_types: The names of the fields, in order, each with its token type.
        max_length: The most word pieces of a window, special tokens included; at least 8.
    """

    def __init__(self, tokenizer: WordPieceTokenizer, token_types: Mapping[str, int], max_length: int) -> None:
        self.tokenizer = tokenizer
        self.names = tuple(token_types)
        self.max_length = max_length
        # The last entry, at index -1, is for special tokens.
        self._token_types = np.array([*token_types.values(), 0])

    def windows(self, texts: Mapping[str, str]) -> list[Window]:
        """Cut a record into windows, as ``windows_of`` does."""
        return self.windows_of([texts])[0]

    def windows_of(self, records: Sequence[Mapping[str, str]]) -> list[list[Window]]:
        """Cut records into windows, each into at least one (the window of an empty record is CLS and SEP).

        If a record is too long for one window, every window begins with all fields but the last, cut to half of the
        window. The last field is spread over as many windows as it needs, cut where a word begins.

        Args:
            records: For each, field name to text; fields that the reader does not have are ignored, and so are empty
                texts.
        """
        texts = [texts.get(name, "") for texts in records for name in self.names]
        encoded = iter(self.tokenizer.cut_all([text for text in texts if text]))
        cut = [next(encoded) if text else None for text in texts]
        width = len(self.names)
        return [
            self._spread([(place, one) for place, one in enumerate(cut[start : start + width]) if one is not None])
            for start in range(0, len(cut), width)
        ]

    def _spread(self, fields: Sequence[tuple[int, Encoding]]) -> list[Window]:
        """The windows of a record, of which each field has been cut into word pieces."""
        parts = [(place, encoded.ids) for place, encoded in fields]
        total = 1 + sum(len(token_ids) + 1 for _, token_ids in parts)
        if total <= self.max_length or not parts:
            return [self._window(parts)]

        *lead, (last_place, last_ids) = parts
        words = fields[-1][1].word_ids
        room = self.max_length // 2 - 1
        kept: list[tuple[int, list[int]]] = []
        for place, token_ids in lead:
            cut = token_ids[: max(room - 1, 0)]
            if cut:
                kept.append((place, cut))
                room -= len(cut) + 1
        size = self.max_length - 2 - sum(len(token_ids) + 1 for _, token_ids in kept)
        return [
            self._window([*kept, (last_place, last_ids[start:end])]) for start, end in _cuts(words, len(last_ids), size)
        ]

    def _window(self, parts: Sequence[tuple[int, list[int]]]) -> Window:
        token_ids, fields, unknown = [self.tokenizer.start], [NO_FIELD], self.tokenizer.unknown
        for place, ids in parts:
            token_ids += [*ids, self.tokenizer.end]
            fields += [place] * len(ids) + [NO_FIELD]
        if not parts:
            token_ids.append(self.tokenizer.end)
            fields.append(NO_FIELD)
        if unknown in token_ids:
            fields = [NO_FIELD if token == unknown else place for token, place in zip(token_ids, fields, strict=True)]
        return Window(token_ids, fields)

    def batch(self, windows: Sequence[Window]) -> WindowBatch:
        """Make arrays of windows, padded to the longest."""
        length = max(map(len, windows))
        shape = (len(windows), length)
        token_ids, fields = np.full(shape, self.tokenizer.padding), np.full(shape, NO_FIELD)
        for row, window in enumerate(windows):
            token_ids[row, : len(window)], fields[row, : len(window)] = window.token_ids, window.fields
        attended = np.arange(length)[None] < np.array([len(window) for window in windows])[:, None]
        return WindowBatch(token_ids, attended, self._token_types[fields], fields)

    def terms(self, texts: Mapping[str, str]) -> frozenset[int]:
        """The term ids of the texts' word pieces, without special tokens and unknown words."""
        return frozenset(
            token_id
            for window in self.windows(texts)
            for token_id, field in zip(window.token_ids, window.fields, strict=True)
            if field != NO_FIELD
        )

    def pieces(self, texts: Mapping[str, str]) -> list[str]:
        """The fields' word pieces in order, without unknown words."""
        return [
            piece
            for encoded in (self.tokenizer.cut(texts[name]) for name in self.names if texts.get(name))
            for piece, term_id in zip(encoded.tokens, encoded.ids, strict=True)
            if term_id != self.tokenizer.unknown
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


@dataclass(frozen=True, eq=False, slots=True)
class WindowBatch:
    """Windows as arrays, all of shape (windows, length).

    Args:
        token_ids: Word pieces, int64.
        attended: Bool; False for padding.
        token_types: The token type of each token's field, int64, 0 or 1.
        fields: The place of each token's field, int64; -1 for special tokens, unknown words and padding.
    """

    token_ids: NDArray[np.int64]
    attended: NDArray[np.bool_]
    token_types: NDArray[np.int64]
    fields: NDArray[np.int64]


def encode_texts(
    reader: FieldReader,
    texts: Sequence[Mapping[str, str]],
    weigh: Callable[[WindowBatch, Sequence[int]], SparseVectors],
    *,
    vocabulary_size: int,
    tokens: int,
    rows: int,
) -> SparseVectors:
    """Encode records window by window; a record's vector has the largest weight of each term in its windows.

    Args:
        reader: Cuts the records.
        texts: The fields of each record.
        weigh: Gives the vectors of a batch of windows; it is also told the number of each window's record.
        vocabulary_size: The number of terms.
        tokens: The most word pieces of a batch.
        rows: The most windows of a batch.

    Returns:
        One row a record.
    """
    windows = [(row, window) for row, each in enumerate(reader.windows_of(texts)) for window in each]
    windows.sort(key=lambda entry: len(entry[1]))
    records, parts = [], []
    for batch in in_batches(windows, tokens=tokens, rows=rows):
        numbers = [row for row, _ in batch]
        parts.append(weigh(reader.batch([window for _, window in batch]), numbers))
        records += numbers
    vectors = SparseVectors.concatenate(parts, vocabulary_size=vocabulary_size)
    return vectors.maximum_by(np.array(records, dtype=np.int64), count=len(texts))


def in_batches(windows: Sequence[tuple[int, Window]], *, tokens: int, rows: int) -> Iterator[list[tuple[int, Window]]]:
    """Split windows into batches that each fit one forward pass.

    Args:
        windows: Windows with the numbers of their records, shortest first.
        tokens: The most word pieces of a batch, with padding; a longer window is a batch of its own.
        rows: The most windows of a batch.
    """
    batch: list[tuple[int, Window]] = []
    for entry in windows:
        padded = len(entry[1]) * (len(batch) + 1)
        if batch and (padded > tokens or len(batch) == rows):
            yield batch
            batch = []
        batch.append(entry)
    if batch:
        yield batch
