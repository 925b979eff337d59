"""What works where no extra is installed."""

from __future__ import annotations

from pathlib import Path

import orjson
from elasticsearch import Elasticsearch

from tests.extras import run_without_extras


def test_indexing_and_searching_need_no_extra(cluster_url: str, index_name: str, tmp_path: Path) -> None:
    """With the model that comes with the package, and BM25 added."""
    indexed = run_without_extras(cluster_url, tmp_path, "index", "sample", "--index", index_name)
    assert indexed.returncode == 0, indexed.stderr
    found = run_without_extras(
        cluster_url, tmp_path, "search", "a knot", "--index", index_name, "--hybrid", "auto", "--json"
    )
    assert orjson.loads(found.stdout)["hits"], found.stderr


def test_enriching_needs_no_extra(cluster_url: str, client: Elasticsearch, index_name: str, tmp_path: Path) -> None:
    """An index of somebody else's making."""
    client.index(index=index_name, id="1", document={"about": "An owl on a branch"}, refresh=True)
    enriched = run_without_extras(cluster_url, tmp_path, "enrich", index_name, "--caption-field", "about")
    assert enriched.returncode == 0, enriched.stderr


def test_training_says_what_it_lacks(cluster_url: str, tmp_path: Path) -> None:
    """In a line, before a folder is made."""
    ran = run_without_extras(cluster_url, tmp_path, "train", "--from-collection", "sample", "-o", "model")
    assert ran.returncode == 2
    assert ran.stderr == (
        "error: the package accelerate is not installed. Install it: pip install 'mlsr-es[research]'\n"
    )
    assert not list(tmp_path.iterdir())
