"""A real node: what it serves, whom it listens to, and that it goes."""

from __future__ import annotations

import json
import os
import sys
import urllib.error
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from mlsr_es.embedded import VERSIONS, Node
from mlsr_es.embedded.process import ProcessRecord, write_record
from mlsr_es.errors import NodeError
from mlsr_es.progress import Silent


def _ask(method: str, url: str, body: object = None) -> Any:
    content = None if body is None else json.dumps(body).encode()
    request = Request(url, method=method, data=content, headers={"Content-Type": "application/json"})
    with urlopen(request) as answer:
        return json.load(answer)


def _listening(pid: int) -> set[str]:
    """The addresses that a process listens on, in the kernel's hexadecimal digits."""
    links = []
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed while the others were read
            links.append(str(link.readlink()))
    sockets = {link[len("socket:[") : -1] for link in links if link.startswith("socket:[")}
    rows = [line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]]
    return {row[1].partition(":")[0] for row in rows if row[3] == "0A" and row[9] in sockets}


def test_rank_features_score_as_a_dot_product(cluster_url: str, index_name: str) -> None:
    """The module that the distribution lacks works: a linear query times its boost times the weight."""
    index = f"{cluster_url}/{index_name}"
    _ask("PUT", index, {"mappings": {"properties": {"terms": {"type": "rank_features"}}}})
    _ask("PUT", f"{index}/_doc/1?refresh=true", {"terms": [{"cat": 1.5, "dog": 0.5}]})
    clauses = [
        {"rank_feature": {"field": f"terms.{term}", "boost": boost, "linear": {}}}
        for term, boost in (("cat", 2.0), ("dog", 1.0))
    ]
    hits = _ask("POST", f"{index}/_search", {"query": {"bool": {"should": clauses}}})["hits"]["hits"]
    assert [(hit["_id"], hit["_score"]) for hit in hits] == [("1", 3.5)]


def test_sparse_vectors_score_as_a_dot_product(newer_cluster_url: str) -> None:
    """The newer node has the field and the query; it says which it is, though it has no ``GET /``."""
    index = f"{newer_cluster_url}/mlsr-test-node"
    _ask("PUT", index, {"mappings": {"properties": {"terms": {"type": "sparse_vector"}}}})
    try:
        _ask("PUT", f"{index}/_doc/1?refresh=true", {"terms": [{"cat": 1.5, "dog": 0.5}]})
        asked = {"field": "terms", "query_vector": {"cat": 2.0, "dog": 1.0}, "prune": False}
        hits = _ask("POST", f"{index}/_search", {"query": {"sparse_vector": asked}})["hits"]["hits"]
    finally:
        _ask("DELETE", index)
    assert [(hit["_id"], hit["_score"]) for hit in hits] == [("1", 3.5)]
    (node,) = _ask("GET", f"{newer_cluster_url}/_nodes/_local?filter_path=nodes.*.version")["nodes"].values()
    assert node["version"] in VERSIONS[1:]


def test_a_second_node_runs_beside_the_first(cluster_url: str, node_folder: Path) -> None:
    """It ignores a stale pid file, takes settings, binds loopback alone, starts once, and is gone when stopped."""
    write_record(node_folder / "node.json", ProcessRecord(os.getpid(), "another time", "http", "127.0.0.1:9"))
    node = Node(node_folder)
    assert not node.status().running

    status = node.start(heap_mb=256, settings={"indices.query.bool.max_clause_count": "2"})

    assert status.running
    assert status.url not in {None, cluster_url}
    assert status == node.status() == Node(node_folder).start()
    assert _ask("GET", f"{status.url}/")["version"]["number"] == status.version
    _ask("PUT", f"{status.url}/empty", {"mappings": {"properties": {"a": {"type": "keyword"}}}})
    with pytest.raises(urllib.error.HTTPError, match="400") as refused:
        _ask(
            "POST",
            f"{status.url}/empty/_search",
            {"query": {"bool": {"should": [{"term": {"a": i}} for i in range(3)]}}},
        )
    refused.value.close()
    if sys.platform == "linux":
        assert status.pid
        assert _listening(status.pid) <= {"0100007F", "0000000000000000FFFF00000100007F"}
    assert any("started" in line for line in node.logs(20))

    assert node.stop()
    with pytest.raises(urllib.error.URLError, match="refused"):
        _ask("GET", f"{status.url}/")
    assert (node.status().running, node.status().pid) == (False, None)
    assert not node.stop()
    assert _ask("GET", f"{cluster_url}/")["tagline"]


@pytest.mark.system
def test_a_node_that_dies_while_starting_says_why(node_folder: Path) -> None:
    """The end of its log is in the message, and nothing runs."""
    with pytest.raises(NodeError, match=r"ended while it was starting[^$]*no\.such\.setting"):
        Node(node_folder).start(settings={"no.such.setting": "1"})
    assert Node(node_folder).status().pid is None


@pytest.mark.system
def test_an_interrupted_start_leaves_nothing_running(node_folder: Path) -> None:
    """Ctrl-C while waiting for the node takes the node with it."""
    pids: list[int | None] = []

    class Interrupted(Silent):
        def start(self, stage: str, *_: object) -> None:
            if stage.startswith("Starting"):
                pids.append(Node(node_folder).status().pid)
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Node(node_folder).start(Interrupted())
    assert len(pids) == 1
    assert pids[0]
    assert Node(node_folder).status().pid is None
    assert not (node_folder / "node.json").exists()


def test_a_folder_with_other_files_is_refused(node_folder: Path) -> None:
    """A node never mixes its data with somebody's documents."""
    (node_folder / "thesis.tex").touch()
    with pytest.raises(NodeError, match=r"holds other files \(thesis\.tex\)"):
        Node(node_folder).start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's node runs as another user")
def test_a_folder_that_the_nodes_user_cannot_enter_is_refused(node_folder: Path) -> None:
    """The message names the folder that is closed."""
    (node_folder / "closed").mkdir(mode=0o700)
    with pytest.raises(NodeError, match=f"cannot enter {node_folder / 'closed'}"):
        Node(node_folder / "closed" / "node").start()


def test_a_node_that_never_started_has_said_nothing(node_folder: Path) -> None:
    """No log is no error, and neither is stopping it."""
    node = Node(node_folder / "node")
    assert node.logs(10) == []
    assert not node.stop()
    assert not (node_folder / "node").exists()
