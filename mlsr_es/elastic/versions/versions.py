"""Versions of an index behind an alias: what is written is never what is being searched, until it is complete.

The alias ``photos`` points to one of ``photos-v0001``, ``photos-v0002``...; another model means the next version, and
one atomic step from the old one to the new one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mlsr_es.elastic.client import address_of, gone, not_elasticsearch, translated
from mlsr_es.elastic.cluster import hidden_by_rights
from mlsr_es.elastic.mapping import WHILE_BUILDING, IndexMeta, State, check_field, index_body
from mlsr_es.elastic.versions.creating import create
from mlsr_es.errors import IndexMismatchError, InputError

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

_ILLEGAL = re.compile(r'[\\/*?"<>|\s,#:A-Z]')
_NUMBER = re.compile(r"\d{4,}")
_DESCRIBED = {"aliases", "mappings", "settings"}
"""What a cluster says of an index."""

_LONGEST_NAME = 240
"""Bytes; Elasticsearch allows 255, and the version's number follows."""


@dataclass(frozen=True)
class Version:
    """One index of this package.

    Args:
        index: Its concrete name.
        meta: What it says of itself.
        described: How the cluster describes it: ``aliases``, ``mappings``, ``settings``.
    """

    index: str
    meta: IndexMeta
    described: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True)
class Resolved:
    """What stands behind a name.

    Args:
        name: The alias, or the index.
        serving: What a search of the name reaches; None where no version is complete yet.
        building: Versions that are not complete, oldest first.
        kept: Complete versions that nobody searches, oldest first: made ready, or searched before.
    """

    name: str
    serving: Version | None
    building: tuple[Version, ...] = ()
    kept: tuple[Version, ...] = ()


@dataclass(frozen=True)
class _Found:
    """The indices that a name concerns, as the cluster describes them."""

    name: str
    indices: Mapping[str, Any] = field(repr=False)

    @property
    def serving(self) -> list[str]:
        """Indices behind the alias; or the one of that very name."""
        return [index for index in self.indices if index == self.name or self.name in self.indices[index]["aliases"]]

    @property
    def versions(self) -> list[str]:
        """Indices named as versions, whoever made them, in the order of their numbers."""
        return sorted(filter(self.number, self.indices), key=self.number)

    def number(self, index: str) -> int:
        """The number of a version's name; 0 for any other name."""
        return int(index.rpartition("-v")[2]) if alias_of(index) == self.name else 0

    def meta(self, index: str) -> Mapping[str, Any]:
        return self.indices[index]["mappings"].get("_meta", {})  # type: ignore[no-any-return]

    def version(self, index: str) -> Version:
        meta = IndexMeta.read(index, self.meta(index))
        check_field(index, self.indices[index]["mappings"], meta.terms)
        return Version(index, meta, self.indices[index])


def resolve(client: Elasticsearch, name: str, described: Mapping[str, Any] | None = None) -> Resolved | None:
    """Find what stands behind a name.

    Args:
        client: Of ``connect``.
        name: An alias, or an index.
        described: Indices as the cluster describes them, by name, where that has been asked; None to ask.

    Returns:
        None where there is nothing of that name.

    Raises:
        InputError: It cannot be the name of an index.
        IndexMismatchError: It is the name of something else than an index of this package.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    found = _find(client, name, described)
    serving = found.serving
    if len(serving) > 1:
        raise IndexMismatchError(
            f"the alias {name} points to {len(serving)} indices: {', '.join(sorted(serving))}.",
            advice="Name one of them, or another alias.",
        )
    ours = [found.version(index) for index in found.versions if index not in serving and "mlsr" in found.meta(index)]
    others = [version for version in ours if not version.meta.enriched]  # an owner's index, whatever its name
    if not serving and not others:
        return None
    return Resolved(
        name,
        serving=found.version(serving[0]) if serving else None,
        building=tuple(version for version in others if version.meta.state is State.BUILDING),
        kept=tuple(version for version in others if version.meta.state is not State.BUILDING),
    )


def create_version(client: Elasticsearch, name: str, meta: IndexMeta) -> str:
    """Create the next version of an index, empty, and not searched by anybody.

    Args:
        client: Of ``connect``.
        name: The alias that will point to it.
        meta: With what its documents will be made.

    Returns:
        The version's own name.

    Raises:
        InputError: It cannot be the name of an index.
        IndexMismatchError: The name belongs to an index, so that it cannot become an alias.
        ClusterRefusedError: The cluster has no field of the kind that is wanted.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    found = _find(client, name)
    if name in found.indices:
        raise IndexMismatchError(
            f"{name} is an index, and the name is needed for the alias of its versions.", advice="Name another one."
        )
    version = f"{name}-v{max(map(found.number, found.indices), default=0) + 1:04d}"
    settings = found.indices[found.serving[0]]["settings"]["index"] if found.serving else {}
    by_hand = {setting: settings[setting] for setting in WHILE_BUILDING if setting in settings}
    body = index_body(meta, serving_settings=by_hand)
    create(client, version, body)
    return version


