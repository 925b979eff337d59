"""The program itself: how it leaves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

import mlsr_es
from mlsr_es.errors import QueryError
from tests.program import run_program
from tests.rows import rows

PROGRAM = Path(sys.executable).with_name("mlsr-es")
EMPTY_QUERY = ("search", "", "--index", "birds", "--es-url", "http://127.0.0.1:1")


def test_the_version() -> None:
    """On stdout."""
    ran = run_program("--version")
    assert (ran.code, ran.stdout) == (0, f"mlsr-es {mlsr_es.__version__}\n")


def test_without_a_command_the_help_comes() -> None:
    """As a wrong usage."""
    ran = run_program()
    assert ran.code == 2
    assert "Usage: mlsr-es" in ran.stdout + ran.stderr


def test_an_error_is_one_line_and_with_debug_a_traceback() -> None:
    """For those who want to know where it was raised."""
    ran = run_program(*EMPTY_QUERY)
    assert (ran.code, ran.stderr.count("\n")) == (2, 1)
    with pytest.raises(QueryError):
        run_program("--debug", *EMPTY_QUERY)


@contextmanager
def interruptible() -> Iterator[None]:
    """What is started here listens to interrupts, even where these tests run in a shell's background and do not."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def test_an_interrupt_says_how_to_go_on(
    client: Elasticsearch, cluster_url: str, index_name: str, tmp_path: Path
) -> None:
    """Exit code 130, as shells have it, and no traceback."""
    source = rows(tmp_path / "birds.jsonl", {str(number): "An owl in a tree" for number in range(20_000)})
    command = [str(PROGRAM), "index", str(source), "--index", index_name]
    environment = {**os.environ, "ES_URL": cluster_url}
    with (
        interruptible(),
        subprocess.Popen(command, env=environment, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as program,
    ):
        while program.poll() is None and not client.indices.exists(index=f"{index_name}-v0001"):
            time.sleep(0.1)
        program.send_signal(signal.SIGINT)
        _, said = program.communicate(timeout=60)
    assert program.returncode == 130
    assert said.lstrip() == "Stopped. What is stored stays; run the same command again to go on.\n"
