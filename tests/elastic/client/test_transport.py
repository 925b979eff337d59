"""Answers without a bound: packed bombs, and bytes that come one by one."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from elasticsearch import Elasticsearch

from mlsr_es.elastic.client import translated, transport
from mlsr_es.errors import ClusterUnreachableError

HEAD = b"HTTP/1.1 200 OK\r\nX-Elastic-Product: Elasticsearch\r\nContent-Type: application/json\r\n"


@contextmanager
def answering(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that answers each request by a function of its connection."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(65536)
                    try:
                        answer(connection)
                    except OSError:
                        continue

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def test_an_answer_is_read_whole(client_of: Callable[..., Elasticsearch]) -> None:
    """Packed or not, and in chunks."""
    body = b'{"tagline": "' + b"a" * 200_000 + b'"}'
    packed = gzip.compress(body)
    plain = HEAD + f"Content-Length: {len(body)}\r\n\r\n".encode() + body
    squeezed = HEAD + f"Content-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n".encode() + packed
    chunks = HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n"
    for answer in (plain, squeezed, chunks):
        with answering(lambda connection, answer=answer: connection.sendall(answer)) as url:  # type: ignore[misc]
            assert len(client_of(url, timeout_s=5).info()["tagline"]) == 200_000


def test_a_bomb_is_not_unpacked(client_of: Callable[..., Elasticsearch], monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the bound; the message says that the answer is too large, not that there was none."""
    monkeypatch.setattr(transport, "LARGEST_ANSWER", 2**20)
    packed = gzip.compress(b" " * 50 * 2**20)
    answer = HEAD + f"Content-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n".encode() + packed
    with answering(lambda connection: connection.sendall(answer)) as url:
        client = client_of(url, timeout_s=5)
        with (
            pytest.raises(ClusterUnreachableError, match=r"could not ask: the answer is larger than is read \(1 MiB\)"),
            translated(client, "ask"),
        ):
            client.info()


def test_a_byte_now_and_then_is_no_answer(client_of: Callable[..., Elasticsearch]) -> None:
    """The time for a request ends, although each byte comes in time."""

    def drip(connection: socket.socket) -> None:
        connection.sendall(HEAD + b"Content-Length: 100000\r\n\r\n")
        for _ in range(200):
            connection.sendall(b" ")
            time.sleep(0.05)

    begun = time.monotonic()
    with answering(drip) as url:
        client = client_of(url, timeout_s=0.5)
        with pytest.raises(ClusterUnreachableError, match="could not ask in time"), translated(client, "ask"):
            client.info()
    assert time.monotonic() - begun < 5
