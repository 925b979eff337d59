"""A proxy in front of a real node that fails each kind of request before it lets it through."""

from __future__ import annotations

import http.client
import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

BUSY, AWAY, LOST = "503", "no answer", "answer lost"


@dataclass
class Flaky:
    """What fails, and how often it did.

    Args:
        fault: ``BUSY``: 503. ``AWAY``: the connection ends before the request is sent on. ``LOST``: after it was done.
        times: How often each kind of request fails, before it goes well.
        spares: Kinds of requests that never fail.
    """

    fault: str
    times: int = 1
    spares: tuple[str, ...] = ()
    url: str = ""
    failed: Counter[str] = field(default_factory=Counter)

    def fails(self, kind: str) -> bool:
        """Whether the next request of a kind is to fail; it is counted."""
        if kind in self.spares or self.failed[kind] >= self.times:
            return False
        self.failed[kind] += 1
        return True


def kind_of(method: str, path: str) -> str:
    """A request without the names of indices and documents: ``POST _search``; those for a lease apart."""
    if "-v0000" in path:
        return f"{method} lease"
    parts = [part for part in re.split(r"[/?]", path) if part.startswith("_")]
    return f"{method} {parts[0] if parts else 'index' if path.strip('/') else '/'}"


@contextmanager
def flaky(node: str, fault: str, times: int = 1, spares: tuple[str, ...] = ()) -> Iterator[Flaky]:
    """Run a proxy in front of a node."""
    told = Flaky(fault, times, spares)
    where = urlsplit(node)
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def passed_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            with lock:
                fails = told.fails(kind_of(self.command, self.path))
            if fails and fault == BUSY:
                self.send_response(503)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            if fails and fault == AWAY:
                self.close_connection = True
                return
            behind = http.client.HTTPConnection(where.hostname or "", where.port, timeout=60)
            behind.request(self.command, self.path, body, dict(self.headers))
            answer = behind.getresponse()
            content = answer.read()
            behind.close()
            if fails:
                self.close_connection = True
                return
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in {"content-length", "transfer-encoding", "connection"}:
                    self.send_header(name, value)
            length = answer.getheader("Content-Length", "0") if self.command == "HEAD" else str(len(content))
            self.send_header("Content-Length", length)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = passed_on  # noqa: N815 - as the server calls them

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield told
    server.shutdown()
    server.server_close()
    thread.join()
