"""From a query encoder to a table: what it gives a word piece on average, wherever that stands.

For each field of a section, two things are known of a word piece: the weights that it got within sections, and the one
that it gets alone. Alone is not how text looks, so these weights are first fitted to the averages of the pieces that
were seen, by a straight line. A piece's weight is then its own average and the line's value, mixed by how much each is
to be trusted (empirical Bayes): the more often it was seen and the less its weights differ, the more its average.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mlsr_es.collection import Section
from mlsr_es.encoders import Head
from mlsr_es.errors import ModelError
from mlsr_es.progress import Progress, Silent
from mlsr_es.suggestion.query_table import QueryTable

if TYPE_CHECKING:
    from mlsr_es.encoders import BiEncoder, TokenWeights

_LEAST_SEEN = 2
"""Of word pieces; a line needs two points."""


def check_distillable(model: BiEncoder, name: str) -> None:
    """See that a table can stand for a model's query encoder.

    Raises:
        ModelError: Its query head expands: what it gives a term depends on all of the text.
    """
    if model.config.query_head is not Head.MLP:
        raise ModelError(
            f"the model {name!r} has an MLM query head: it gives weight to terms that are not in the text, and no "
            "table of word pieces can stand for it.",
            advice="Take a model with an MLP query head (m2, m3, m4).",
        )


def distil(
    model: BiEncoder,
    name: str,
    sections: Sequence[Section],
    *,
    lone: NDArray[np.float32],
    progress: Progress = Silent(),
) -> QueryTable:
    """A table that stands for a model's query encoder.

    Args:
        model: With an MLP query head.
        name: Of the model, for the table.
        sections: In which word pieces are weighed; none are needed.
        lone: Of ``lone_weights``.
        progress: Told of what is encoded.

    Raises:
        ModelError: It has another query head.
    """
    from tokenizers import Tokenizer

    from mlsr_es.encoders import contextual_weights

    check_distillable(model, name)
    return QueryTable(
        model=name,
        revision=model.revision,
        fields=tuple(model.config.query_fields),
        weights=context_free(contextual_weights(model, sections, progress), lone),
        tokenizer=Tokenizer.from_str(model.tokenizer.backend_tokenizer.to_str()),
        unknown=str(model.tokenizer.unk_token or ""),
        query_terms=model.config.query_terms,
        languages=model.config.languages,
    )


def context_free(seen: TokenWeights, lone: NDArray[np.float32]) -> NDArray[np.float32]:
    """A weight for each word piece in each field.

    Args:
        seen: Tokens of sections.
        lone: Weights of word pieces alone, float32, shape (fields, vocabulary size).

    Returns:
        float32 at least 0, of the shape of ``lone``; 0 wherever ``lone`` says 0 and the piece was not seen.
    """
    size = lone.shape[1]
    # A section's vector has the largest weight of a piece that stands several times: so one observation a section.
    keys = (seen.rows * lone.shape[0] + seen.fields) * size + seen.term_ids
    order = np.lexsort((-seen.weights, keys))
    first = order[np.unique(keys[order], return_index=True)[1]]
    fields, term_ids, weights = seen.fields[first], seen.term_ids[first], seen.weights[first].astype(np.float64)
    table = np.zeros(lone.shape, dtype=np.float32)
    for field in range(lone.shape[0]):
        here = fields == field
        table[field] = _mixed(term_ids[here], weights[here], lone[field].astype(np.float64))
    return table


def _mixed(term_ids: NDArray[np.int64], weights: NDArray[np.float64], lone: NDArray[np.float64]) -> NDArray[np.float64]:
    """The weights of one field; see the module."""
    counts = np.bincount(term_ids, minlength=lone.size).astype(np.float64)
    seen = counts > 0
    if seen.sum() < _LEAST_SEEN:
        return lone
    means = np.divide(np.bincount(term_ids, weights, lone.size), counts, out=np.zeros(lone.size), where=seen)
    line = _line(lone[seen], means[seen], counts[seen])
    expected = np.where(lone > 0, np.maximum(line[0] + line[1] * lone, 0), 0)
    within = np.square(weights - means[term_ids]).sum() / max(weights.size - seen.sum(), 1)
    misfit = np.average(np.square(means - expected)[seen], weights=counts[seen])
    # What sampling alone makes averages differ from the line is not the line's fault.
    between = max(misfit - within * seen.sum() / counts.sum(), 0.0)
    doubt = counts * between + within
    trust = np.divide(counts * between, doubt, out=seen.astype(np.float64), where=doubt > 0)
    mixed: NDArray[np.float64] = trust * means + (1 - trust) * expected
    return mixed


def _line(
    x: NDArray[np.float64], y: NDArray[np.float64], weights: NDArray[np.float64]
) -> tuple[np.float64, np.float64]:
    """Intercept and slope of the weighted least squares; the slope is 0 where all of ``x`` are equal."""
    centre, level = np.average(x, weights=weights), np.average(y, weights=weights)
    spread = np.average(np.square(x - centre), weights=weights)
    slope = np.average((x - centre) * (y - level), weights=weights) / spread if spread > 0 else np.float64(0)
    return level - slope * centre, slope
