"""A run that is killed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch
from elasticsearch.helpers import bulk

from mlsr_es.errors import IndexMismatchError
from mlsr_es.indexing import EnrichJob, OwnersFields, enrich
from mlsr_es.suggestion import serving_version
from tests.indexing.enriching.killed import DOCUMENTS
from tests.indexing.enriching.shop import Shop
from tests.models import word_model


def test_a_killed_run_is_completed_by_running_it_again(
    client: Elasticsearch, cluster_url: str, index_name: str, tmp_path: Path
) -> None:
    """The next run encodes only what the killed one had not stored, and searches never reach half an index."""
    shop = Shop.made(client, index_name)
    owls = ({"_index": index_name, "_id": str(number), "name": "owl"} for number in range(DOCUMENTS))
    bulk(client, owls, refresh=True)
    command = [sys.executable, "-m", "tests.indexing.enriching.killed", cluster_url, index_name]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == "stuck\n"
        run.kill()
    client.indices.refresh(index=index_name)
    stored = client.count(index=index_name, query={"exists": {"field": "mlsr.term_count"}})["count"]
    assert 0 < stored < DOCUMENTS
    with pytest.raises(IndexMismatchError, match="weights are being added"):
        serving_version(client, index_name)

    job = EnrichJob(index_name, OwnersFields.parse(["name"], ""), word_model(), "words", rejects=tmp_path / "rejects")
    summary = enrich(job, client)
    assert (summary.promoted, summary.unchanged, summary.encoded) == (True, stored, DOCUMENTS - stored)
    assert len(shop.finds("owl")) == 100  # as many as were asked for
    assert serving_version(client, index_name).meta.field == "mlsr.terms"
