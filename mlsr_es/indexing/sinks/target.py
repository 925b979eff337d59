"""The version of an index that a run writes to."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mlsr_es.elastic.cluster import capabilities
from mlsr_es.elastic.mapping import FieldKind, IndexMeta, State
from mlsr_es.elastic.reading import collections
from mlsr_es.elastic.versions import Version, add_new_fields, create_version, delete_version, resolve
from mlsr_es.errors import IndexMismatchError

if TYPE_CHECKING:
    from mlsr_es.elastic.client import Client
    from mlsr_es.elastic.versions import Resolved


@dataclass(frozen=True, slots=True)
class Target:
    """The version that documents are written to.

    Args:
        version: The concrete index; None if it has yet to be created.
        serves: Whether searches already reach it, so that there is nothing to promote.
        serving: The concrete index that searches reach now; None where there is none.
    """

    version: str | None
    serves: bool
    serving: str | None

    @property
    def description(self) -> str:
        """A description of what will be done, for people."""
        if self.version is None:
            then = f", which takes the place of {self.serving} when it is complete" if self.serving else ""
            return f"a new version of the index will be built{then}"
        if self.serves:
            return f"{self.version} will be brought up to date"
        return f"the building of {self.version} will be continued"


def choose(resolved: Resolved | None, meta: IndexMeta, kind: FieldKind | None = None) -> Target:
    """Choose the version for a model: the serving version if it fits, else another that fits, else a new one.

    A version that was searched before can be chosen again, so that unchanged documents are not encoded twice.

    Args:
        resolved: The versions that belong to the name; None where there are none.
        meta: The model and settings that the documents are made with.
        kind: The kind of field that the version must have; None for any.
    """
    if resolved is None:
        return Target(None, serves=False, serving=None)

    def fits(version: Version) -> bool:
        return version.meta.revision == meta.revision and kind in {None, version.meta.field_kind}

    serving = resolved.serving
    if serving and fits(serving):
        return Target(serving.index, serves=True, serving=serving.index)
    there = [one.index for one in (*resolved.kept, *resolved.building) if fits(one)]
    return Target(there[-1] if there else None, serves=False, serving=serving.index if serving else None)


def find_target(client: Client, name: str, meta: IndexMeta, kind: FieldKind | None = None) -> Target:
    """Choose the version for a model from those in the cluster; nothing is written.

    Raises:
        IndexMismatchError: The name belongs to something else.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    resolved = resolve(client, name)
    if resolved is not None and resolved.serving is not None and resolved.serving.meta.enriched:
        raise IndexMismatchError(
            f"{name} is somebody's own index, to which mlsr-es enrich has added weights: nothing is indexed into it.",
            advice="Name another index, or bring its weights up to date: mlsr-es enrich.",
        )
    there = (*filter(None, (resolved.serving,)), *resolved.building, *resolved.kept) if resolved else ()
    for version in there:
        if version.meta.holds is not meta.holds:
            raise IndexMismatchError(
                f"{name} holds {version.meta.holds}, and {meta.holds} would be indexed into it.",
                advice="Name another index: what is searched by sections and what is searched by images stay apart.",
            )
    return choose(resolved, meta, kind)


def of_new_version(client: Client, meta: IndexMeta, kind: FieldKind | None) -> IndexMeta:
    """The metadata of a new version, with the kind of field that is asked for, or else suits the cluster best.

    Raises:
        ClusterError: The cluster cannot be reached, or refuses.
    """
    return replace(meta, field_kind=kind or capabilities(client).best_kind())


def opened(client: Client, name: str, meta: IndexMeta, target: Target, kind: FieldKind | None = None) -> str:
    """The version to write to; it is created if it does not exist.

    Raises:
        IndexMismatchError: The name belongs to an index, so it cannot become an alias.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    if target.version:
        add_new_fields(client, target.version)
        return target.version
    return create_version(client, name, of_new_version(client, meta, kind))


def missing_collections(client: Client, version: str, serving: str | None) -> tuple[str, ...]:
    """The collections that searches find now and would not find in the version; it is not promoted without them."""
    if serving is None:
        return ()
    return tuple(sorted(set(collections(client, serving)) - set(collections(client, version))))


def remove_older(client: Client, name: str, *, but: Collection[str]) -> tuple[str, ...]:
    """Remove versions that were searched before, except those in ``but``, so that the disk does not fill.

    Versions that are being built, or are ready, stay.

    Args:
        client: From ``mlsr_es.elastic.client.connect``.
        name: The alias.
        but: The concrete names of versions that stay.

    Returns:
        The concrete names of the removed versions.

    Raises:
        ClusterError: The cluster cannot be reached, or refuses.
    """
    resolved = resolve(client, name)
    kept = resolved.kept if resolved else ()
    older = tuple(one.index for one in kept if one.meta.state is State.SERVING and one.index not in but)
    for version in older:
        delete_version(client, version)
    return older
