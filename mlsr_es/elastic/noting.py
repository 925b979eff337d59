"""Writing down what was found out about an index, in the index itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mlsr_es.elastic.failures import translated
from mlsr_es.elastic.meta import IndexMeta
from mlsr_es.elastic.strategy import Strategy
from mlsr_es.hybrid import Hybrid

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch


def read_meta(client: Elasticsearch, version: str) -> IndexMeta:
    """What a version says of itself.

    Raises:
        IndexMismatchError: The version is gone, or is not this package's.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    with translated(client, f"read the mapping of {version}"):
        return IndexMeta.read(version, _owners_meta(client, version))


def note_hybrid(client: Elasticsearch, version: str, hybrid: Hybrid) -> bool:
    """Write down how much BM25 counts in a version; searches with ``--hybrid auto`` take it from then on.

    What the index's owner wants kept is replaced only by what is to be kept too. It needs the privilege ``manage`` on
    the version.

    Returns:
        Whether it was written.

    Raises:
        IndexMismatchError: The version is gone, or is not this package's.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    with translated(client, f"write the weight of BM25 into {version}"):
        owners = _owners_meta(client, version)
        meta = IndexMeta.read(version, owners)
        if meta.hybrid.get("kept") and not hybrid.kept:
            return False
        noted = replace(meta, hybrid=hybrid.to_json())
        client.indices.put_mapping(index=version, meta=noted.merged_into(owners))
    return True


def note_strategy(client: Elasticsearch, version: str, strategy: Strategy) -> None:
    """Write down how queries to a version are executed best; searches do so from then on.

    It needs the privilege ``manage`` on the version.

    Raises:
        IndexMismatchError: The version is gone, or is not this package's.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    with translated(client, f"write the strategy into {version}"):
        owners = _owners_meta(client, version)
        noted = replace(IndexMeta.read(version, owners), strategy=str(strategy))
        client.indices.put_mapping(index=version, meta=noted.merged_into(owners))


def _owners_meta(client: Elasticsearch, version: str) -> Mapping[str, Any]:
    meta: Mapping[str, Any] = client.indices.get_mapping(index=version).body[version]["mappings"].get("_meta", {})
    return meta
