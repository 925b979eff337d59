"""The service: routes that ask suggesters and answer in JSON, and the page."""

from __future__ import annotations

from asyncio import get_running_loop
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import FastAPI, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import FileResponse, JSONResponse
from fastapi.staticfiles import StaticFiles
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.exceptions import HTTPException

from mlsr_es.api import Suggester
from mlsr_es.collection import Section
from mlsr_es.elastic.reading import count, frequent_values
from mlsr_es.errors import MlsrError
from mlsr_es.service.answers import answer, answers, batch_answer, response
from mlsr_es.service.gathering import Gathering
from mlsr_es.service.guard import Guard, Metrics
from mlsr_es.service.pictures import picture_of
from mlsr_es.service.problems import detail_of, problem, status_of
from mlsr_es.service.questions import (
    BatchAnswer,
    BatchBody,
    IndexAnswer,
    Problem,
    SectionAnswer,
    SuggestAnswer,
    SuggestBody,
    WhyNotAnswer,
    WhyNotBody,
)
from mlsr_es.service.routing import BodyRoute
from mlsr_es.service.sections import SectionStore
from mlsr_es.service.settings import ServiceSettings
from mlsr_es.service.telling import Telling
from mlsr_es.suggestion import SuggestOptions
from mlsr_es.version import __version__

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from mlsr_es.elastic.client import Client

_THREADS = 40
"""How many answers, of a request or of a batch, may wait for the cluster at the same time."""

_PAGE = Path(__file__).with_name("page")
_PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""A picture may be an SVG of somebody's: it is looked at, and nothing in it runs."""
_PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "content": {"application/problem+json": {}}}
    for status in (401, 404, 413, 422, 429, 502, 503)
}
Index = Annotated[
    str, Query(alias="index", max_length=300, description="The index; the first that is served if left out.")
]
Titles = Annotated[str, Query(alias="titles", max_length=300, description="Words, or parts of words.")]


def service(
    settings: ServiceSettings,
    client: Client,
    say: Callable[[str], None] = lambda _: None,
    sections: SectionStore | None = None,
) -> FastAPI:
    """Make the service; nothing is asked of the cluster before it starts.

    Args:
        settings: What is served, to whom, and how much.
        client: Of ``connect``, with the rights of a searcher.
        say: Told, in a sentence, what the service's owner should know, such as failures of the cluster.
        sections: From which one may be picked; None for none. It is closed with the service.
    """
    suggesters = {name: Suggester(name, client=client, say=say) for name in settings.indices}
    threads = ThreadPoolExecutor(_THREADS)
    served = _Served(settings, client, suggesters, sections, threads)
    metrics = Metrics()

    @asynccontextmanager
    async def living(_: FastAPI) -> AsyncIterator[None]:
        Thread(target=_warm_up, args=(suggesters.values(),), daemon=True).start()
        yield
        threads.shutdown()
        client.close()
        if sections:
            sections.close()

    app = FastAPI(
        title="mlsr-es",
        version=__version__,
        summary="Which images belong in a text.",
        docs_url=None,  # they load scripts from elsewhere
        redoc_url=None,
        lifespan=living,
        responses=_PROBLEMS,
    )
    _suggesting(app, served)
    _looking(app, served)
    _watching(app, served, metrics)
    app.mount("/page", StaticFiles(directory=_PAGE))
    _tell_problems(app, Telling(say))
    if settings.origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.origins,
            allow_methods=["GET", "POST"],
            allow_headers=["Authorization", "Content-Type"],
        )
    app.add_middleware(Guard, settings=settings, metrics=metrics)
    return app


def _warm_up(suggesters: Iterable[Suggester]) -> None:
    """Ask once, so that the first who asks does not wait for models to be loaded; what is wrong is told to who asks."""
    for each in suggesters:
        with suppress(MlsrError):
            each.ask(Section("start", "the"), SuggestOptions(size=1))


@dataclass(frozen=True)
class _Served:
    """What the routes share."""

    settings: ServiceSettings
    client: Client
    suggesters: Mapping[str, Suggester]
    sections: SectionStore | None
    threads: Executor

    async def on_thread(self, answer: Callable[[], Response]) -> Response:
        """An answer that is waited for."""
        return await get_running_loop().run_in_executor(self.threads, answer)

    def suggester(self, name: str | None) -> Suggester:
        """The suggester of an index; of the first that is served where none is named."""
        found = self.suggesters.get(name or self.settings.indices[0])
        if found is None:
            raise HTTPException(404, f"the index {name!r} is not served.")
        return found

    def document(self, index: str, image_id: str) -> Mapping[str, Any]:
        """What an index has of an image."""
        asked = self.suggester(index)
        found = asked.image(image_id)
        if found is None:
            raise HTTPException(404, f"the index {asked.index} has no image {image_id!r}.")
        return found


