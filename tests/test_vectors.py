"""Sparse vectors, the vocabulary's names, and the quantisation of ``rank_features``."""

from __future__ import annotations

import struct

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from mlsr_es.vectors import SMALLEST_WEIGHT, SparseVectors, Vocabulary, feature_name, quantised, term_of

SIZE = 12
weights = st.floats(SMALLEST_WEIGHT, 2.0**100, width=32)
rows = st.dictionaries(st.integers(0, SIZE - 1), weights, max_size=SIZE)
batches = st.lists(rows, max_size=6).map(lambda batch: SparseVectors.from_mappings(batch, vocabulary_size=SIZE))
dense = hnp.arrays(np.float32, st.tuples(st.integers(1, 5), st.just(SIZE)), elements=st.floats(-3, 3, width=32))


def mappings(vectors: SparseVectors) -> list[dict[int, float]]:
    return [dict(zip(ids.tolist(), values.tolist(), strict=True)) for ids, values in vectors]


@given(st.text())
def test_feature_names_are_reversible(term: str) -> None:
    """Every string comes back from its feature name."""
    assert term_of(feature_name(term)) == term


@given(st.text())
def test_feature_names_hold_no_dot(term: str) -> None:
    """A dot would be stored and never found again."""
    assert "." not in feature_name(term)


@given(st.text(), st.text())
def test_different_terms_have_different_names(one: str, other: str) -> None:
    """Escaping merges no two terms."""
    assert (feature_name(one) == feature_name(other)) == (one == other)


def test_ordinary_word_pieces_are_their_own_names() -> None:
    """What a person reads in Kibana is the word piece."""
    assert Vocabulary(("cat", "##ing", "...", "%")).names == ("cat", "##ing", "%2E%2E%2E", "%25")


def test_a_vocabulary_finds_its_terms() -> None:
    """Ids and terms lead to each other."""
    vocabulary = Vocabulary(("cat", "dog"))
    assert (len(vocabulary), vocabulary.id("dog"), vocabulary.term(1), "cow" in vocabulary) == (2, 1, "dog", False)


def test_a_vocabulary_refuses_a_term_that_stands_twice() -> None:
    """Two ids of one feature name could not be told apart in an index."""
    with pytest.raises(ValueError, match="'cat' twice"):
        Vocabulary(("cat", "dog", "cat"))


def test_digests_tell_vocabularies_apart() -> None:
    """Neither order nor the borders between terms are lost."""
    digests = {Vocabulary(terms).digest for terms in [("ab", "c"), ("a", "bc"), ("c", "ab"), ("ab", "c")]}
    assert len(digests) == 3


@given(weights)
def test_quantised_keeps_what_lucene_keeps(weight: float) -> None:
    """The float's bits shifted right and left again by 15, as ``FeatureField`` does it."""
    (bits,) = struct.unpack(">I", struct.pack(">f", weight))
    (expected,) = struct.unpack(">f", struct.pack(">I", bits >> 15 << 15))
    assert quantised(np.array([weight], np.float32))[0] == expected


@given(weights)
def test_quantised_loses_less_than_a_256th(weight: float) -> None:
    """Nine significant bits, rounded toward 0."""
    value = np.float32(weight)
    kept = quantised(np.array([value]))[0]
    assert 0 <= value - kept < value / 256


@given(batches)
def test_quantised_twice_is_quantised_once(vectors: SparseVectors) -> None:
    """What the index holds does not change when it is stored again."""
    once = vectors.quantised()
    assert np.array_equal(once.quantised().weights, once.weights)


@given(dense)
def test_dense_and_back(values: NDArray[np.float32]) -> None:
    """Only what an index can hold comes back: positive, normal numbers."""
    expected = np.where(values >= SMALLEST_WEIGHT, values, 0)
    assert np.array_equal(SparseVectors.from_dense(values).to_scipy().toarray(), expected)


@given(dense)
def test_torch_agrees_with_numpy(values: NDArray[np.float32]) -> None:
    """Dense and sparse tensors give the batch that the array gives."""
    expected = mappings(SparseVectors.from_dense(values))
    tensor = torch.from_numpy(values)
    assert mappings(SparseVectors.from_torch(tensor)) == expected
    assert mappings(SparseVectors.from_torch(tensor.to_sparse_coo())) == expected


@given(
    st.lists(st.lists(st.tuples(st.integers(0, SIZE - 1), weights | st.just(0.0)), min_size=4, max_size=4), min_size=1)
)
def test_of_a_terms_tokens_the_heaviest_counts(windows: list[list[tuple[int, float]]]) -> None:
    """A token without weight is no term."""
    token_ids, given_weights = np.array(windows).transpose(2, 0, 1)
    expected: list[dict[int, float]] = [{} for _ in windows]
    for row, window in zip(expected, windows, strict=True):
        for term, weight in window:
            if weight:
                row[term] = max(weight, row.get(term, 0.0))
    found = SparseVectors.from_tokens(token_ids.astype(np.int64), given_weights, vocabulary_size=SIZE)
    assert mappings(found) == expected


@given(batches)
def test_scipy_round_trips(vectors: SparseVectors) -> None:
    """Nothing is lost on the way and back."""
    assert mappings(SparseVectors.from_scipy(vectors.to_scipy())) == mappings(vectors)


