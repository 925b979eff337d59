"""An index of which one shard fails."""

from __future__ import annotations

from elasticsearch import Elasticsearch
from elasticsearch.helpers import bulk

from tests.indexing.enriching.shop import Shop
from tests.program import run_program


def half_failing_index(client: Elasticsearch, name: str, cluster_url: str) -> str:
    """An index of two shards, of which one cannot mark a query's words in its one long name."""
    Shop.made(client, name)
    names = ["An owl on a branch", "An owl in the reeds", "An owl at night", "An owl " + "in a tree " * 100]
    bulk(client, ({"_index": name, "_id": str(n), "name": text} for n, text in enumerate(names)), refresh=True)
    assert run_program("enrich", name, "--caption-field", "name", "--es-url", cluster_url).code == 0
    client.indices.put_settings(index=name, settings={"highlight.max_analyzed_offset": 100})
    return name
