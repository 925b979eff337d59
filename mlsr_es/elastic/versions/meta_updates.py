"""Updates of ``_meta.mlsr`` that leave the rest of ``_meta`` as it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mlsr_es.collection import CaptionKind
from mlsr_es.elastic.client import translated, with_retries
from mlsr_es.elastic.mapping import IndexMeta, State, field_type, own_properties
from mlsr_es.elastic.search import Strategy
from mlsr_es.hybrid import Hybrid

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch


def whole_meta(client: Elasticsearch, index: str) -> Mapping[str, Any]:
    """Read a mapping's whole ``_meta``, including the owner's entries.

    Args:
        client: From ``connect``.
        index: The concrete name of the index.

    Raises:
        IndexMismatchError: The index is gone.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    told = with_retries(client, f"read the mapping of {index}", lambda: client.indices.get_mapping(index=index))
    meta: Mapping[str, Any] = told.body[index]["mappings"].get("_meta", {})
    return meta


def read_meta(client: Elasticsearch, version: str) -> IndexMeta:
    """Read the ``_meta.mlsr`` of a version.

    Raises:
        IndexMismatchError: The version is gone, or is not this package's.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    return IndexMeta.read(version, whole_meta(client, version))


def update_meta(client: Elasticsearch, index: str, doing: str, change: Callable[[IndexMeta], IndexMeta]) -> IndexMeta:
    """Change an index's ``_meta.mlsr``; the owner's entries in ``_meta`` stay.

    The user needs the privilege ``manage`` on the index.

    Args:
        client: From ``connect``.
        index: The concrete name of the index.
        doing: What the change does, as in "could not ...", for messages.
        change: Makes the new metadata from the present metadata.

    Returns:
        The metadata before the change.

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


def add_new_fields(client: Elasticsearch, version: str) -> None:
    """Add the fields of documents that were not known when a version was created; the others stay.

    Raises:
        IndexMismatchError: The version is gone.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    told = with_retries(client, f"read the mapping of {version}", lambda: client.indices.get_mapping(index=version))
    mapping = told.body[version]["mappings"]
    own = own_properties()
    paths = (*own, *(f"caption.{kind}" for kind in CaptionKind))
    lacking = {path.partition(".")[0] for path in paths if not field_type(mapping, path)}
    if not lacking:
        return
    with translated(client, f"add fields to the mapping of {version}"):
        client.indices.put_mapping(index=version, properties={name: own[name] for name in sorted(lacking)})


def mark_ready(client: Elasticsearch, version: str) -> None:
    """Record that a version is complete and waits to be promoted.

    Raises:
        IndexMismatchError: The version is gone, or is not this package's.
        ClusterError: The cluster cannot be reached, or refuses.
    """

    def ready(meta: IndexMeta) -> IndexMeta:
        return replace(meta, state=State.READY) if meta.state is State.BUILDING else meta

    update_meta(client, version, f"write down that {version} is complete", ready)


def store_origin(
    client: Elasticsearch, version: str, collection: str, origin: str, *, describe: str = "none"
) -> str | None:
    """Record where a collection is read from, and what machines add to its captions.

    Returns:
        Where it was read from before; None where the collection is new to the version.

    Raises:
        IndexMismatchError: The version is gone, or is not this package's.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    doing = f"write down where {collection} comes from in {version}"
    before = update_meta(
        client,
        version,
        doing,
        lambda meta: replace(
            meta,
            origins={**meta.origins, collection: origin},
            describes={**meta.describes, collection: describe},
        ),
    )
    return before.origins.get(collection)


def store_reads(client: Elasticsearch, version: str, reads: Mapping[str, Any]) -> None:
    """Record which fields of somebody's index a version is made from.

    Raises:
        IndexMismatchError: The version is gone, or is not this package's.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    doing = f"write down which fields {version} is made from"
    update_meta(client, version, doing, lambda meta: replace(meta, reads=reads))


def store_hybrid(client: Elasticsearch, version: str, hybrid: Hybrid) -> bool:
    """Record the weight of BM25 in a version; searches with ``--hybrid auto`` use it from then on.

    A weight that the owner marked as kept is replaced only by another one that is marked as kept.

    Returns:
        Whether the weight was written.

    Raises:
        IndexMismatchError: The version is gone, or is not this package's.
        ClusterError: The cluster cannot be reached, or refuses.
    """

    def stays(meta: IndexMeta) -> bool:
        return bool(meta.hybrid.get("kept")) and not hybrid.kept

    def noted(meta: IndexMeta) -> IndexMeta:
        return meta if stays(meta) else replace(meta, hybrid=hybrid.to_json())

    return not stays(update_meta(client, version, f"write the weight of BM25 into {version}", noted))


def store_strategy(client: Elasticsearch, version: str, strategy: Strategy) -> None:
    """Record the best strategy for a version; searches use it from then on.

    Raises:
        IndexMismatchError: The version is gone, or is not this package's.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    update_meta(
        client, version, f"write the strategy into {version}", lambda meta: replace(meta, strategy=str(strategy))
    )
