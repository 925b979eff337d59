"""Routes that read one body and wait for the cluster."""

from __future__ import annotations

from asyncio import get_running_loop
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import Response

_THREADS = ThreadPoolExecutor(40)
"""How many requests may wait for the cluster at the same time."""


class BodyRoute(APIRoute):
    """A route whose endpoint takes one body, a model of pydantic's, and gives a response.

    FastAPI's own way, with dependencies that none of these routes has, costs one request in twenty.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """What reads a request and answers it.

        Raises:
            RequestValidationError: By the handler; the body is no JSON, or not what the model asks for.
        """
        (body,) = self.dependant.body_params
        model: type[BaseModel] = body.field_info.annotation  # type: ignore[assignment]

        async def handle(request: Request) -> Response:
            read = _read(model, request.headers.get("content-type", ""), await request.body())
            return await get_running_loop().run_in_executor(_THREADS, self.endpoint, read)

        return handle


def _read(model: type[BaseModel], content_type: str, body: bytes) -> BaseModel:
    kind = content_type.partition(";")[0].strip().lower()
    if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        # A form of another site could send other types without asking first.
        what = {"type": "json_type", "loc": ("body",), "msg": "the content type has to be application/json"}
        raise RequestValidationError([what])
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        raise RequestValidationError([{**each, "loc": ("body", *each["loc"])} for each in found]) from error
