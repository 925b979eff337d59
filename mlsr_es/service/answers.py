"""From what a suggester found to what is answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import quote

from fastapi import Response

from mlsr_es.api import Suggester
from mlsr_es.collection import Section
from mlsr_es.errors import MlsrError, QueryError
from mlsr_es.service.problems import content, status_of
from mlsr_es.service.questions import (
    BatchAnswer,
    BatchBody,
    ImageAnswer,
    Problem,
    SuggestAnswer,
    WhyNotAnswer,
    words_of,
)
from mlsr_es.suggestion import Suggestions, SuggestOptions, doubts_about


def answer(suggester: Suggester, found: Suggestions) -> Response:
    """The answer to one question."""
    return response(_suggested(suggester.index, found))


def answers(suggester: Suggester, asked: Sequence[tuple[Section, SuggestOptions]]) -> list[Response | MlsrError]:
    """Ask several questions together; for each, in order, its answer or its error.

    Raises:
        InputError: The index or its model is not what it should be.
        ClusterError: The cluster cannot be reached, or refuses all of them.
    """
    found = suggester.ask_together(asked)
    return [each if isinstance(each, MlsrError) else answer(suggester, each) for each in found]


def batch_answer(suggester: Suggester, body: BatchBody, options: SuggestOptions) -> Response:
    """Ask for images of many sections; one that cannot be asked has its problem in its place.

    Raises:
        InputError: What is asked does not go with the index.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    found = suggester.ask_many((each.section for each in body.sections), options)
    told = [
        Problem(**content(status_of(each), each.what, each.advice))
        if isinstance(each, QueryError)
        else _suggested(suggester.index, each)
        for each in found
    ]
    return response(BatchAnswer(answers=told))


def response(told: SuggestAnswer | BatchAnswer | WhyNotAnswer) -> Response:
    """An answer as a response: FastAPI would check an answer once more that was checked when it was made."""
    return Response(told.model_dump_json(exclude_none=True), media_type="application/json")


def _suggested(index: str, found: Suggestions) -> SuggestAnswer:
    return SuggestAnswer(
        index=index,
        images=[ImageAnswer.of(image, _picture(index, image.id)) for image in found],
        total=found.total,
        took_ms=found.took_ms,
        words=dict(words_of(found)),
        doubts=str(doubts_about(found)),
        # Without the reason: what the cluster said is not for those who ask.
        partial=str(replace(found.partial, reason="")) if found.partial else None,
    )


def _picture(index: str, image_id: str) -> str:
    return f"/v1/images/{quote(image_id, safe='')}/picture?index={quote(index, safe='')}"
