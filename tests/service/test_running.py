"""The service as a program: started, asked, and told to stop."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep

import psutil

from tests.service.conftest import Client

_PROGRAM = str(Path(sys.executable).with_name("mlsr-es"))


@contextmanager
def served(url: str, *options: str) -> Iterator[tuple[psutil.Popen, Client]]:
    """A service in a process of its own; it is ended if it still runs."""
    command = [_PROGRAM, "serve", "--es-url", url, "--port", "0", *options]
    with psutil.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            said: list[str] = []
            for line in process.stderr:
                said.append(line)
                if found := re.search(r"Serving .* at http://127\.0\.0\.1:(\d+)/", line):
                    yield process, Client(int(found[1]), said)
                    break
            else:
                raise AssertionError("".join(said))
        finally:
            with suppress(psutil.NoSuchProcess):
                process.kill()


def answering(process: psutil.Popen) -> set[int]:
    """The ids of the processes that answer for one that looks after them."""
    return {child.pid for child in process.children() if _answers(child)}


def _answers(child: psutil.Process) -> bool:
    """Whether it counts what it answers; before, it may still be starting."""
    try:
        return any(file.path.endswith(f"_{child.pid}.db") for file in child.open_files())
    except psutil.NoSuchProcess:  # a zombie, too
        return False


def test_one_process_answers_until_it_is_told_to_stop(cluster_url: str, sample_index: str) -> None:
    """It ends as programs do that Ctrl-C ends."""
    with served(cluster_url, "--index", sample_index) as (process, client):
        assert client.suggest("an owl", size=1).status == 200
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 130


def test_several_processes_answer_as_one(cluster_url: str, sample_index: str) -> None:
    """They count together, read one file of sections, and one that dies is replaced; none outlives the first."""
    options = ("--index", sample_index, "--sections", "sample", "--processes", "2")
    with served(cluster_url, *options) as (process, client):
        first = answering(process)
        assert len(first) == 2
        asked = [client.suggest("an owl", size=1) for _ in range(10)]
        assert {reply.status for reply in asked} == {200}
        assert len({reply.json["images"][0]["id"] for reply in asked}) == 1
        assert client.get("/v1/sections").json
        counted = 'mlsr_es_requests_total{method="POST",route="/v1/suggest",status="200"} 10.0'
        assert counted in client.get("/metrics").content.decode()
        os.kill(min(first), signal.SIGKILL)
        until = monotonic() + 30
        while len(answering(process) - {min(first)}) < 2 and monotonic() < until:
            sleep(0.1)
        second = answering(process)
        assert len(second) == 2
        assert max(first) in second
        assert client.suggest("an owl", size=1).status == 200
        assert counted.replace("10.0", "11.0") in client.get("/metrics").content.decode()
        counts = psutil.Process(max(second)).environ()["PROMETHEUS_MULTIPROC_DIR"]
        process.kill()
        _, left = psutil.wait_procs([psutil.Process(pid) for pid in second if psutil.pid_exists(pid)], timeout=10)
        # Nobody may collect what their parent left: a zombie has ended.
        assert [each for each in left if each.status() != psutil.STATUS_ZOMBIE] == []
        assert not Path(counts).exists()
