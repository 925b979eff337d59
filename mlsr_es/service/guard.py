"""What stands before every request: who may ask, how much, and what a browser may do with the answer."""

from __future__ import annotations

import hmac
import sys
from http import HTTPStatus
from time import perf_counter
from typing import Any

import orjson
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mlsr_es.service.problems import problem
from mlsr_es.service.settings import ServiceSettings

_OPEN = ("/healthz", "/", "/page/")
"""What needs no token: whether the process lives, and the page, which has no data of its own."""

_ONE_MACHINE = ("localhost", "127.0.0.1", "[::1]")

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class Metrics:
    """What ``/metrics`` tells; each service has its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        names = ("method", "route", "status")
        self.requests = Counter("mlsr_es_requests", "Requests that were answered.", names, registry=self.registry)
        self.seconds = Histogram(
            "mlsr_es_request_seconds", "Seconds until the answer.", ("route",), registry=self.registry
        )
        self.waiting = Gauge("mlsr_es_waiting", "Requests that are being answered.", registry=self.registry)


class Guard:
    """Checks each request, counts it, and adds the headers that keep a browser safe.

    Args:
        app: What answers the requests that may pass.
        settings: Who may ask, and how much.
        metrics: What is counted.
    """

    def __init__(self, app: ASGIApp, settings: ServiceSettings, metrics: Metrics) -> None:
        self._app = app
        self._settings = settings
        self._metrics = metrics
        self._under_way = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = perf_counter(), 0

        async def answered(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                given = {name.decode().lower() for name, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *((name.encode(), value.encode()) for name, value in _HEADERS.items() if name.lower() not in given),
                ]
            await send(message)

        refusal = self._refusal(scope)
        counts = scope["path"].startswith("/v1/")
        if refusal is None and counts and self._under_way >= self._settings.waiting:
            refusal = problem(
                HTTPStatus.TOO_MANY_REQUESTS, "too many requests are waiting.", "Ask again later.", {"Retry-After": "1"}
            )
        if refusal is not None:
            await refusal(scope, receive, answered)
        else:
            self._under_way += counts
            self._metrics.waiting.set(self._under_way)
            try:
                await self._app(scope, _Limited(receive, self._settings.body), answered)
            except _TooLargeError:
                await self._too_large()(scope, receive, answered)
            finally:
                self._under_way -= counts
                self._metrics.waiting.set(self._under_way)
        self._tell(scope, status, perf_counter() - started)

    def _refusal(self, scope: Scope) -> Any:
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        settings = self._settings
        if not settings.token and _host(headers.get("host", "")) not in _ONE_MACHINE:
            # Else a page of another site could ask, by a name of its own that leads to this machine.
            return problem(HTTPStatus.MISDIRECTED_REQUEST, "this service answers to localhost only.")
        path = scope["path"]
        if settings.token and path not in _OPEN and not path.startswith("/page/"):
            given = headers.get("authorization", "").encode("latin-1")
            if not hmac.compare_digest(given, f"Bearer {settings.token}".encode("latin-1")):
                advice = "Send the header Authorization: Bearer TOKEN."
                return problem(
                    HTTPStatus.UNAUTHORIZED, "the token is missing or wrong.", advice, {"WWW-Authenticate": "Bearer"}
                )
        if headers.get("content-length", "0").isdigit() and int(headers.get("content-length", "0")) > settings.body:
            return self._too_large()
        return None

    def _too_large(self) -> Any:
        return problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a request has at most {self._settings.body:,} bytes.")

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "other")
        self._metrics.requests.labels(scope["method"], route, status).inc()
        self._metrics.seconds.labels(route).observe(seconds)
        if self._settings.log_json:
            line = {"method": scope["method"], "route": route, "status": status, "ms": round(seconds * 1000, 1)}
            sys.stderr.write(orjson.dumps(line).decode() + "\n")


class _TooLargeError(Exception):
    """A body that is longer than it said, or than is allowed."""


class _Limited:
    """Receives a body up to a limit."""

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive, self._left = receive, most

    async def __call__(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise _TooLargeError
        return message


def _host(header: str) -> str:
    """The name without the port."""
    return header.partition("]")[0] + "]" if header.startswith("[") else header.partition(":")[0]