@pytest.mark.parametrize("weight", [0.0, -1.0, 1e-40, float("nan"), float("-inf")])
def test_weights_that_an_index_cannot_hold_are_left_out(weight: float) -> None:
    """Zero, negative, subnormal and undefined weights would be refused by the cluster."""
    assert mappings(SparseVectors.from_mappings([{1: weight, 2: 1.0}], vocabulary_size=SIZE)) == [{2: 1.0}]


def test_an_infinite_weight_is_an_error() -> None:
    """An overflow is no weight: leaving it out would hide the heaviest term."""
    with pytest.raises(ValueError, match="infinite"):
        SparseVectors.from_mappings([{1: float("inf")}], vocabulary_size=SIZE)


@pytest.mark.parametrize("term_id", [-1, SIZE])
def test_ids_outside_the_vocabulary_are_an_error(term_id: int) -> None:
    """A wrong vocabulary is noticed where the batch is made."""
    with pytest.raises(ValueError, match="outside"):
        SparseVectors.from_mappings([{term_id: 1.0}], vocabulary_size=SIZE)


@given(batches, st.integers(1, SIZE))
def test_top_keeps_the_heaviest(vectors: SparseVectors, top: int) -> None:
    """As sorting each row by weight, then by id."""
    expected = [
        dict(sorted(sorted(row.items(), key=lambda item: (-item[1], item[0]))[:top])) for row in mappings(vectors)
    ]
    assert mappings(vectors.pruned(top=top)) == expected


@given(batches, weights)
def test_threshold_keeps_what_reaches_it(vectors: SparseVectors, threshold: float) -> None:
    """Terms at the threshold stay, lighter ones go."""
    expected = [{term: weight for term, weight in row.items() if weight >= threshold} for row in mappings(vectors)]
    assert mappings(vectors.pruned(threshold=threshold)) == expected


def test_mass_keeps_the_fewest_heaviest_terms_that_hold_the_share() -> None:
    """Of 8 + 4 + 2 + 1 = 15, 80 % are held by 8 + 4."""
    vectors = SparseVectors.from_mappings([{0: 1.0, 1: 8.0, 2: 4.0, 3: 2.0}, {5: 1.0}, {}], vocabulary_size=SIZE)
    assert mappings(vectors.pruned(mass=0.8)) == [{1: 8.0, 2: 4.0}, {5: 1.0}, {}]


def test_the_mass_of_a_row_does_not_depend_on_its_neighbours() -> None:
    """A row that weighs very much more takes no digits from the sums of the rows after it."""
    vectors = SparseVectors.from_mappings([{0: 2e16}, {1: 1.0, 2: 1.0}], vocabulary_size=SIZE)
    assert mappings(vectors.pruned(mass=0.75))[1] == {1: 1.0, 2: 1.0}


@given(batches, st.floats(0.05, 1))
def test_mass_holds_its_share(vectors: SparseVectors, mass: float) -> None:
    """Each row keeps at least the share, and no pruned row could do without its lightest term."""
    for whole, kept in zip(mappings(vectors), mappings(vectors.pruned(mass=mass)), strict=True):
        if whole:
            assert sum(kept.values()) >= mass * sum(whole.values()) * (1 - 1e-9)
            assert kept.items() <= whole.items()


@pytest.mark.parametrize("wrong", [{"top": 0}, {"mass": 0.0}, {"mass": 1.5}])
def test_impossible_pruning_is_an_error(wrong: dict[str, float]) -> None:
    """Pruning to nothing is no pruning."""
    with pytest.raises(ValueError, match="must be"):
        SparseVectors.from_mappings([{}], vocabulary_size=SIZE).pruned(**wrong)  # type: ignore[arg-type]


@given(batches, batches)
def test_concatenate_then_select_gives_the_parts_back(one: SparseVectors, other: SparseVectors) -> None:
    """Rows keep their order and their weights."""
    both = SparseVectors.concatenate([one, other], vocabulary_size=SIZE)
    assert mappings(both.select(range(len(one)))) == mappings(one)
    assert mappings(both.select(range(len(one), len(both)))) == mappings(other)


def test_maximum_by_pools_the_windows_of_a_text() -> None:
    """Each term keeps its largest weight; a group without rows is an empty row."""
    windows = SparseVectors.from_mappings([{1: 2.0, 3: 1.0}, {7: 1.0}, {1: 5.0}], vocabulary_size=SIZE)
    assert mappings(windows.maximum_by(np.array([0, 2, 0]), count=3)) == [{1: 5.0, 3: 1.0}, {}, {7: 1.0}]


@given(batches, batches)
def test_dot_is_the_product_of_the_dense_arrays(one: SparseVectors, other: SparseVectors) -> None:
    """Computed in double precision."""
    dense_one, dense_other = (vectors.to_scipy().toarray().astype(np.float64) for vectors in (one, other))
    np.testing.assert_allclose(one.dot(other).toarray(), dense_one @ dense_other.T, rtol=1e-12)


def test_named_rows_begin_with_the_heaviest_term() -> None:
    """A row as a person reads it."""
    vectors = SparseVectors.from_mappings([{0: 1.0, 1: 3.0}], vocabulary_size=2)
    assert list(vectors.named(0, Vocabulary(("cat", "dog"))).items()) == [("dog", 3.0), ("cat", 1.0)]
