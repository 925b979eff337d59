"""What an index holds is read as arrays; a feature that is not the model's is told."""

from __future__ import annotations

import pytest
from elasticsearch import Elasticsearch

from mlsr_es.encoders import BiEncoder
from mlsr_es.errors import IndexMismatchError
from mlsr_es.inspection.evaluating import contents_of_index
from mlsr_es.inspection.evaluating.gathering import gathered
from mlsr_es.progress import Silent
from tests.program import run_program


def test_rows_become_vectors_in_their_order() -> None:
    """Empty ones too; the columns are whatever they are said to be."""
    found = gathered([{"owl": 1.5, "tree": 0.25}, {}, {"tree": 2.0}], ["tree", "owl"].index).vectors(3)
    assert found.to_scipy().toarray().tolist() == [[0.25, 1.5, 0], [0, 0, 0], [2, 0, 0]]


def test_no_row_is_a_batch_without_rows() -> None:
    """As of an index that is empty."""
    assert len(gathered([], ["owl"].index).vectors(1)) == 0


def test_a_feature_that_the_model_does_not_know_is_told(
    cluster_url: str, client: Elasticsearch, index_name: str, demo_model: BiEncoder
) -> None:
    """With the index, the document, the feature, and what to do."""
    assert run_program("index", "sample", "--index", index_name, "--es-url", cluster_url).code == 0
    client.index(index=index_name, id="stranger", document={"mlsr": {"terms": [{"no such piece": 1.0}]}}, refresh=True)
    with pytest.raises(IndexMismatchError) as caught:
        contents_of_index(client, index_name, demo_model, Silent())
    for said in (
        f"{index_name}-v0001",
        "'stranger'",
        "'no such piece'",
        "mlsr-es doctor",
        "or index it again",
    ):
        assert said in str(caught.value)
