"""Errors as problem details (RFC 9457); nothing of the cluster's address or credentials is among them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi.responses import JSONResponse

from mlsr_es.errors import (
    ClusterError,
    ClusterUnreachableError,
    IndexMismatchError,
    InputError,
    MlsrError,
    ModelError,
    QueryError,
    UnknownImageError,
)

_STATUS: tuple[tuple[type[MlsrError], HTTPStatus], ...] = (
    (QueryError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (UnknownImageError, HTTPStatus.NOT_FOUND),
    (IndexMismatchError, HTTPStatus.SERVICE_UNAVAILABLE),
    (ModelError, HTTPStatus.SERVICE_UNAVAILABLE),
    (InputError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (ClusterUnreachableError, HTTPStatus.SERVICE_UNAVAILABLE),
    (ClusterError, HTTPStatus.BAD_GATEWAY),
    (MlsrError, HTTPStatus.INTERNAL_SERVER_ERROR),
)
_OF_THE_CLUSTER = "The cluster does not answer as it should; the service's log says more."


def status_of(error: MlsrError) -> HTTPStatus:
    """The status of an error."""
    return next(status for kind, status in _STATUS if isinstance(error, kind))


def detail_of(error: MlsrError) -> str:
    """What is said of an error to those who ask: of the cluster's own, only that there is one."""
    return _OF_THE_CLUSTER if isinstance(error, ClusterError) else error.what


def content(status: HTTPStatus, detail: str, advice: str = "", **more: Any) -> dict[str, Any]:
    """A problem's JSON."""
    told = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail}
    return told | ({"advice": advice} if advice else {}) | more


def problem(
    status: HTTPStatus, detail: str, advice: str = "", headers: dict[str, str] | None = None, **more: Any
) -> JSONResponse:
    """A problem as a response."""
    return JSONResponse(
        content(status, detail, advice, **more), status, headers=headers, media_type="application/problem+json"
    )
