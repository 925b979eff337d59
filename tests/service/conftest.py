"""A service that runs, as a client meets it."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import orjson
import pytest
import uvicorn

from mlsr_es.elastic.client import ConnectionSettings, connect
from mlsr_es.service import SectionStore, ServiceSettings, service


@dataclass(frozen=True)
class Reply:
    """What the service answered."""

    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def json(self) -> Any:
        """The body."""
        return orjson.loads(self.content)


@dataclass
class Client:
    """Asks a service on this machine."""

    port: int
    said: list[str]

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        """Send one request; a body that is not bytes is sent as JSON."""
        content = body if isinstance(body, bytes) or body is None else orjson.dumps(body)
        sent = {"Content-Type": "application/json"} if content is not None else {}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(
                method, path, content, sent | {name.replace("_", "-"): each for name, each in headers.items()}
            )
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Reply(answer.status, found, answer.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Reply:
        """Get a path."""
        return self.ask("GET", path, **headers)

    def suggest(self, text: str = "How is a rope tied to a post?", **options: Any) -> Reply:
        """Ask for images of a text."""
        return self.ask("POST", "/v1/suggest", {"section": {"text": text}, **options})


Serve = Callable[..., Client]


@pytest.fixture(scope="module")
def serve() -> Iterator[Serve]:
    """Starts services; they end with the module."""
    running: list[tuple[uvicorn.Server, threading.Thread]] = []

    def start(url: str, *indices: str, sections: SectionStore | None = None, **options: Any) -> Client:
        said: list[str] = []
        settings = replace(ServiceSettings(indices), **options)
        app = service(
            settings, connect(ConnectionSettings(url=url, timeout_s=options.get("timeout_s", 5))), said.append, sections
        )
        server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", access_log=False))
        sock = server.config.bind_socket()
        thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]}, daemon=True)
        thread.start()
        while not server.started:
            thread.join(0.01)
        running.append((server, thread))
        return Client(sock.getsockname()[1], said)

    yield start
    for server, thread in running:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def sample(serve: Serve, cluster_url: str, sample_index: str) -> Client:
    """A service of the sample's index."""
    return serve(cluster_url, sample_index)