def promote(client: Elasticsearch, name: str, version: str) -> None:
    """Let the alias point to a version that is complete, in one atomic step.

    All aliases of the version before move with it; itself it stays, searched by nobody. Killed in between, it can be
    called again.

    Raises:
        IndexMismatchError: The version is gone, or is not this package's.
        ClusterError: The cluster cannot be reached, or refuses; searches still reach the version before.
    """
    found = _find(client, name)
    before = [found.version(index) for index in found.serving if index != version]
    if any(each.meta.enriched for each in before):
        raise IndexMismatchError(
            f"{name} leads to {before[0].index}, which is its owner's and is not replaced.",
            advice="Index under another name.",
        )
    _swap(client, found, version, replaced=before[0].index if before else "")


def roll_back(client: Elasticsearch, name: str) -> tuple[str, str]:
    """Let the alias point to the version that was searched before, in one atomic step.

    Called again, it goes back one further; what was left stays, and can be promoted.

    Returns:
        The version that is searched from now on, and the one that was until now.

    Raises:
        IndexMismatchError: There is none before, or it has been removed.
        ClusterError: The cluster cannot be reached, or refuses; searches still reach the version that they reached.
    """
    found = _find(client, name)
    if len(found.serving) != 1:
        advice = hidden_by_rights(client, name) or f"See: mlsr-es indices list {name}"
        raise IndexMismatchError(f"no version of {name} is searched.", advice=advice)
    (serving,) = found.serving
    before = found.version(serving).meta.replaced
    if before not in found.indices:
        gone = f"{before} has been removed" if before else f"{serving} is its first version"
        raise IndexMismatchError(f"{name} has nothing to go back to: {gone}.")
    _swap(client, found, before)
    return before, serving


def check_unused(client: Elasticsearch, version: str) -> None:
    """See that an index is a version that nobody searches.

    Raises:
        InputError: It cannot be the name of an index.
        IndexMismatchError: There is none of that name, an alias points to it, or it is no version of this package.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    _check_name(version)
    with translated(client, f"read the mapping of {version}"):
        told = client.indices.get(index=version).body
    if version not in told or not alias_of(version):
        raise IndexMismatchError(f"{version} is no version of an index.", advice="See: mlsr-es indices list")
    _check_ours(version, IndexMeta.read(version, told[version]["mappings"].get("_meta", {})))
    if aliases := sorted(told[version]["aliases"]):
        raise IndexMismatchError(
            f"{version} is searched, as {', '.join(aliases)}.", advice="Promote another version, or roll back, first."
        )


def delete_version(client: Elasticsearch, version: str) -> None:
    """Remove one version, by its own name; never one that is searched.

    Raises:
        InputError: See ``check_unused``.
        IndexMismatchError: Likewise.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    check_unused(client, version)
    with translated(client, f"remove the index {version}"):
        client.indices.delete(index=version)


def alias_of(version: str) -> str:
    """The name that a version is a version of; "" where it is not named as a version."""
    name, _, number = version.rpartition("-v")
    return name if _NUMBER.fullmatch(number) else ""


def _find(client: Elasticsearch, name: str, described: Mapping[str, Any] | None = None) -> _Found:
    _check_name(name)
    if described is None:
        with translated(client, f"read the mapping of {name}"):
            described = client.indices.get(
                index=f"{name},{name}-v*", ignore_unavailable=True, allow_no_indices=True, expand_wildcards="all"
            ).body
    if not _describes_indices(described):
        raise not_elasticsearch(address_of(client))
    found = _Found(name, described)
    concerned = {*found.serving, *found.versions}
    return _Found(name, {index: told for index, told in found.indices.items() if index in concerned})


def _describes_indices(told: Any) -> bool:
    """Whether an answer is what a cluster says of indices: a proxy or another program may answer anything."""
    if not isinstance(told, Mapping):
        return False
    return all(isinstance(about, Mapping) and about.keys() >= _DESCRIBED for about in told.values())


def _check_ours(index: str, meta: IndexMeta) -> None:
    """See that an index is a version: an owner's may be named as one."""
    if meta.enriched:
        raise IndexMismatchError(f"{index} is its owner's: mlsr-es enrich has only added weights to it.")


def _swap(client: Elasticsearch, found: _Found, version: str, *, replaced: str = "") -> None:
    """Give a version the settings of one that is searched, and then all aliases."""
    if version not in found.indices:
        raise gone(version)
    meta = found.version(version).meta
    _check_ours(version, meta)
    with translated(client, f"let {found.name} point to {version}"):
        if meta.restore:
            client.indices.put_settings(index=version, settings={"index": dict(meta.restore)})
        client.indices.refresh(index=version)
        client.indices.put_mapping(index=version, meta=meta.served(replaced).merged_into(found.meta(version)))
        client.indices.update_aliases(actions=_moves(found, version))


def _moves(found: _Found, version: str) -> list[dict[str, Any]]:
    old = [index for index in found.serving if index != version]
    moved = [(index, alias, how) for index in old for alias, how in found.indices[index]["aliases"].items()]
    aliases = {alias: how for _, alias, how in moved} | {found.name: {}}
    return [
        *({"add": {"index": version, "alias": alias, **how}} for alias, how in aliases.items()),
        *({"remove": {"index": index, "alias": alias}} for index, alias, _ in moved),
    ]


def _check_name(name: str) -> None:
    """See that a name can be an alias's, and can be nothing but a name in a request."""
    if not name or _ILLEGAL.search(name) or name[0] in "-_+." or len(name.encode()) > _LONGEST_NAME:
        raise InputError(
            f"{name!r} cannot be the name of an index.",
            advice="Use lower-case letters, digits, - and _, such as gimp-manual.",
        )
