"""Pid files: what counts as the process that was started, and how it ends."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import replace
from pathlib import Path

import pytest

from mlsr_es.embedded.process import ProcessRecord, alive, read_record, spawn, start_time, terminate, write_record
from mlsr_es.errors import NodeError

_MYSELF = ProcessRecord(os.getpid(), start_time(os.getpid()) or "", "http", "127.0.0.1:9200")


def test_a_record_is_read_as_written(tmp_path: Path) -> None:
    """The record of a living process comes back whole, and no half-written file beside it."""
    write_record(tmp_path / "node.json", _MYSELF)
    assert read_record(tmp_path / "node.json") == _MYSELF
    assert [path.name for path in tmp_path.iterdir()] == ["node.json"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1}', '{"pid": 1, "started": "0", "port": 9200}'])
def test_a_broken_pid_file_is_no_node(tmp_path: Path, text: str) -> None:
    """Whatever stands in the file, reading it raises nothing."""
    (tmp_path / "node.json").write_text(text)
    assert read_record(tmp_path / "node.json") is None


def test_a_number_given_to_another_process_is_stale(tmp_path: Path) -> None:
    """A process of the same number that was started at another time is not the node."""
    write_record(tmp_path / "node.json", replace(_MYSELF, started="1"))
    assert read_record(tmp_path / "node.json") is None


def test_only_a_known_address_makes_a_url() -> None:
    """Until the node has said where it answers there is no URL."""
    assert replace(_MYSELF, address="").url is None
    assert replace(_MYSELF, scheme="https").url == "https://127.0.0.1:9200"


def test_a_spawned_process_has_its_own_session_and_ends_when_asked(tmp_path: Path) -> None:
    """It is out of reach of the terminal's Ctrl-C, and after ``terminate`` not even a zombie counts."""
    record = spawn(["/bin/sleep", "60"], tmp_path, {}, tmp_path / "log", None)
    assert alive(record)
    assert os.getsid(record.pid) == record.pid
    terminate(record)
    assert not alive(record)
    terminate(record)


def test_a_process_that_does_not_listen_is_killed(tmp_path: Path) -> None:
    """SIGKILL follows when SIGTERM is ignored."""
    log = tmp_path / "log"
    record = spawn(["/bin/sh", "-c", "trap '' TERM; echo ready; while :; do sleep 1; done"], tmp_path, {}, log, None)
    while "ready" not in log.read_text():
        time.sleep(0.01)
    terminate(record, patience=0.2)
    assert not alive(record)


def test_a_process_gets_nothing_of_our_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Secrets in the environment, and options meant for other Javas, are not handed down."""
    monkeypatch.setenv("ES_PASSWORD", "secret")
    log = tmp_path / "log"
    record = spawn(["/usr/bin/env"], tmp_path, {"LIBFFI_TMPDIR": "/x"}, log, None)
    while alive(record):
        time.sleep(0.01)
    names = {line.partition("=")[0] for line in log.read_text().splitlines()}
    assert names == {"PATH", "LC_ALL", "LIBFFI_TMPDIR"}


def test_a_program_that_is_not_there_is_a_node_error(tmp_path: Path) -> None:
    """The message names the program."""
    with pytest.raises(NodeError, match="/no/java cannot be started"):
        spawn(["/no/java"], tmp_path, {}, tmp_path / "log", None)


def test_a_dead_process_has_no_start_time(tmp_path: Path) -> None:
    """Neither has one that never was."""
    record = spawn(["/bin/sleep", "60"], tmp_path, {}, tmp_path / "log", None)
    os.kill(record.pid, signal.SIGKILL)
    os.waitpid(record.pid, 0)
    assert start_time(record.pid) is None
