"""Versions of an index behind an alias: another model's documents go to a new version, searched once it is complete.

The alias ``photos`` points to one of ``photos-v0001``, ``photos-v0002`` and so on. Another model means another
version, and one atomic step from the old version to the new one.
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
"""Bytes; Elasticsearch allows 255, and the version's number is appended."""


@dataclass(frozen=True)
class Version:
    """One index of this package.

    Args:
        index: The concrete name of the index.
        meta: The ``_meta.mlsr`` of the index.
        described: How the cluster describes it: ``aliases``, ``mappings``, ``settings``.
    """

    index: str
    meta: IndexMeta
    described: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def leased_as(self) -> str:
        """The name whose lease is held for changes to it: its alias; an owner's index goes by its own name."""
        return self.index if self.meta.enriched else alias_of(self.index) or self.index


@dataclass(frozen=True)
class Resolved:
    """The versions that belong to a name.

    Args:
        name: The alias or index.
        serving: The version that a search of the name reaches; None where no version serves yet.
        building: Versions that are not complete, oldest first.
        kept: Complete versions that nobody searches, oldest first: waiting to be promoted, or searched before.
    """

    name: str
    serving: Version | None
    building: tuple[Version, ...] = ()
    kept: tuple[Version, ...] = ()


@dataclass(frozen=True)
class _Found:
    """The indices that belong to a name, as the cluster describes them."""

    name: str
    indices: Mapping[str, Any] = field(repr=False)

    @property
    def serving(self) -> list[str]:
        """Indices behind the alias, or the index with that name."""
        return [index for index in self.indices if index == self.name or self.name in self.indices[index]["aliases"]]

    @property
    def versions(self) -> list[str]:
        """Indices that have the name of a version, in the order of their numbers."""
        return sorted(filter(self.number, self.indices), key=self.number)

    def number(self, index: str) -> int:
        """The number in a version's name; 0 for any other name."""
        return int(index.rpartition("-v")[2]) if alias_of(index) == self.name else 0

    def meta(self, index: str) -> Mapping[str, Any]:
        return self.indices[index]["mappings"].get("_meta", {})  # type: ignore[no-any-return]

    def version(self, index: str) -> Version:
        meta = IndexMeta.read(index, self.meta(index))
        check_field(index, self.indices[index]["mappings"], meta.terms)
        return Version(index, meta, self.indices[index])


def resolve(client: Elasticsearch, name: str, described: Mapping[str, Any] | None = None) -> Resolved | None:
    """Find the versions that belong to a name.

    Args:
        client: Of ``connect``.
        name: An alias, or an index.
        described: Indices as the cluster describes them, by name, where that has been asked; None to ask.

    Returns:
        None where nothing has that name.

    Raises:
        InputError: The name cannot be that of an index.
        IndexMismatchError: The name belongs to something other than an index of this package.
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
    others = [version for version in ours if not version.meta.enriched]  # an enriched index may have such a name
    if not serving and not others:
        return None
    return Resolved(
        name,
        serving=found.version(serving[0]) if serving else None,
        building=tuple(version for version in others if version.meta.state is State.BUILDING),
        kept=tuple(version for version in others if version.meta.state is not State.BUILDING),
    )


def create_version(client: Elasticsearch, name: str, meta: IndexMeta) -> str:
    """Create the next version of an index, empty and not searched.

    Args:
        client: From ``connect``.
        name: The alias that will point to the version.
        meta: The model and settings that its documents will be made with.

    Returns:
        The version's concrete name.

    Raises:
        InputError: The name cannot be that of an index.
        IndexMismatchError: The name belongs to an index, so it cannot become an alias.
        ClusterRefusedError: The cluster does not have this kind of field.
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


