"""``mlsr-es api-key``: what is sent, and what a key is good for where a cluster can make one."""

from __future__ import annotations

import json
import threading
from base64 import b64encode
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from elasticsearch import AuthorizationException, Elasticsearch

from mlsr_es.elastic.client import ConnectionSettings, connect
from mlsr_es.elastic.cluster import AccessRole, lacking, role_body
from tests.program import run_program

MADE = {"id": "k1", "name": "mlsr-es-searcher-photos", "api_key": "s3cret"}
ENCODED = b64encode(b"k1:s3cret").decode()


class StandIn(HTTPServer):
    """A cluster that makes keys, as somebody who may read and not look at mappings."""

    asked: dict[str, Any]


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    """It keeps what it is asked, by path."""

    class Answers(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Nothing."""

        def _answer(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            server.asked[f"{self.command} {self.path}"] = asked
            granted = {name: {"read": True, "view_index_metadata": False} for name in ("photos", "/photos-v[0-9]{4,}/")}
            body = {"index": granted} if self.path.endswith("_has_privileges") else MADE
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("X-Elastic-Product", "Elasticsearch")
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def do_POST(self) -> None:
            self._answer()

        def do_PUT(self) -> None:
            self._answer()

    with StandIn(("127.0.0.1", 0), Answers) as server:
        server.asked = {}
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def create(url: str, *options: str) -> Any:
    return run_program("api-key", "create", "--role", "searcher", "--index", "photos", *options, "--es-url", url)


def test_a_key_is_asked_for_with_the_roles_body(stand_in: StandIn) -> None:
    """Path and body are those of Elasticsearch's documentation; the key alone is on stdout."""
    ran = create(f"http://127.0.0.1:{stand_in.server_port}", "--expires", "90d")
    assert (ran.code, ran.stdout) == (0, f"{ENCODED}\n")
    assert stand_in.asked["PUT /_security/api_key"] == {
        "name": "mlsr-es-searcher-photos",
        "role_descriptors": {"mlsr-es-searcher": role_body(AccessRole.SEARCHER, "photos")},
        "expiration": "90d",
    }
    assert "mlsr-es-searcher-photos (id k1) has the rights of the searcher on photos, and no others." in ran.stderr
    assert "s3cret" not in ran.stderr
    assert ENCODED not in ran.stderr


def test_a_key_that_has_less_than_its_role_is_told(stand_in: StandIn) -> None:
    """Since it has never more than its maker."""
    ran = create(f"http://127.0.0.1:{stand_in.server_port}", "--json")
    assert "Its maker lacks view_index_metadata there, and so does the key." in ran.stderr
    assert (ran.json["encoded"], ran.json["lacks"]) == (ENCODED, ["view_index_metadata"])


def test_a_cluster_without_security_has_no_keys(cluster_url: str, client: Elasticsearch) -> None:
    """Which is said, in place of the cluster's words about an index of that name."""
    if lacking(client, AccessRole.SEARCHER, "photos") is not None:
        pytest.skip("this cluster has security")
    ran = create(cluster_url)
    assert (ran.code, ran.stdout) == (1, "")
    assert "the security of this cluster is off: it has no keys." in ran.stderr


def test_a_key_reads_its_index_and_writes_nothing(cluster_url: str, client: Elasticsearch, sample_index: str) -> None:
    """Made by who the address names, where the cluster has security."""
    if lacking(client, AccessRole.SEARCHER, sample_index) is None:
        pytest.skip("the embedded node cannot make keys: name a cluster with security, make test-cluster")
    ran = run_program("api-key", "create", "--role", "searcher", "--index", sample_index, "--es-url", cluster_url)
    assert ran.code == 0, ran.stderr
    address = ConnectionSettings(url=cluster_url).url
    with connect(ConnectionSettings(url=address, api_key=ran.stdout.strip())) as holder:
        assert holder.count(index=sample_index)["count"] > 0
        with pytest.raises(AuthorizationException):
            holder.index(index=sample_index, document={})
