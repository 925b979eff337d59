"""Leases of a name, looked at from outside."""

from __future__ import annotations

from elasticsearch import Elasticsearch

from mlsr_es.elastic.versions import lease_index


def times_written(client: Elasticsearch, name: str) -> int:
    """How often the lease of a name was taken or renewed."""
    told = client.indices.stats(index=lease_index(name), metric="indexing")
    return int(told["_all"]["primaries"]["indexing"]["index_total"])
