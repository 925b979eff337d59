"""What stands before every request: who may ask, how much, and what a browser may do with the answer."""

from __future__ import annotations

import asyncio
import hmac
import os
import sys
from http import HTTPStatus
from time import perf_counter

import orjson
from fastapi.responses import JSONResponse
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mlsr_es.service.problems import problem
from mlsr_es.service.settings import ServiceSettings

METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The variable that names a folder in which several processes count together; prometheus-client reads it on import."""

_OPEN = ("/healthz", "/", "/page/")
"""What needs no token: whether the process lives, and the page, which has no data of its own."""

_ONE_MACHINE = ("localhost", "127.0.0.1", "[::1]")

_HEADERS = {
    b"content-security-policy": b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    b"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"cache-control": b"no-store",
}


class Metrics:
    """What ``/metrics`` tells; each service has its own, and its processes count together."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        names = ("method", "route", "status")
        self.requests = Counter("mlsr_es_requests", "Requests that were answered.", names, registry=self.registry)
        self.seconds = Histogram(
            "mlsr_es_request_seconds", "Seconds until the answer.", ("route",), registry=self.registry
        )
        self.waiting = Gauge(
            "mlsr_es_waiting", "Requests that are being answered.", registry=self.registry, multiprocess_mode="livesum"
        )

    def told(self) -> bytes:
        """What Prometheus reads: of this process, or of all where there are several."""
        if METRICS_FOLDER not in os.environ:
            return generate_latest(self.registry)
        together = CollectorRegistry()
        multiprocess.MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        return generate_latest(together)


def forget_process(pid: int | None) -> None:
    """Let requests that a dead process was answering no longer count as waiting."""
    multiprocess.mark_process_dead(pid)  # type: ignore[no-untyped-call]


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
        body = _Body(receive, self._settings)

        async def answered(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                given = {name for name, _ in message["headers"]}
                added = [(name, value) for name, value in _HEADERS.items() if name not in given]
                message["headers"] = [*message["headers"], *added]
            await send(message)

        async def answered_unless_refused(message: Message) -> None:
            if body.refusal is None:  # else the app tells of a body that it could not read
                await answered(message)

        refusal = self._refusal(scope)
        counts = scope["path"].startswith("/v1/")
        if refusal is None and counts and self._under_way >= self._settings.waiting:
            refusal = problem(
                HTTPStatus.TOO_MANY_REQUESTS, "too many requests are waiting.", "Ask again later.", {"Retry-After": "1"}
            )
        if refusal is None:
            self._under_way += counts
            self._metrics.waiting.set(self._under_way)
            try:
                await self._app(scope, body, answered_unless_refused)
            except _RefusedError:
                pass
            finally:
                self._under_way -= counts
                self._metrics.waiting.set(self._under_way)
            refusal = body.refusal
        if refusal is not None:
            await refusal(scope, receive, answered)
        self._tell(scope, status, perf_counter() - started)

    def _refusal(self, scope: Scope) -> JSONResponse | None:
        headers = dict(scope["headers"])
        settings = self._settings
        if not settings.token and _host(headers.get(b"host", b"").decode("latin-1")) not in _ONE_MACHINE:
            # Else a page of another site could ask, by a name of its own that leads to this machine.
            return problem(HTTPStatus.MISDIRECTED_REQUEST, "this service answers to localhost only.")
        path = scope["path"]
        if settings.token and path not in _OPEN and not path.startswith("/page/"):
            given = headers.get(b"authorization", b"")
            if not hmac.compare_digest(given, f"Bearer {settings.token}".encode("latin-1")):
                advice = "Send the header Authorization: Bearer TOKEN."
                return problem(
                    HTTPStatus.UNAUTHORIZED, "the token is missing or wrong.", advice, {"WWW-Authenticate": "Bearer"}
                )
        length = headers.get(b"content-length", b"0")
        return _too_large(settings) if length.isdigit() and int(length) > settings.body else None

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "other")
        self._metrics.requests.labels(scope["method"], route, status).inc()
        self._metrics.seconds.labels(route).observe(seconds)
        if self._settings.log_json:
            line = {"method": scope["method"], "route": route, "status": status, "ms": round(seconds * 1000, 1)}
            sys.stderr.write(orjson.dumps(line).decode() + "\n")


class _RefusedError(Exception):
    """A body that is not read to its end."""


class _Body:
    """Receives a body up to a limit of bytes and of time; ``refusal`` is the answer to one that is beyond it."""

    def __init__(self, receive: Receive, settings: ServiceSettings) -> None:
        self.refusal: JSONResponse | None = None
        self._receive, self._settings, self._left = receive, settings, settings.body
        self._until: float | None = asyncio.get_running_loop().time() + settings.timeout_s

    async def __call__(self) -> Message:
        try:
            async with asyncio.timeout_at(self._until):
                message = await self._receive()
        except TimeoutError as error:
            told = f"the request was not sent within {self._settings.timeout_s:g} s."
            self.refusal = problem(HTTPStatus.REQUEST_TIMEOUT, told, "Send it again.")
            raise _RefusedError from error
        if not message.get("more_body", False):
            self._until = None  # what is waited for from now on is that the client goes away
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            self.refusal = _too_large(self._settings)
            raise _RefusedError
        return message


def _too_large(settings: ServiceSettings) -> JSONResponse:
    return problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a request has at most {settings.body:,} bytes.")


def _host(header: str) -> str:
    """The name without the port."""
    return header.partition("]")[0] + "]" if header.startswith("[") else header.partition(":")[0]