def _suggesting(app: FastAPI, served: _Served) -> None:
    fields = served.settings.filter_fields
    gatherings = {name: Gathering(partial(answers, each), served.threads) for name, each in served.suggesters.items()}

    async def suggest(body: SuggestBody) -> Response:
        """Suggest images for a section."""
        asked, query, options = served.suggester(body.index), body.query, body.options(fields)
        if isinstance(query, Section) and not options.explain:
            return await gatherings[asked.index]((query, options))
        # It takes several requests, for which nobody else is to wait.
        return await served.on_thread(lambda: answer(asked, asked.ask(query, options)))

    async def suggest_batch(body: BatchBody) -> Response:
        """Suggest images for many sections; one that cannot be asked has its problem in its place."""
        asked, options = served.suggester(body.index), body.options(fields)
        return await served.on_thread(lambda: batch_answer(asked, body, options))

    async def why_not(body: WhyNotBody) -> Response:
        """Why an image is not among the images of a search."""
        asked, query, options = served.suggester(body.index), body.query, body.options(fields)
        return await served.on_thread(lambda: response(WhyNotAnswer.of(asked.ask_why_not(query, body.id, options))))

    for path, endpoint, model in (
        ("/v1/suggest", suggest, SuggestAnswer),
        ("/v1/suggest/batch", suggest_batch, BatchAnswer),
        ("/v1/why-not", why_not, WhyNotAnswer),
    ):
        app.router.add_api_route(path, endpoint, methods=["POST"], response_model=model, route_class_override=BodyRoute)


def _looking(app: FastAPI, served: _Served) -> None:
    @app.get("/v1/images/{image_id:path}/picture", response_class=Response)
    def picture(image_id: str, index: Index = "") -> Response:
        """The small picture that the index has of an image, or its file where the service has a folder of them."""
        found = picture_of(served.document(index, image_id), served.settings.images)
        if found is None:
            raise HTTPException(404, f"there is no picture of {image_id!r}.")
        headers = {"Content-Security-Policy": _PICTURE_POLICY, "Cache-Control": "private, max-age=300"}
        return Response(found[0], media_type=found[1], headers=headers)

    @app.get("/v1/images/{image_id:path}")
    def image(image_id: str, index: Index = "") -> dict[str, Any]:
        """What the index has of an image, without weights and picture."""
        source = served.document(index, image_id)
        return {"id": image_id, **{name: value for name, value in source.items() if name != "thumbnail"}}

    @app.get("/v1/indices")
    def indices() -> list[IndexAnswer]:
        """The indices that are served."""
        return [_index(name, each, served) for name, each in served.suggesters.items()]

    @app.get("/v1/values")
    def values(index: Index = "") -> dict[str, dict[str, int]]:
        """The values of the fields by which may be filtered, each with the number of its images; the most frequent."""
        asked = served.suggester(index)
        known = asked.searched()
        texts = [field for field in served.settings.filter_fields if known.fields.get(field) == "keyword"]
        return frequent_values(served.client, known.name, texts)

    @app.get("/v1/sections")
    def sections(titles: Titles = "") -> list[SectionAnswer]:
        """The first 50 sections whose titles have some words, of the collection from which one may be picked."""
        found = served.sections.matching(titles) if served.sections else []
        return [SectionAnswer.of(each, whole=False) for each in found]

    @app.get("/v1/sections/{section_id:path}")
    def section(section_id: str) -> SectionAnswer:
        """A section of that collection."""
        found = served.sections.find(section_id) if served.sections else None
        if found is None:
            raise HTTPException(404, f"there is no section {section_id!r}.")
        return SectionAnswer.of(found, whole=True)

    @app.get("/", include_in_schema=False)
    def page() -> FileResponse:
        return FileResponse(_PAGE / "index.html")


def _watching(app: FastAPI, served: _Served, metrics: Metrics) -> None:
    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        """Whether the process lives."""
        return {"status": "alive"}

    @app.get("/readyz")
    def readyz() -> dict[str, Any]:
        """Whether the cluster answers, each index is there, and its model is the one that queries are encoded by."""
        for each in served.suggesters.values():
            each.check()
        return {"status": "ready", "indices": list(served.suggesters)}

    @app.get("/metrics", response_class=Response)
    def told() -> Response:
        """Counts and times, for Prometheus."""
        return Response(metrics.told(), media_type=CONTENT_TYPE_LATEST)


def _tell_problems(app: FastAPI, tell: Telling) -> None:
    @app.exception_handler(MlsrError)
    def failed(_: Request, error: MlsrError) -> JSONResponse:
        detail = detail_of(error)
        if detail != error.what:
            tell(str(error))
        return problem(status_of(error), detail, error.advice if detail == error.what else "")

    @app.exception_handler(HTTPException)
    def refused(_: Request, error: HTTPException) -> JSONResponse:
        return problem(HTTPStatus(error.status_code), str(error.detail), headers=dict(error.headers or {}))

    @app.exception_handler(RequestValidationError)
    def misread(_: Request, error: RequestValidationError) -> JSONResponse:
        wrong = [{"at": ".".join(map(str, each["loc"])), "says": each["msg"]} for each in error.errors()][:20]
        told = "; ".join(f"{each['at']}: {each['says']}" for each in wrong[:3])
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, told, "See /openapi.json.", errors=wrong)


def _index(name: str, suggester: Suggester, served: _Served) -> IndexAnswer:
    searched = suggester.searched()
    meta = searched.version.meta
    return IndexAnswer(
        name=name,
        version=searched.version.index,
        model=meta.model if "/" not in meta.model else meta.model.rpartition("/")[2],
        images=count(served.client, name),
        hybrid={key: meta.hybrid[key] for key in ("field", "weight") if key in meta.hybrid},
        fields=[field for field in served.settings.filter_fields if field in searched.fields],
        holds=meta.holds,
    )
