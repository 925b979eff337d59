"""A shard fails: the search is an error, or says what it lacks."""

from __future__ import annotations

import pytest
from elasticsearch import Elasticsearch

from mlsr_es import Suggester
from mlsr_es.errors import ClusterError
from tests.half_failing import half_failing_index
from tests.program import run_program


@pytest.fixture
def half_failing(client: Elasticsearch, index_name: str, cluster_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """An index of which one shard fails when words are marked; the program reaches its cluster."""
    monkeypatch.setenv("ES_URL", cluster_url)
    return half_failing_index(client, index_name, cluster_url)


def test_a_partial_answer_is_an_error_or_says_so(half_failing: str, cluster_url: str) -> None:
    """In a warning, in JSON, and in Python."""
    asked = ("search", "an owl", "--index", half_failing, "--highlight")
    strict = run_program(*asked)
    assert (strict.code, strict.stdout) == (1, "")
    ran = run_program(*asked, "--allow-partial")
    assert ran.code == 0, ran.stderr
    assert "Warning: the answer is partial: 1 of 2 shards failed (" in ran.stderr
    told = run_program(*asked, "--allow-partial", "--json").json
    assert (told["partial"]["failed"], told["partial"]["shards"]) == (1, 2)
    assert 0 < len(told["hits"]) < 4
    whole = run_program("search", "an owl", "--index", half_failing, "--allow-partial", "--json").json
    assert (whole["partial"], len(whole["hits"])) == (None, 4)
    with Suggester(half_failing, es_url=cluster_url) as suggester:
        found = suggester.suggest("an owl", highlight=True, allow_partial=True)
        assert found.partial is not None
        for many in suggester.suggest_many(["an owl"] * 2, highlight=True, allow_partial=True):
            assert getattr(many, "partial", None) == found.partial
        with pytest.raises(ClusterError, match="max_analyzed_offset"):
            suggester.suggest("an owl", highlight=True)
        with pytest.raises(ClusterError, match="max_analyzed_offset"):
            list(suggester.suggest_many(["an owl"] * 2, highlight=True))
