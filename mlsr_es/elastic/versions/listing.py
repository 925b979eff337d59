"""Which indices of this package a cluster has, and what each is for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from mlsr_es.elastic.client import address_of, translated
from mlsr_es.elastic.mapping import State
from mlsr_es.elastic.versions.versions import alias_of
from mlsr_es.errors import IndexMismatchError

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

_WANTED = ["*.aliases", "*.mappings._meta.mlsr", "*.settings.index.creation_date"]
"""Of each index: a cluster may have thousands, each with a long mapping."""


class Role(StrEnum):
    """What a version is for."""

    SERVING = "serving"
    """Searches reach it, or may: what is its owner's counts as searched."""

    PREVIOUS = "previous"
    """Searches reached it before: the way back."""

    READY = "ready"
    """Complete, and waits to be promoted."""

    BUILDING = "building"
    """Lacks documents: a run is under way, or was stopped."""

    LEFT_BEHIND = "left behind"
    """Searches reached it once, and nothing leads back to it."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An index of this package.

    Args:
        name: The name by which it is searched, or would be.
        index: Its own name.
        role: What it is for.
        model: With which it was made, as the user named it.
        created: When; UTC.
        documents: How many it holds; None where the rights hide it.
        size_bytes: On disk, without copies; None where the rights hide it.
    """

    name: str
    index: str
    role: Role
    model: str
    created: datetime
    documents: int | None = None
    size_bytes: int | None = None

    @property
    def number(self) -> int:
        """Of the version; 0 where it has none."""
        return int(self.index.rpartition("-v")[2]) if alias_of(self.index) else 0


def list_versions(client: Elasticsearch, name: str = "") -> list[Listed]:
    """The indices of this package that the user may see, by name, oldest first.

    Args:
        client: Of ``connect``.
        name: The alias whose versions are wanted; "" for all.

    Raises:
        ClusterError: The cluster cannot be reached, or refuses.
    """
    pattern = f"{name},{name}-v*" if name else "*"
    with translated(client, f"list {name or 'the indices'}"):
        told = client.indices.get(
            index=pattern, ignore_unavailable=True, allow_no_indices=True, expand_wildcards="all", filter_path=_WANTED
        ).body
    ours = {index: about for index, about in told.items() if "_meta" in about.get("mappings", {})}
    ways_back = {_meta(about).get("replaced") for index, about in ours.items() if _searched(index, about)}
    counted = _counted(client, list(ours))
    seen = _seen_by_searches(client, [index for index, about in ours.items() if _owners(about)])
    listed = [
        Listed(
            name=_name(index, about),
            index=index,
            role=_role(index, about, ways_back),
            model=str(_meta(about).get("model", "")),
            created=datetime.fromtimestamp(int(about["settings"]["index"]["creation_date"]) / 1000, UTC),
            documents=seen.get(index, counted[index][0] if index in counted else None),
            size_bytes=counted[index][1] if index in counted else None,
        )
        for index, about in ours.items()
    ]
    return sorted((one for one in listed if name in ("", one.name)), key=lambda one: (one.name, one.number))


def only_index(client: Elasticsearch) -> tuple[str, Mapping[str, Any]]:
    """The one name by which indices of this package are searched.

    Returns:
        The name, and the indices as the cluster describes them, for ``resolve``.

    Raises:
        IndexMismatchError: There is none that the user may see, or there are several, which are named.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    with translated(client, "list the indices"):
        told = client.indices.get(index="*", allow_no_indices=True, expand_wildcards="open").body
    ours = {index: about for index, about in told.items() if "mlsr" in about["mappings"].get("_meta", {})}
    names = sorted({_name(index, about) for index, about in ours.items() if _searched(index, about)})
    if not names:
        raise IndexMismatchError(
            f"{address_of(client)} has no index of mlsr-es that is searched.",
            advice="Make one: mlsr-es index SOURCE --index NAME, or name it with --index where its name is hidden.",
        )
    if len(names) > 1:
        raise IndexMismatchError(
            f"there are {len(names)} indices: {', '.join(names)}.", advice="Name one: --index NAME"
        )
    return names[0], told


def _meta(about: Mapping[str, Any]) -> Mapping[str, Any]:
    meta: Mapping[str, Any] = about["mappings"]["_meta"]["mlsr"]
    return meta


def _name(index: str, about: Mapping[str, Any]) -> str:
    """The alias of which it is a version; itself where it is its owner's, whatever leads there."""
    return (not _owners(about) and alias_of(index)) or index


def _searched(index: str, about: Mapping[str, Any]) -> bool:
    return _owners(about) or not alias_of(index) or alias_of(index) in about.get("aliases", {})


def _owners(about: Mapping[str, Any]) -> bool:
    """Whether it is somebody's index, to which ``enrich`` has added weights."""
    return bool(_meta(about).get("enriched"))


def _role(index: str, about: Mapping[str, Any], ways_back: set[Any]) -> Role:
    state = _meta(about).get("state")
    if _searched(index, about):
        return Role.SERVING
    if state == State.BUILDING:
        return Role.BUILDING
    if state == State.READY:
        return Role.READY
    return Role.PREVIOUS if index in ways_back else Role.LEFT_BEHIND


def _counted(client: Elasticsearch, indices: list[str]) -> dict[str, tuple[int, int]]:
    """Documents and bytes of each index; nothing where the user may not ask."""
    from elasticsearch import AuthorizationException, BadRequestError

    if not indices:
        return {}
    with translated(client, "count documents"):
        try:
            told = client.indices.stats(index=indices, metric=["docs", "store"])["indices"]
        except (AuthorizationException, BadRequestError):  # the latter: one of them is closed
            return {}
    parts = {index: about["primaries"] for index, about in told.items()}
    return {index: (part["docs"]["count"], part["store"]["size_in_bytes"]) for index, part in parts.items() if part}


def _seen_by_searches(client: Elasticsearch, indices: list[str]) -> dict[str, int]:
    """How many documents a search sees in each index; nothing where the user may not search one of them.

    An owner's index may have nested objects, which the statistics of an index count as documents.
    """
    from elasticsearch import AuthorizationException, BadRequestError

    if not indices:
        return {}
    by_index = {"by": {"terms": {"field": "_index", "size": len(indices)}}}
    with translated(client, "count documents"):
        try:
            told = client.search(
                index=indices, size=0, aggs=by_index, track_total_hits=False, allow_partial_search_results=False
            )
        except (AuthorizationException, BadRequestError):  # the latter: one of them is closed
            return {}
    return {bucket["key"]: bucket["doc_count"] for bucket in told["aggregations"]["by"]["buckets"]}