def promote(client: Elasticsearch, name: str, version: str, *, serving: str | None = "") -> None:
    """Let the alias point to a complete version, in one atomic step.

    All aliases of the old version move with it. The old version stays, but nobody searches it. A call that was killed
    halfway can be repeated.

    Args:
        client: Of ``connect``.
        name: The alias.
        version: The version's own name.
        serving: The version that searches reached when it was decided to replace it; None for none, ""
            for any.

    Raises:
        IndexMismatchError: The version is gone, or is not this package's; or searches reach another one by now.
        ClusterError: The cluster cannot be reached, or refuses; searches still reach the old version.
    """
    found = _find(client, name)
    before = [found.version(index) for index in found.serving if index != version]
    if any(each.meta.enriched for each in before):
        raise IndexMismatchError(
            f"{name} leads to {before[0].index}, which is its owner's and is not replaced.",
            advice="Index under another name.",
        )
    reached = before[0].index if before else None
    if serving != "" and reached != (None if serving == version else serving):
        raise _swapped(name, serving, reached)
    _swap(client, found, version, replaced=reached or "")


def roll_back(client: Elasticsearch, name: str) -> tuple[str, str]:
    """Let the alias point to the version before the present one, in one atomic step.

    Another call goes back one version further. The version that was left stays, and can be promoted.

    Returns:
        The version that is searched from now on, and the version that was searched until now.

    Raises:
        IndexMismatchError: There is no version before it, or that version has been removed.
        ClusterError: The cluster cannot be reached, or refuses; searches still reach the same version.
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
    """Check that an index is a version that nobody searches.

    Raises:
        InputError: The name cannot be that of an index.
        IndexMismatchError: There is no such index, an alias points to it, or it is not a version of this package.
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
    """Remove one version, by its concrete name; never one that is searched.

    Raises:
        InputError: The name cannot be that of an index.
        IndexMismatchError: There is no such index, an alias points to it, or it is not a version of this package.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    check_unused(client, version)
    with translated(client, f"remove the index {version}"):
        client.indices.delete(index=version)


def alias_of(version: str) -> str:
    """The alias that a version's name belongs to; "" for a name that is not that of a version."""
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
    """Check that an index is a version; somebody else's index may have the name of one."""
    if meta.enriched:
        raise IndexMismatchError(f"{index} is its owner's: mlsr-es enrich has only added weights to it.")


def _swap(client: Elasticsearch, found: _Found, version: str, *, replaced: str = "") -> None:
    """Restore the settings of a version, then move all aliases to it, if they are where they were found."""
    from elasticsearch import NotFoundError

    if version not in found.indices:
        raise gone(version)
    meta = found.version(version).meta
    _check_ours(version, meta)
    with translated(client, f"let {found.name} point to {version}"):
        if meta.restore:
            client.indices.put_settings(index=version, settings={"index": dict(meta.restore)})
        client.indices.refresh(index=version)
        client.indices.put_mapping(index=version, meta=meta.served(replaced).merged_into(found.meta(version)))
        try:
            client.indices.update_aliases(actions=_moves(found, version))
        except NotFoundError as error:
            if version in _find(client, found.name).serving:  # it was done, and the answer was lost
                return
            # It was never searched: as a version that was, a later run would remove it.
            client.indices.put_mapping(index=version, meta=meta.merged_into(found.meta(version)))
            raise _swapped(found.name, replaced, None) from error


def _swapped(name: str, serving: str | None, reached: str | None) -> IndexMismatchError:
    now = f"{reached} by now" if reached else "another version by now"
    return IndexMismatchError(
        f"searches of {name} reach {now}, and not {serving or 'nothing'}: nothing was changed.",
        advice=f"Look at it, and decide again: mlsr-es indices list {name}",
    )


def _moves(found: _Found, version: str) -> list[dict[str, Any]]:
    old = [index for index in found.serving if index != version]
    moved = [(index, alias, how) for index in old for alias, how in found.indices[index]["aliases"].items()]
    aliases = {alias: how for _, alias, how in moved} | {found.name: {}}
    return [
        *({"add": {"index": version, "alias": alias, **how}} for alias, how in aliases.items()),
        # Where the alias has been moved meanwhile, all of it fails.
        *({"remove": {"index": index, "alias": alias, "must_exist": True}} for index, alias, _ in moved),
    ]


def _check_name(name: str) -> None:
    """Check that a name can be that of an alias, and is safe in a request's path."""
    if not name or _ILLEGAL.search(name) or name[0] in "-_+." or len(name.encode()) > _LONGEST_NAME:
        raise InputError(
            f"{name!r} cannot be the name of an index.",
            advice="Use lower-case letters, digits, - and _, such as gimp-manual.",
        )
