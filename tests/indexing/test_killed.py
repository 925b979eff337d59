"""A run that is killed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from elasticsearch import Elasticsearch

from mlsr_es.elastic.reading import count, refresh
from mlsr_es.elastic.versions import resolve
from mlsr_es.indexing import IndexJob, index_collection
from tests.indexing.killed import IMAGES
from tests.indexing.listed import Listed
from tests.models import word_model


def test_a_killed_run_is_completed_by_running_it_again(
    client: Elasticsearch, cluster_url: str, index_name: str, tmp_path: Path
) -> None:
    """The next run encodes only what the killed one had not stored, and searches never reach half an index."""
    command = [sys.executable, "-m", "tests.indexing.killed", cluster_url, index_name]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == "stuck\n"
        run.kill()
    resolved = resolve(client, index_name)
    assert resolved is not None
    assert resolved.serving is None
    (building,) = resolved.building
    refresh(client, building.index)
    stored = count(client, building.index)
    assert 0 < stored < len(IMAGES)

    job = IndexJob(Listed(IMAGES), index_name, word_model(), "words", rejects=tmp_path / "rejects.ndjson")
    summary = index_collection(job, client)
    assert summary.promoted
    assert summary.unchanged >= stored
    assert summary.encoded + summary.unchanged == count(client, index_name) == len(IMAGES)
