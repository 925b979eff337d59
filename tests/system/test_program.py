"""The installed program in its own processes: index a collection, then search it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

PROGRAM = Path(sys.executable).with_name("mlsr-es")


def run(url: str, folder: Path, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "ES_URL": url}
    return subprocess.run(
        [PROGRAM, *arguments], cwd=folder, env=environment, input=stdin, capture_output=True, text=True, check=False
    )


def test_index_and_search(cluster_url: str, index_name: str, tmp_path: Path) -> None:
    """Data goes to stdout and everything else to stderr, and without a terminal there is no progress bar."""
    indexing = ("index", "sample", "--index", index_name, "--json")
    indexed = run(cluster_url, tmp_path, *indexing)
    assert (indexed.returncode, indexed.stderr) == (0, "")
    told = orjson.loads(indexed.stdout)
    assert told["promoted"]
    assert told["read"] == told["encoded"] + sum(told["left_out"].values())

    section = orjson.dumps({"text": "How is a rope tied to a post?", "section_title": "Hitches"}).decode()
    search = ("search", "--section-file", "-", "--index", index_name, "--json", "--explain", "--size", "5")
    found = run(cluster_url, tmp_path, *search, stdin=section)
    assert (found.returncode, found.stderr) == (0, "")
    hits = orjson.loads(found.stdout)["hits"]
    assert len(hits) == 5
    for hit in hits:
        assert sum(hit["terms"].values()) == pytest.approx(hit["score"], rel=1e-4)
    assert not list(tmp_path.iterdir())


def test_a_reader_that_leaves_early_is_no_failure(cluster_url: str, sample_index: str, tmp_path: Path) -> None:
    """A pipe that closes early, as in ``mlsr-es search ... | head -1``, is not an error."""
    command = f"set -o pipefail; '{PROGRAM}' search knot --index {sample_index} --json --size 60 | head -c 1"
    environment = {**os.environ, "ES_URL": cluster_url}
    ran = subprocess.run(
        ["bash", "-c", command], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "{", "")
