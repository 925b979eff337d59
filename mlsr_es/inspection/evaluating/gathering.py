"""Rows of named weights, gathered as arrays: an index has too many of them for a dict a row."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from mlsr_es.vectors import SparseVectors


@dataclass(frozen=True)
class Gathered:
    """Rows, eight bytes a weight.

    Args:
        counts: How many weights each row has.
        columns: Of all weights, row by row.
        weights: In the same order.
    """

    counts: array[int]
    columns: array[int]
    weights: array[float]

    def vectors(self, size: int) -> SparseVectors:
        """The rows as vectors.

        Args:
            size: The number of columns, at least 1.
        """
        counts = np.asarray(self.counts)
        rows = np.repeat(np.arange(len(counts)), counts)
        columns, weights = np.asarray(self.columns), np.asarray(self.weights)
        return SparseVectors.from_coordinates(rows, columns, weights, shape=(len(counts), size))


def gathered(rows: Iterable[Mapping[str, float]], column: Callable[[str], int]) -> Gathered:
    """Take rows one by one; none is kept as a mapping.

    Args:
        rows: Feature name to weight.
        column: The column of a feature name.
    """
    counts, columns, weights = array("q"), array("i"), array("f")
    for row in rows:
        counts.append(len(row))
        columns.extend(map(column, row))
        weights.extend(row.values())
    return Gathered(counts, columns, weights)
