"""A stand-in for Kibana: it notes what it is asked, and refuses what Kibana is known to refuse."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Asked:
    """A request.

    Args:
        path: With the query.
        headers: Names in lower case.
        body: A JSON object; or, of a form's file, one object a line.
        file: The name of the form's file.
    """

    path: str
    headers: Mapping[str, str]
    body: Any
    file: str = ""


@dataclass
class StandIn:
    """What the stand-in was asked, and what it answers by path; any other path is not found.

    Args:
        replies: Path, without the query, to status and body; a text is sent as a web page.
    """

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    replies: dict[str, tuple[int, Any]] = field(default_factory=dict)

    def answer(self, request: Asked) -> tuple[int, Any]:
        """As Kibana: what changes something needs the header, and an import a file of its ending."""
        self.asked.append(request)
        if "kbn-xsrf" not in request.headers:
            return 400, {
                "statusCode": 400,
                "message": "Request must contain a kbn-xsrf header.",
            }
        if request.path.partition("?")[0].endswith("/_import") and not request.file.endswith(".ndjson"):
            return 400, {"statusCode": 400, "message": "Invalid file extension"}
        not_found = {"statusCode": 404, "error": "Not Found", "message": "Not Found"}
        return self.replies.get(request.path.partition("?")[0], (404, not_found))


@contextmanager
def running() -> Iterator[StandIn]:
    """A stand-in on a port of its own."""
    stand_in = StandIn()
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(stand_in)) as server:
        stand_in.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield stand_in
        server.shutdown()
        thread.join()


def _handler(stand_in: StandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Nothing."""

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["content-length"]))
            status, body = stand_in.answer(_asked(self.path, self.headers, content))
            is_page = isinstance(body, str)
            self.send_response(status)
            self.send_header("Content-Type", "text/html" if is_page else "application/json")
            self.end_headers()
            self.wfile.write((body if is_page else json.dumps(body)).encode())

    return Handler


def _asked(path: str, headers: Message, content: bytes) -> Asked:
    named = {name.lower(): value for name, value in headers.items()}
    kind = named["content-type"]
    if not kind.startswith("multipart/form-data"):
        return Asked(path, named, json.loads(content))
    form = BytesParser().parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + content)
    (part,) = [one for one in form.walk() if not one.is_multipart()]
    assert part.get_param("name", header="content-disposition") == "file"
    sent = part.get_payload(decode=True)
    assert isinstance(sent, bytes)
    lines = [json.loads(line) for line in sent.splitlines()]
    return Asked(path, named, lines, str(part.get_filename()))
