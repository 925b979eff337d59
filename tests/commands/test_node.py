"""``mlsr-es node``: what it prints, and where."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mlsr_es.commands.main import app


def test_a_node_that_does_not_run_is_no_failure(node_folder: Path) -> None:
    """Status prints one JSON object and leaves with 0."""
    result = CliRunner().invoke(app, ["node", "status", "--data", str(node_folder), "--json"])
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert (told["running"], told["url"], told["data"]) == (False, None, str(node_folder))


@pytest.mark.system
def test_start_and_stop_through_the_program(node_folder: Path) -> None:
    """Start prints what status prints afterwards; stop says that it stopped, and twice is no failure."""
    data = ["--data", str(node_folder)]
    started = CliRunner().invoke(app, ["node", "start", *data, "--heap-mb", "256", "--json"])
    status = CliRunner().invoke(app, ["node", "status", *data, "--json"])
    logs = CliRunner().invoke(app, ["node", "logs", *data, "-n", "3"])
    stopped = CliRunner().invoke(app, ["node", "stop", *data])
    again = CliRunner().invoke(app, ["node", "stop", *data])
    assert json.loads(started.stdout) == json.loads(status.stdout)
    assert json.loads(started.stdout)["running"]
    assert f"mlsr-es node stop --data {node_folder}" in started.stderr
    assert len(logs.stdout.splitlines()) == 3
    assert [stopped.exit_code, again.exit_code] == [0, 0]
    assert [stopped.stderr, again.stderr] == ["Stopped.\n", "No node was running.\n"]


@pytest.mark.parametrize("command", ["start", "stop", "status", "logs"])
def test_each_command_shows_an_example(command: str) -> None:
    """The help ends with a line to paste."""
    result = CliRunner().invoke(app, ["node", command, "--help"])
    assert f"Example: mlsr-es node {command}" in result.stdout
