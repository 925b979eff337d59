"""``mlsr-es demo`` as somebody runs it who has nothing but the package."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mlsr_es.embedded import Node
from tests.program import run_program

PROGRAM = Path(sys.executable).with_name("mlsr-es")


def demo_without_apt(home: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": str(folder), "MLSR_ES_HOME": str(home)}
    return subprocess.run([PROGRAM, "demo"], cwd=folder, env=environment, capture_output=True, text=True, check=False)


def counted(table: str, what: str) -> int:
    return int(next(line for line in table.splitlines() if line.strip().startswith(what)).split()[-1])


@pytest.mark.system
def test_without_apt_the_demo_runs_on_the_sample_and_says_so(
    state_folder: Path, node_folder: Path, tmp_path: Path
) -> None:
    """From nothing to three explained tables; a second run finds everything done; the node stays up.

    Whoever goes on with the index need not say again what was read in its images.
    """
    (node_folder / "shared").symlink_to(state_folder / "shared")
    node = Node(state=node_folder)
    try:
        first = demo_without_apt(node_folder, tmp_path)
        assert first.returncode == 0, first.stderr
        assert "sample collection" in first.stderr
        assert first.stdout.count("Section  ") == 3
        assert "overhand-knot" in first.stdout
        again = demo_without_apt(node_folder, tmp_path)
        assert (again.returncode, counted(again.stdout, "encoded"), counted(again.stdout, "unchanged")) == (0, 0, 63)
        status = node.status()
        assert status.running
        proof = run_program(
            *("verify", "load", "sample", "--index", "sample", "--thumbnails", "--es-url", str(status.url), "--json")
        )
        assert (proof.code, proof.json["held"], proof.json["outdated"]) == (0, 63, [])
    finally:
        node.stop()
