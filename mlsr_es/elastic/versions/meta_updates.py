"""Writing down in an index what was found out about it: ``_meta.mlsr``, and nothing beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mlsr_es.elastic.client import translated, with_retries
from mlsr_es.elastic.mapping import IndexMeta, State
from mlsr_es.elastic.search import Strategy
from mlsr_es.hybrid import Hybrid

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch


def whole_meta(client: Elasticsearch, index: str) -> Mapping[str, Any]:
    """A mapping's whole ``_meta``, whoever wrote it.

    Args:
        client: Of ``connect``.
        index: Its concrete name.

    Raises:
        IndexMismatchError: The index is gone.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    told = with_retries(client, f"read the mapping of {index}", lambda: client.indices.get_mapping(index=index))
    meta: Mapping[str, Any] = told.body[index]["mappings"].get("_meta", {})
    return meta


def read_meta(client: Elasticsearch, version: str) -> IndexMeta:
    """What a version says of itself.

    Raises:
        IndexMismatchError: The version is gone, or is not this package's.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    return IndexMeta.read(version, whole_meta(client, version))


def update_meta(client: Elasticsearch, index: str, doing: str, change: Callable[[IndexMeta], IndexMeta]) -> IndexMeta:
    """Change what an index says of itself; what its owner says there stays.

    It needs the privilege ``manage`` on the index.

    Args:
        client: Of ``connect``.
        index: Its concrete name.
        doing: What is tried, as in "could not ...".
        change: From what it says to what it is to say.

    Returns:
        What it said before.

    Raises:
        IndexMismatchError: The index is gone, or is not this package's.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    owners = whole_meta(client, index)
    before = IndexMeta.read(index, owners)
    after = change(before)
    if after != before:
        with translated(client, doing):
            client.indices.put_mapping(index=index, meta=after.merged_into(owners))
    return before


def mark_ready(client: Elasticsearch, version: str) -> None:
    """Write down that a version is complete, and that it waits to be promoted.

    Raises:
        IndexMismatchError: As ``update_meta``.
        ClusterError: Likewise.
    """

    def ready(meta: IndexMeta) -> IndexMeta:
        return replace(meta, state=State.READY) if meta.state is State.BUILDING else meta

    update_meta(client, version, f"write down that {version} is complete", ready)


def store_origin(client: Elasticsearch, version: str, collection: str, origin: str) -> str | None:
    """Write down from where a collection is read.

    Returns:
        From where it was read before; None where it is new to the version.

    Raises:
        IndexMismatchError: As ``update_meta``.
        ClusterError: Likewise.
    """
    doing = f"write down where {collection} comes from in {version}"
    before = update_meta(
        client, version, doing, lambda meta: replace(meta, origins={**meta.origins, collection: origin})
    )
    return before.origins.get(collection)


def store_hybrid(client: Elasticsearch, version: str, hybrid: Hybrid) -> bool:
    """Write down how much BM25 counts in a version; searches with ``--hybrid auto`` take it from then on.

    What the index's owner wants kept is replaced only by what is to be kept too.

    Returns:
        Whether it was written.

    Raises:
        IndexMismatchError: As ``update_meta``.
        ClusterError: Likewise.
    """

    def stays(meta: IndexMeta) -> bool:
        return bool(meta.hybrid.get("kept")) and not hybrid.kept

    def noted(meta: IndexMeta) -> IndexMeta:
        return meta if stays(meta) else replace(meta, hybrid=hybrid.to_json())

    return not stays(update_meta(client, version, f"write the weight of BM25 into {version}", noted))


def store_strategy(client: Elasticsearch, version: str, strategy: Strategy) -> None:
    """Write down how queries to a version are executed best; searches do so from then on.

    Raises:
        IndexMismatchError: As ``update_meta``.
        ClusterError: Likewise.
    """
    update_meta(
        client, version, f"write the strategy into {version}", lambda meta: replace(meta, strategy=str(strategy))
    )
