"""Asking a node whether it serves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from mlsr_es.embedded.health import healthy, http_address


@contextmanager
def _answering(status: int) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(("status", "expected"), [(200, True), (401, True), (403, True), (408, False), (503, False)])
def test_who_answers_is_healthy_unless_it_says_not(status: int, *, expected: bool) -> None:
    """A node that asks for credentials serves; one that waits for its data does not yet."""
    with _answering(status) as url:
        assert healthy(url) is expected


def test_nobody_is_not_healthy() -> None:
    """A closed port is no error."""
    assert not healthy("http://127.0.0.1:1")


@pytest.mark.parametrize(
    ("text", "expected"), [("127.0.0.1:41\n", "127.0.0.1:41"), ("", ""), ("evil.example:80\n", ""), ("127.0.0.1:", "")]
)
def test_only_a_loopback_address_is_taken(tmp_path: Path, text: str, expected: str) -> None:
    """A file that is half written, or not the node's, gives no address."""
    (tmp_path / "http.ports").write_text(text)
    assert http_address(tmp_path / "http.ports") == expected


def test_a_node_that_has_not_bound_yet_has_no_address(tmp_path: Path) -> None:
    """The file is missing until it has."""
    assert http_address(tmp_path / "http.ports") == ""
