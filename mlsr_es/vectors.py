"""Sparse vectors over a word-piece vocabulary, and the names that their terms have in Elasticsearch.

A vector of this package maps term ids (positions in the vocabulary) to weights above 0. ``SparseVectors`` holds a
batch of them as compressed sparse rows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import torch
    from scipy.sparse import csr_array

SMALLEST_WEIGHT = float(np.finfo(np.float32).tiny)
"""The smallest normal float32, 1.18e-38; ``rank_features`` refuses smaller weights."""

_QUANTISED_AWAY = np.uint32(15)


def quantised(weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """Weights as a ``rank_features`` field keeps them: sign, exponent and 8 bits of the fraction.

    Lucene's ``FeatureField`` stores a weight as a term frequency, ``floatToIntBits(weight) >> 15``; the relative
    error is below 2**-8, always downward.

    Args:
        weights: float32, any shape, each at least ``SMALLEST_WEIGHT`` or 0.

    Returns:
        float32, the same shape.
    """
    bits = np.ascontiguousarray(weights, dtype=np.float32).view(np.uint32)
    return ((bits >> _QUANTISED_AWAY) << _QUANTISED_AWAY).view(np.float32)


@dataclass(frozen=True)
class Vocabulary:
    """Terms by id, and the feature name that each has in an index.

    Feature names are the word pieces themselves, so that people can read them in Kibana, except for two characters. A
    dot becomes ``%2E``, because Elasticsearch takes a dot in a feature name for the path of a field: it stores such a
    feature but never finds it. Therefore ``%`` becomes ``%25``.

    Args:
        terms: The word pieces in the order of their ids, all different.

    Raises:
        ValueError: A term occurs twice.
    """

    terms: tuple[str, ...]
    _ids: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        ids = {term: term_id for term_id, term in enumerate(self.terms)}
        if len(ids) != len(self.terms):
            twice = next(term for term_id, term in enumerate(self.terms) if ids[term] != term_id)
            raise ValueError(f"a vocabulary holds the term {twice!r} twice")
        object.__setattr__(self, "_ids", ids)

    def __len__(self) -> int:
        return len(self.terms)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all terms in order, in hexadecimal; equal only for equal vocabularies."""
        sha = hashlib.sha256()
        for term in self.terms:
            encoded = term.encode()
            sha.update(len(encoded).to_bytes(4, "big") + encoded)
        return sha.hexdigest()

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The feature names in the order of the term ids."""
        return tuple(feature_name(term) for term in self.terms)

    def term(self, term_id: int) -> str:
        """The word piece with an id."""
        return self.terms[term_id]

    def id(self, term: str) -> int:
        """The id of a word piece.

        Raises:
            KeyError: The vocabulary lacks it.
        """
        return self._ids[term]

    def __contains__(self, term: object) -> bool:
        return term in self._ids


def feature_name(term: str) -> str:
    """The feature name of a term; ``term_of`` is the inverse."""
    return term.replace("%", "%25").replace(".", "%2E")


def feature_weights(weights: Mapping[str, float]) -> dict[str, float]:
    """Weights by feature name, from weights by term."""
    return {feature_name(term): weight for term, weight in weights.items()}


def term_of(name: str) -> str:
    """The term of a feature name: ``term_of(feature_name(term)) == term`` for every string."""
    return name.replace("%2E", ".").replace("%25", "%")


@dataclass(frozen=True, eq=False, slots=True)
class TermWeights:
    """The terms of one vector, heaviest first, with their feature names and weights.

    Args:
        terms: Word pieces, all different.
        names: Their feature names.
        weights: float32 above 0, descending, shape (terms,).
    """

    terms: tuple[str, ...]
    names: tuple[str, ...]
    weights: NDArray[np.float32]

    @classmethod
    def of(cls, weights: Mapping[str, float]) -> Self:
        """From a mapping of word piece to weight; equal weights are in the order of the pieces."""
        terms = tuple(sorted(weights, key=lambda term: (-weights[term], term)))
        values = np.array([weights[term] for term in terms], dtype=np.float32)
        return cls(terms, tuple(map(feature_name, terms)), values)

    @classmethod
    def ordered(cls, terms: Sequence[str], weights: Sequence[float]) -> Self:
        """From word pieces and their weights, heaviest first already."""
        return cls(tuple(terms), tuple(map(feature_name, terms)), np.array(weights, dtype=np.float32))

    def __len__(self) -> int:
        return len(self.terms)


@dataclass(frozen=True, eq=False)
class SparseVectors:
    """A batch of sparse vectors as compressed sparse rows (CSR).

    Row i has the term ids ``term_ids[row_starts[i]:row_starts[i + 1]]``, ascending, with the weights at the same
    positions, each finite and at least ``SMALLEST_WEIGHT``. ``from_coordinates`` and the other class methods ensure
    that; the plain constructor does not check it.

    Args:
        row_starts: int64, shape (rows + 1,).
        term_ids: int32, shape (stored weights,), each in [0, vocabulary_size).
        weights: float32, shape (stored weights,).
        vocabulary_size: The number of columns.
    """

    row_starts: NDArray[np.int64]
    term_ids: NDArray[np.int32]
    weights: NDArray[np.float32]
    vocabulary_size: int

    @classmethod
    def from_coordinates(
        cls,
        rows: NDArray[np.integer[Any]],
        term_ids: NDArray[np.integer[Any]],
        weights: NDArray[np.floating[Any]],
        *,
        shape: tuple[int, int],
    ) -> Self:
        """From (row, term id, weight) triples in any order; of duplicates the largest weight is kept.

        Weights that an index cannot hold (0, negative, subnormal, not a number) are left out.

        Args:
            rows: Integers in [0, shape[0]), shape (n,).
            term_ids: Integers in [0, shape[1]), shape (n,).
            weights: Floats, shape (n,).
            shape: Rows, vocabulary size.

        Raises:
            ValueError: A weight is infinite, or an id out of range.
        """
        values = np.asarray(weights, dtype=np.float32)
        if np.isposinf(values).any():
            raise ValueError("a term weight is infinite: the encoder's output has overflowed")
        kept = values >= SMALLEST_WEIGHT
        row, term, values = np.asarray(rows)[kept], np.asarray(term_ids)[kept], values[kept]
        if term.size and not (row.min() >= 0 and row.max() < shape[0] and term.min() >= 0 and term.max() < shape[1]):
            raise ValueError(f"a row or a term id is outside a batch of shape {shape}")
        order = np.lexsort((-values, term, row))
        row, term, values = row[order], term[order], values[order]
        first = np.ones(row.size, dtype=bool)
        first[1:] = (row[1:] != row[:-1]) | (term[1:] != term[:-1])
        row, term, values = row[first], term[first], values[first]
        starts = np.searchsorted(row, np.arange(shape[0] + 1)).astype(np.int64)
        return cls(starts, term.astype(np.int32), values, shape[1])

    @classmethod
    def from_tokens(
        cls, token_ids: NDArray[np.integer[Any]], weights: NDArray[np.floating[Any]], *, vocabulary_size: int
    ) -> Self:
        """From a weight for each token, both of shape (rows, length): of a term's tokens the largest weight is kept.

        Args:
            token_ids: Integers in [0, vocabulary_size).
            weights: Floats; tokens without one are not terms.
            vocabulary_size: The number of terms.
        """
        rows, places = np.nonzero(weights)
        shape = (len(weights), vocabulary_size)
        return cls.from_coordinates(rows, token_ids[rows, places], weights[rows, places], shape=shape)

    @classmethod
    def from_dense(cls, dense: NDArray[np.floating[Any]]) -> Self:
        """From an array of shape (rows, vocabulary size); values that are not above 0 are left out."""
        rows, term_ids = np.nonzero(dense > 0)
        return cls.from_coordinates(rows, term_ids, dense[rows, term_ids], shape=(dense.shape[0], dense.shape[1]))

    @classmethod
    def from_torch(cls, tensor: torch.Tensor) -> Self:
        """From a dense or sparse tensor of shape (rows, vocabulary size), on any device, of any float type."""
        import torch

        if tensor.layout is not torch.strided:
            coordinates = tensor.detach().to_sparse_coo().coalesce().cpu()
            rows, term_ids = coordinates.indices().numpy()
            weights = coordinates.values().float().numpy()
            return cls.from_coordinates(rows, term_ids, weights, shape=(tensor.shape[0], tensor.shape[1]))
        dense = tensor.detach()
        row_index, term_index = (dense > 0).nonzero(as_tuple=True)
        return cls.from_coordinates(
            row_index.cpu().numpy(),
            term_index.cpu().numpy(),
            dense[row_index, term_index].float().cpu().numpy(),
            shape=(dense.shape[0], dense.shape[1]),
        )

    @classmethod
    def from_scipy(cls, matrix: csr_array) -> Self:
        """From any scipy sparse array of shape (rows, vocabulary size)."""
        coordinates = matrix.tocoo()
        rows, term_ids = coordinates.coords
        return cls.from_coordinates(rows, term_ids, coordinates.data, shape=matrix.shape)

    @classmethod
    def from_mappings(cls, mappings: Sequence[Mapping[int, float]], *, vocabulary_size: int) -> Self:
        """From one mapping of term id to weight for each row."""
        rows = [row for row, mapping in enumerate(mappings) for _ in mapping]
        term_ids = [term_id for mapping in mappings for term_id in mapping]
        weights = [weight for mapping in mappings for weight in mapping.values()]
        return cls.from_coordinates(
            np.array(rows, dtype=np.int64),
            np.array(term_ids, dtype=np.int64),
            np.array(weights, dtype=np.float32),
            shape=(len(mappings), vocabulary_size),
        )

    @classmethod
    def concatenate(cls, batches: Iterable[SparseVectors], *, vocabulary_size: int) -> Self:
        """The rows of all batches, in order; without any batch, a batch without rows."""
        parts = list(batches)
        counts = [np.zeros(1, dtype=np.int64), *(np.diff(part.row_starts) for part in parts)]
        return cls(
            np.cumsum(np.concatenate(counts), dtype=np.int64),
            np.concatenate([np.empty(0, np.int32), *(part.term_ids for part in parts)]),
            np.concatenate([np.empty(0, np.float32), *(part.weights for part in parts)]),
            vocabulary_size,
        )

    def __len__(self) -> int:
        return len(self.row_starts) - 1

    def __getitem__(self, row: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """The term ids of a row, ascending, and their weights."""
        if not 0 <= row < len(self):
            raise IndexError(f"row {row} of {len(self)}")
        place = slice(self.row_starts[row], self.row_starts[row + 1])
        return self.term_ids[place], self.weights[place]

    def rows(self, start: int, stop: int) -> Self:
        """The rows from ``start`` to ``stop``, as a batch of their own."""
        first, last = self.row_starts[start], self.row_starts[stop]
        starts = self.row_starts[start : stop + 1] - first
        return type(self)(starts, self.term_ids[first:last], self.weights[first:last], self.vocabulary_size)

    def __iter__(self) -> Iterator[tuple[NDArray[np.int32], NDArray[np.float32]]]:
        return (self[row] for row in range(len(self)))

    @property
    def term_counts(self) -> NDArray[np.int64]:
        """How many terms each row has, int64, shape (rows,)."""
        return np.diff(self.row_starts)

    def select(self, rows: Sequence[int] | NDArray[np.integer[Any]]) -> Self:
        """The given rows, in the given order."""
        chosen = np.asarray(rows, dtype=np.int64)
        counts = self.term_counts[chosen]
        starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts, dtype=np.int64)])
        places = np.repeat(self.row_starts[chosen] - starts[:-1], counts) + np.arange(starts[-1])
        return type(self)(starts, self.term_ids[places], self.weights[places], self.vocabulary_size)

    def heaviest(self, row: int, vocabulary: Vocabulary) -> TermWeights:
        """The terms of a row, heaviest first; equal weights are in the order of their ids."""
        term_ids, weights = self[row]
        order = np.lexsort((term_ids, -weights))
        ids = term_ids[order].tolist()
        names = vocabulary.names
        return TermWeights(tuple(map(vocabulary.term, ids)), tuple(names[each] for each in ids), weights[order])

    def named(self, row: int, vocabulary: Vocabulary) -> dict[str, float]:
        """A row as a mapping of term to weight, heaviest first; terms are word pieces, not feature names."""
        found = self.heaviest(row, vocabulary)
        return dict(zip(found.terms, found.weights.tolist(), strict=True))

    def quantised(self) -> Self:
        """A copy with each weight as a ``rank_features`` field keeps it."""
        return type(self)(self.row_starts, self.term_ids, quantised(self.weights), self.vocabulary_size)

    def pruned(self, *, top: int | None = None, threshold: float = 0.0, mass: float = 1.0) -> Self:
        """The vectors without the lightest terms of each row; the heaviest term that passes the threshold always stays.

        Args:
            top: The most terms in a row, heaviest first; of equal weights the smaller term id comes first. None for
                all.
            threshold: Terms lighter than this are left out.
            mass: A share in (0, 1]: of the remaining terms, the fewest that hold this share of the row's weight stay.

        Raises:
            ValueError: ``top`` below 1, or ``mass`` outside (0, 1].
        """
        if top is not None and top < 1:
            raise ValueError(f"top must be at least 1, not {top}")
        if not 0 < mass <= 1:
            raise ValueError(f"mass must be in (0, 1], not {mass}")
        if not threshold and mass == 1 and (top is None or self.term_counts.max(initial=0) <= top):
            return self
        rows = np.repeat(np.arange(len(self)), self.term_counts)
        heaviest_first = np.lexsort((self.term_ids, -self.weights, rows))
        rank = np.empty(len(rows), dtype=np.int64)
        rank[heaviest_first] = np.arange(len(rows)) - self.row_starts[rows]
        kept = self.weights >= threshold
        if top is not None:
            kept &= rank < top
        if mass < 1:
            ordered = np.where(kept, self.weights, np.float32(0))[heaviest_first].astype(np.float64)
            before, total = np.zeros(len(rows)), np.zeros(len(rows))
            for start, end in pairwise(self.row_starts):
                running = np.cumsum(ordered[start:end])
                before[heaviest_first[start + 1 : end]] = running[:-1]
                total[start:end] = running[-1:]
            kept &= (before < mass * total) | (rank == 0) & kept
        counts = np.bincount(rows[kept], minlength=len(self))
        starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts, dtype=np.int64)])
        return type(self)(starts, self.term_ids[kept], self.weights[kept], self.vocabulary_size)

    def maximum_by(self, groups: NDArray[np.integer[Any]], *, count: int) -> Self:
        """One row for each group: each term with its largest weight in the group's rows.

        Args:
            groups: The group of each row, integers in [0, count), shape (rows,).
            count: The number of groups; a group without rows becomes an empty row.
        """
        if np.array_equal(groups, np.arange(count)):
            return self
        rows = np.repeat(np.asarray(groups), self.term_counts)
        return self.from_coordinates(rows, self.term_ids, self.weights, shape=(count, self.vocabulary_size))

    def to_scipy(self) -> csr_array:
        """A scipy CSR array, float32, shape (rows, vocabulary size), that shares the memory."""
        from scipy.sparse import csr_array

        shape = (len(self), self.vocabulary_size)
        matrix: csr_array = csr_array((self.weights, self.term_ids, self.row_starts), shape=shape)
        return matrix

    def dot(self, other: SparseVectors) -> csr_array:
        """Dot products of all pairs, computed in float64, as a scipy CSR array of shape (rows, other's rows)."""
        product: csr_array = (self.to_scipy().astype(np.float64) @ other.to_scipy().astype(np.float64).T).tocsr()
        return product
