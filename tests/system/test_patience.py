"""A run outlives a cluster that is busy or away for a moment, whatever it asks just then."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from mlsr_es.collection import ImageDocument
from mlsr_es.elastic.client import ConnectionSettings, connect
from mlsr_es.elastic.reading import count
from mlsr_es.embedded import Node
from mlsr_es.indexing import IndexJob, index_collection
from mlsr_es.indexing.prepare import BLOCK
from tests.elastic.flaky import AWAY, BUSY, LOST, flaky
from tests.indexing.listed import Listed, image
from tests.models import word_model
from tests.program import run_program


@pytest.mark.parametrize("fault", [BUSY, AWAY, LOST])
def test_a_run_outlives_a_fault_in_each_kind_of_request(
    fault: str, client: Elasticsearch, cluster_url: str, index_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is lost, nothing doubled, and the second model's version takes over."""
    monkeypatch.setattr("mlsr_es.elastic.client.transport.PAUSES", lambda _: 0.01)
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


def test_a_run_outlives_a_node_that_is_killed(closed_port: int, tmp_path: Path) -> None:
    """And comes back: every document is there once, and searched."""
    folder = Path(tempfile.mkdtemp(prefix="mlsr-es-node-"))
    folder.chmod(0o755)  # the node runs as another user
    node = Node(folder)
    settings = {"http.port": str(closed_port)}
    try:
        url = str(node.start(heap_mb=256, settings=settings).url)

        def reading() -> Iterator[ImageDocument]:
            for number in range(4 * BLOCK):
                if number == 3 * BLOCK:
                    os.kill(node.status().pid or 0, signal.SIGKILL)
                    time.sleep(1)  # its port and its data are free only then
                    node.start(heap_mb=256, settings=settings)
                yield image(f"{number}", "owl")

        job = IndexJob(Listed(reading()), "birds", word_model(), "word", rejects=tmp_path / "rejects.ndjson")
        with closing(connect(ConnectionSettings(url=url), patient=True)) as client:
            summary = index_collection(job, client)
            assert (summary.encoded, summary.promoted) == (4 * BLOCK, True)
            assert count(client, "birds") == 4 * BLOCK
    finally:
        node.stop()
        shutil.rmtree(folder)
