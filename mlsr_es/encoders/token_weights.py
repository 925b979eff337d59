"""The weights that an MLP query head gives single tokens, in real sections and alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from mlsr_es.collection import Section
from mlsr_es.encoders.bi_encoder import BiEncoder, at_once
from mlsr_es.encoders.fields import section_texts
from mlsr_es.encoders.text import Window, in_batches
from mlsr_es.encoders.text_batch import TextBatch
from mlsr_es.progress import Progress, Silent

_IN_CONTEXT = "Weighing words in sections"
_ALONE = "Weighing words alone"


@dataclass(frozen=True, eq=False)
class TokenWeights:
    """The tokens of sections with their weights; all arrays have shape (tokens,).

    Args:
        rows: The place of the token's section, int64.
        fields: The place of the token's field in ``config.query_fields``, int64.
        term_ids: The term id of the word piece, int64.
        weights: The weight of the token, float32, at least 0.
    """

    rows: NDArray[np.int64]
    fields: NDArray[np.int64]
    term_ids: NDArray[np.int64]
    weights: NDArray[np.float32]


def contextual_weights(
    model: BiEncoder,
    sections: Sequence[Section],
    progress: Progress = Silent(),
) -> TokenWeights:
    """Compute the weight of every token of sections; a section's query vector has the largest weight of each term.

    Args:
        model: A model with an MLP query head.
        sections: Any number whose tokens fit in memory.
        progress: Advanced by each window.
    """
    windows = [
        (row, window)
        for row, section in enumerate(sections)
        for window in model.query_reader.windows(section_texts(section))
    ]
    windows.sort(key=lambda entry: len(entry[1]))
    progress.start(_IN_CONTEXT, len(windows), "windows")
    parts: list[tuple[NDArray[Any], ...]] = []
    for batch, entry in _weighed(model, windows):
        rows = np.array([row for row, _ in batch])
        places, tokens = np.nonzero(entry.fields >= 0)
        found = (entry.fields, entry.token_ids, entry.weights)
        parts.append((rows[places], *(values[places, tokens] for values in found)))
        progress.advance(_IN_CONTEXT, len(batch))
    progress.finish(_IN_CONTEXT)
    empty = (np.empty(0, np.int64),) * 3 + (np.empty(0, np.float32),)
    return TokenWeights(*(np.concatenate(column) for column in zip(empty, *parts, strict=True)))


def lone_weights(
    model: BiEncoder,
    progress: Progress = Silent(),
) -> NDArray[np.float32]:
    """Compute the weight of every word piece in each field, in a section that contains nothing else.

    Args:
        model: A model with an MLP query head.
        progress: Advanced by each word piece.

    Returns:
        Float32 at least 0, shape (query fields, vocabulary size); 0 for special tokens and for ids without a token.
    """
    tokenizer = model.tokenizer
    start, end = int(tokenizer.cls_token_id), int(tokenizer.sep_token_id)
    special = set(tokenizer.all_special_ids)
    fields = range(len(model.config.query_fields))
    known = [term_id for term_id in range(min(len(tokenizer), len(model.vocabulary))) if term_id not in special]
    windows = [(0, Window([start, term_id, end], [-1, field, -1])) for field in fields for term_id in known]
    weights = np.zeros((len(fields), len(model.vocabulary)), dtype=np.float32)
    progress.start(_ALONE, len(windows), "pieces")
    for batch, entry in _weighed(model, windows):
        weights[entry.fields[:, 1], entry.token_ids[:, 1]] = entry.weights[:, 1]
        progress.advance(_ALONE, len(batch))
    progress.finish(_ALONE)
    return weights


@dataclass(frozen=True, eq=False)
class _Weighed:
    """A batch of windows; all arrays have the shape (windows, length)."""

    fields: NDArray[np.int64]
    token_ids: NDArray[np.int64]
    weights: NDArray[np.float32]


def _weighed(
    model: BiEncoder, windows: Sequence[tuple[int, Window]]
) -> Iterator[tuple[list[tuple[int, Window]], _Weighed]]:
    for batch in in_batches(windows, **at_once(model.device)):
        text = TextBatch.of(model.query_reader.batch([window for _, window in batch]), model.device)
        with torch.inference_mode():
            weights = model.query.token_weights(text).float()
        yield batch, _Weighed(*(tensor.cpu().numpy() for tensor in (text.fields, text.token_ids, weights)))
