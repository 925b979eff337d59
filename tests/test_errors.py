"""The error tree: drawn as it is, and the only errors that leave the program."""

from __future__ import annotations

import inspect
import pickle
import re
from typing import TYPE_CHECKING

import pytest

from mlsr_es import errors
from mlsr_es.errors import MlsrError, RecordError
from tests.elastic.faults import FaultServer, Reply
from tests.program import run_program

if TYPE_CHECKING:
    from collections.abc import Iterator

TREE = [value for value in vars(errors).values() if inspect.isclass(value) and issubclass(value, MlsrError)]


def drawn() -> Iterator[tuple[str, str]]:
    """Each class in the drawing, with the one above it."""
    above: list[tuple[int, str]] = []
    for line in (errors.__doc__ or "").splitlines():
        if found := re.match(r"[ │├└─]*(?=\w+Error\b)", line):
            indent, name = found.end(), re.findall(r"\w+", line)[0]
            above = [(depth, parent) for depth, parent in above if depth < indent]
            yield name, above[-1][1] if above else ""
            above.append((indent, name))


def test_the_tree_is_drawn_as_it_is() -> None:
    """Every class, below the one that it derives from; records have a place of their own."""
    tree = {error.__name__: error.__base__.__name__ for error in TREE if error is not MlsrError and error.__base__}
    assert dict(drawn()) == tree | {"MlsrError": "", "RecordError": ""}


@pytest.mark.parametrize("error", TREE)
def test_an_error_says_what_to_do(error: type[MlsrError]) -> None:
    """In its docstring for those who read the code, in its advice for those who see it."""
    assert error.__doc__
    if error is RecordError:
        return
    raised = error("it is broken.", advice="Mend it.")
    assert str(raised) == "it is broken. Mend it."
    assert str(error("it is broken.")) == "it is broken."


@pytest.mark.parametrize("error", TREE)
def test_an_error_reaches_another_process(error: type[MlsrError]) -> None:
    """Whole: its kind, its words, and whatever else it holds."""
    raised = (
        RecordError("owl", "decode", "no image") if error is RecordError else error("it is broken.", advice="Mend.")
    )
    again = pickle.loads(pickle.dumps(raised))
    assert (type(again), str(again), vars(again)) == (error, str(raised), vars(raised))


@pytest.mark.parametrize(
    "reply",
    [
        Reply(0),
        Reply(200, {}),
        Reply(200, []),
        Reply(200, {"version": "8"}),
        Reply(200, "{torn"),
        Reply(302, "", {"Location": "/elsewhere"}),
        Reply(400, {"error": "no handler found"}),
        Reply(403, {"error": {"type": "cluster_block_exception", "reason": "blocked"}}),
        Reply(404, "<html>", {"X-Elastic-Product": ""}),
        Reply(418, {"error": 418}),
        Reply(429, {"error": {"type": "circuit_breaking_exception", "reason": "Data too large"}}),
        Reply(500, "Internal Server Error"),
        Reply(503, "<html>no upstream"),
    ],
    ids=lambda reply: f"{reply.status}-{reply.body!r}"[:40],
)
def test_whatever_a_server_answers_nothing_foreign_leaks(fault_server: FaultServer, reply: Reply) -> None:
    """The client's errors become ours: ``run_program`` would let another one through."""
    fault_server.replies.extend([reply] * 3)
    ran = run_program("search", "an owl", "--index", "birds", "--es-url", fault_server.url)
    assert (ran.code, ran.stdout) == (1, "")
    assert ran.stderr.startswith("error: http://127.0.0.1:")
    assert ran.stderr.count("\n") == 1
