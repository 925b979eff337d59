"""The ``mlsr-es`` program, as a user runs it and in this process: nothing has to be imported twice."""

from __future__ import annotations

import io
import sys
from contextlib import nullcontext, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import Any

import orjson
import pytest

from mlsr_es.commands import run
from tests.shared import shared_drawings, shared_models

_TRAINING = {"train", "experiment"}
"""The commands that change models."""


@dataclass(frozen=True)
class Ran:
    """What a run of the program left."""

    code: int
    stdout: str
    stderr: str

    @property
    def json(self) -> Any:
        """The one JSON value on stdout."""
        return orjson.loads(self.stdout)


def run_program(*arguments: str, stdin: str = "") -> Ran:
    """Run ``mlsr-es`` with these arguments; an error that no command turns into text is the test's error too."""
    stdout, stderr = io.StringIO(), io.StringIO()
    models = nullcontext() if _TRAINING.intersection(arguments[:1]) else shared_models()
    output = redirect_stdout(stdout), redirect_stderr(stderr)
    with models, shared_drawings(), pytest.MonkeyPatch.context() as patch, output[0], output[1]:
        patch.setattr(sys, "argv", ["mlsr-es", *arguments])
        patch.setattr(sys, "stdin", io.StringIO(stdin))
        try:
            run()
            code = 0
        except SystemExit as leaving:
            code = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    return Ran(code, stdout.getvalue(), stderr.getvalue())
