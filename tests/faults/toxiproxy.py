"""toxiproxy, a proxy that makes a network bad: fetched and built by Go's own client, as a pinned version."""

from __future__ import annotations

import json
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.go import go

_PACKAGE = "github.com/Shopify/toxiproxy/v2/cmd/server@v2.12.0"
_NAME = "cluster"


class Toxiproxy:
    """A proxy in front of a node.

    Args:
        api: The address of its interface.
        node: The node's address.
    """

    def __init__(self, api: str, node: str) -> None:
        self._api = api
        upstream = urlsplit(node).netloc
        told = self._ask("/proxies", {"name": _NAME, "listen": "127.0.0.1:0", "upstream": upstream, "enabled": True})
        self.url = f"http://{told['listen']}"

    def add(self, kind: str, stream: str = "downstream", toxicity: float = 1.0, **attributes: float) -> None:
        """Make the network bad, for a share of the connections."""
        told = {"type": kind, "stream": stream, "toxicity": toxicity, "attributes": attributes}
        self._ask(f"/proxies/{_NAME}/toxics", told)

    def is_up(self, *, up: bool) -> None:
        """Cut all connections and take no more, or take them again."""
        self._ask(f"/proxies/{_NAME}", {"enabled": up})

    def _ask(self, path: str, body: dict[str, Any]) -> Any:
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self._api + path, json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)


def built(folder: Path) -> Path:
    """The program, built in a folder if it is not there."""
    program = folder / "server"
    if not program.exists():
        go(["install", _PACKAGE], "toxiproxy", {"GOBIN": str(folder), "CGO_ENABLED": "0"})
    return program


@contextmanager
def toxiproxy(program: Path, port: int, node: str) -> Iterator[Toxiproxy]:
    """Run one in front of a node."""
    api = f"http://127.0.0.1:{port}"
    command = [str(program), "-host", "127.0.0.1", "-port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            for _ in range(100):
                try:
                    proxy = Toxiproxy(api, node)
                    break
                except OSError:
                    time.sleep(0.1)
            yield proxy
        finally:
            process.kill()
