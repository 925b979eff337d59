"""A run outlives a cluster that is busy or away for a moment, whatever it asks just then."""

from __future__ import annotations

import pytest
from elasticsearch import Elasticsearch

from tests.elastic.flaky import AWAY, BUSY, LOST, flaky
from tests.program import run_program


@pytest.mark.parametrize("fault", [BUSY, AWAY, LOST])
def test_a_run_outlives_a_fault_in_each_kind_of_request(
    fault: str, client: Elasticsearch, cluster_url: str, index_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is lost, nothing doubled, and the second model's version takes over."""
    monkeypatch.setattr("mlsr_es.elastic.client.transport._JITTER", lambda _: 0.01)
    client.index(index=index_name, id="1", document={"name": "An owl on a branch"}, refresh=True)
    for arguments, there in (
        (("index", "sample", "--index", f"{index_name}-s", "--prune-missing"), (f"{index_name}-s", 63)),
        (("enrich", index_name, "--caption-field", "name"), (index_name, 1)),
    ):
        with flaky(cluster_url, fault, spares=("GET /", "HEAD /")) as proxy:
            ran = run_program(*arguments, "--es-url", proxy.url, "--json")
        assert ran.code == 0, (ran.stderr, proxy.failed)
        assert client.count(index=there[0])["count"] == there[1]
        assert proxy.failed.keys() >= {"PUT _bulk", "POST _search", "PUT _mapping", "PUT lease", "POST _refresh"}


def test_a_cluster_that_has_never_answered_is_told_of_at_once(closed_port: int) -> None:
    """Its address may be wrong."""
    ran = run_program("index", "sample", "--index", "any", "--es-url", f"http://127.0.0.1:{closed_port}")
    assert ran.code == 1
    assert "does not answer" in ran.stderr or "refused" in ran.stderr
