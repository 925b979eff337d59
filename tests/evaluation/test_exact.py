"""Exact scoring."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mlsr_es.evaluation import Ranked, exact, exact_run
from mlsr_es.vectors import SparseVectors


def vectors(*rows: dict[int, float]) -> SparseVectors:
    """A batch of vectors over six terms."""
    return SparseVectors.from_mappings(rows, vocabulary_size=6)


def test_images_are_ranked_by_the_dot_product() -> None:
    """An image that shares no term with the query is not in the ranking."""
    run = exact_run(
        "model",
        vectors({0: 1.0, 1: 2.0}, {5: 1.0}, {}),
        vectors({0: 1.0}, {1: 1.0}, {2: 9.0}, {0: 1.0, 1: 1.0}),
        section_ids=["s", "t", "u"],
        image_ids=["a", "b", "c", "d"],
    )
    assert run.name == "model"
    assert run.rankings == {"s": [Ranked("d", 3.0), Ranked("b", 2.0), Ranked("a", 1.0)], "t": [], "u": []}
    assert run.terms == (1.0, 1.25)


def test_of_equal_images_the_one_that_came_first_wins() -> None:
    """As in an index, the order of the ids does not matter; scores that are equal in single precision are ties."""
    run = exact_run(
        "model",
        vectors({0: 1.0, 1: 1e-8}),
        vectors({0: 1.0}, {0: 1.0, 1: 1.0}, {0: 1.0}),
        section_ids=["s"],
        image_ids=["z", "m", "a"],
        depth=2,
    )
    assert [one.image_id for one in run.rankings["s"]] == ["z", "m"]


@given(
    queries=arrays(np.float32, (7, 6), elements=st.sampled_from([0, 0, 0.5, 1, 2])),
    documents=arrays(np.float32, (5, 6), elements=st.sampled_from([0, 0, 0.25, 1, 3])),
)
def test_blocks_do_not_show(queries: np.ndarray, documents: np.ndarray) -> None:
    """With small blocks the ranking is still that of the dense product."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exact, "_SCORES_AT_ONCE", 10)  # two sections
        run = exact_run(
            "model",
            SparseVectors.from_dense(queries),
            SparseVectors.from_dense(documents),
            section_ids=[str(row) for row in range(7)],
            image_ids=[str(row) for row in range(5)],
            depth=3,
        )
    for section_id, scores in zip(run.rankings, queries @ documents.T, strict=True):
        order = [row for row in np.argsort(-scores, kind="stable") if scores[row] > 0]
        assert run.rankings[section_id] == [Ranked(str(row), float(scores[row])) for row in order[:3]]
