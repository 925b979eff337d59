"""A server that takes bulk requests as Elasticsearch does, after failing as a test wants."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any


@dataclass(frozen=True)
class Reply:
    """An answer; with the status 0 the connection is closed without an answer."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class FaultServer:
    """What the server holds and was asked, and how it is to fail.

    Args:
        documents: The documents stored, by id.
        requests: The ids of each bulk request, in the order in which they came.
        times: When each of them came.
        replies: Answered to the next requests, one each, in place of doing them.
        item_faults: By id, the errors of its next attempts: status, type and reason.
        largest: Bytes of a request above which it is refused with 413.
        slow_above: Bytes of a request above which it is not answered in time.
        slow_s: How long such a request takes, in seconds.
    """

    url: str = ""
    documents: dict[str, Any] = field(default_factory=dict)
    requests: list[list[str]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    replies: deque[Reply] = field(default_factory=deque)
    item_faults: dict[str, deque[tuple[int, str, str]]] = field(default_factory=dict)
    largest: int = 10**9
    slow_above: int = 10**9
    slow_s: float = 0.0

    def answer(self, body: bytes) -> Reply:
        """Take a bulk request, or fail."""
        lines = [json.loads(line) for line in body.splitlines()]
        actions: list[tuple[str, str, Any]] = []
        while lines:
            ((operation, head),) = lines.pop(0).items()
            actions.append((operation, head["_id"], lines.pop(0) if operation == "index" else None))
        self.requests.append([id_ for _, id_, _ in actions])
        self.times.append(time.monotonic())
        if self.replies:
            return self.replies.popleft()
        if len(body) > self.largest:
            return Reply(413)
        if len(body) > self.slow_above:
            time.sleep(self.slow_s)
            return Reply(0)
        return Reply(200, {"items": [{operation: self._item(operation, *rest)} for operation, *rest in actions]})

    def _item(self, operation: str, id_: str, document: Any) -> dict[str, Any]:
        faults = self.item_faults.get(id_)
        if faults:
            status, kind, reason = faults.popleft()
            return {"_id": id_, "status": status, "error": {"type": kind, "reason": reason}}
        if operation == "delete":
            return {"_id": id_, "status": 404 if self.documents.pop(id_, None) is None else 200}
        created = id_ not in self.documents
        self.documents[id_] = document
        return {"_id": id_, "status": 201 if created else 200}


def handler(faults: FaultServer) -> type[BaseHTTPRequestHandler]:
    """Make the handler class of ``http.server`` that fails as ``faults`` says."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        lock = threading.Lock()

        def log_message(self, *_: object) -> None:
            """Print nothing."""

        def _respond(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            with self.lock:
                bulk = self.path.partition("?")[0].endswith("/_bulk")
                reply = faults.answer(body) if bulk else faults.replies.popleft()
            if not reply.status:
                self.close_connection = True
                return
            is_text = isinstance(reply.body, str)
            content = (reply.body if is_text else json.dumps(reply.body or {})).encode()
            self.send_response(reply.status)
            headers = {
                "Content-Type": "text/html" if is_text else "application/json",
                "X-Elastic-Product": "Elasticsearch",
            }
            for name, value in (headers | reply.headers).items():
                if value:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_HEAD(self) -> None:
            """Answer that every index exists."""
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST = do_PUT = _respond  # noqa: N815 - the names that http.server asks for

    return Handler
