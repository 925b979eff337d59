"""A proxy in front of a real node that fails requests before it lets them through, or after."""

from __future__ import annotations

import http.client
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Protocol
from urllib.parse import urlsplit

BUSY, AWAY, LOST = "503", "no answer", "answer lost"
"""503; the connection ends before the request is sent on; it ends after the request was done."""

CUT, PAGE, FULL, LATE = "answer cut", "a page with 200", "429", "late"
"""The first half of the answer; a proxy's page after the request was done; 429; the answer half a second later."""

FAULTS = (BUSY, AWAY, LOST, CUT, PAGE, FULL, LATE)
_LATE_S = 0.5
_PAGE = b"<html><body>Please wait.</body></html>"


class Fault(Protocol):
    """What decides which requests fail."""

    url: str

    def of(self, kind: str) -> str:
        """The fault of the next request of a kind, one of ``FAULTS``; "" for none. One request is asked at a time."""


@dataclass
class Flaky:
    """Each kind of request fails in one way.

    Args:
        fault: In which way.
        times: How often each kind of request fails, before it goes well.
        spares: Kinds of requests that never fail.
    """

    fault: str
    times: int = 1
    spares: tuple[str, ...] = ()
    url: str = ""
    failed: Counter[str] = field(default_factory=Counter)

    def of(self, kind: str) -> str:
        """The fault, as often as it is to come; it is counted."""
        if kind in self.spares or self.failed[kind] >= self.times:
            return ""
        self.failed[kind] += 1
        return self.fault


@dataclass
class InShares:
    """Any request fails, in any way, in a stated share of all.

    Args:
        share: In [0, 1).
        seed: Decides which.
        before: Called with the number of each request, from 1, before anything else is done.
    """

    share: float
    seed: int = 0
    before: Callable[[int], None] = lambda _: None
    url: str = ""
    asked: int = 0
    failed: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._random = Random(self.seed)

    def of(self, kind: str) -> str:
        """A fault by chance; what a client asks first, and only once, is spared."""
        self.asked += 1
        self.before(self.asked)
        if kind.endswith(" /") or self._random.random() >= self.share:
            return ""
        # An answer to HEAD has no body that could be cut or be another.
        usable = FAULTS if not kind.startswith("HEAD") else (BUSY, AWAY, LOST, FULL, LATE)
        fault = self._random.choice(usable)
        self.failed[fault] += 1
        return fault


def kind_of(method: str, path: str) -> str:
    """A request without the names of indices and documents: ``POST _search``; those for a lease apart."""
    if "-v0000" in path:
        return f"{method} lease"
    parts = [part for part in re.split(r"[/?]", path) if part.startswith("_")]
    return f"{method} {parts[0] if parts else 'index' if path.strip('/') else '/'}"


@contextmanager
def flaky(node: str, fault: str, times: int = 1, spares: tuple[str, ...] = ()) -> Iterator[Flaky]:
    """Run a proxy in front of a node, which fails each kind of request in one way."""
    told = Flaky(fault, times, spares)
    with proxied(node, told):
        yield told


@contextmanager
def proxied(node: str, told: Fault) -> Iterator[None]:
    """Run a proxy in front of a node; its address is that of ``told``."""
    where = urlsplit(node)
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def passed_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            with lock:
                fault = told.of(kind_of(self.command, self.path))
            if fault in {BUSY, FULL}:
                self.send_response(int(fault))
                self.send_header("Content-Length", "0")
                self.end_headers()
            elif fault == AWAY:
                self.close_connection = True
            else:
                self.done(body, fault)

        def done(self, body: bytes, fault: str) -> None:
            with closing(http.client.HTTPConnection(where.hostname or "", where.port, timeout=60)) as behind:
                behind.request(self.command, self.path, body, dict(self.headers))
                with closing(behind.getresponse()) as answer:
                    content = answer.read()
            if fault == LOST:
                self.close_connection = True
                return
            if fault == LATE:
                time.sleep(_LATE_S)
            headers = {name.lower(): value for name, value in answer.getheaders()}
            if fault == PAGE:
                content, headers = _PAGE, {"content-type": "text/html"}
            self.send_response(200 if fault == PAGE else answer.status)
            for name in headers.keys() - {"content-length", "transfer-encoding", "connection"}:
                self.send_header(name, headers[name])
            length = answer.getheader("Content-Length", "0") if self.command == "HEAD" else str(len(content))
            self.send_header("Content-Length", length)
            self.end_headers()
            self.wfile.write(content[: len(content) // 2] if fault == CUT else content)
            self.close_connection = self.close_connection or fault == CUT

        do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = passed_on  # noqa: N815 - as the server calls them

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
