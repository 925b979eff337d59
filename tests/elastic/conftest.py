"""Clients of the real node, and a server that fails on purpose."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from http.server import ThreadingHTTPServer
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from mlsr_es.elastic import ConnectionSettings, connect
from tests.elastic.faults import FaultServer, handler


@pytest.fixture
def fault_server() -> Iterator[FaultServer]:
    faults = FaultServer()
    with ThreadingHTTPServer(("127.0.0.1", 0), handler(faults)) as server:
        faults.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield faults
        server.shutdown()
        thread.join()


@pytest.fixture
def client_of() -> Iterator[Callable[..., Elasticsearch]]:
    """Makes clients of an address, and closes them at the end."""
    clients = []

    def make(url: str, **settings: Any) -> Elasticsearch:
        clients.append(connect(ConnectionSettings(url=url, **settings)))
        return clients[-1]

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def client(cluster_url: str, client_of: Callable[..., Elasticsearch]) -> Elasticsearch:
    """A client of the real node."""
    return client_of(cluster_url)


@pytest.fixture
def closed_port() -> int:
    """A port of this machine where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
