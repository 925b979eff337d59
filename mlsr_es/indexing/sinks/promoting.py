"""The version to promote, and the objections to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlsr_es.elastic.cluster import hidden_by_rights
from mlsr_es.elastic.mapping import State
from mlsr_es.elastic.versions import Version, alias_of, resolve
from mlsr_es.errors import IndexMismatchError
from mlsr_es.indexing.sinks.target import missing_collections

if TYPE_CHECKING:
    from mlsr_es.elastic.client import Client


@dataclass(frozen=True, slots=True)
class Candidate:
    """A version that may be promoted.

    Args:
        name: The alias.
        version: The version to promote.
        serving: The version that is searched now; None where there is none.
        missing_collections: Collections that searches find now and would no longer find.
    """

    name: str
    version: Version
    serving: Version | None
    missing_collections: tuple[str, ...] = ()

    @property
    def objections(self) -> tuple[str, ...]:
        """What the owner should know before promoting it, each a sentence."""
        return tuple(self._objections())

    def _objections(self) -> Iterator[str]:
        if self.version.meta.state is State.BUILDING:
            yield f"{self.version.index} is not complete: a run is under way, or was stopped."
        if self.missing_collections:
            yield f"Searches would no longer find the collections {', '.join(self.missing_collections)}."


def candidate(client: Client, named: str) -> Candidate:
    """Find the version that a user means.

    Args:
        client: From ``mlsr_es.elastic.client.connect``.
        named: A version's concrete name; or an alias, for its newest version that is ready.

    Raises:
        IndexMismatchError: There is no such version, or it is already searched.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    name = alias_of(named) or named
    resolved = resolve(client, name)
    if resolved is None:
        advice = hidden_by_rights(client, name) or "See: mlsr-es indices list"
        raise IndexMismatchError(f"there is no index {name}.", advice=advice)
    others = [*resolved.building, *resolved.kept]
    chosen = (
        [one for one in others if one.index == named]
        if named != name
        else [one for one in resolved.kept if one.meta.state is State.READY]
    )
    if not chosen:
        searched = resolved.serving and resolved.serving.index == named
        raise IndexMismatchError(
            f"{named} is searched already." if searched else f"{named} has no version that is complete and waits.",
            advice=f"See: mlsr-es indices list {name}",
        )
    version, serving = chosen[-1], resolved.serving
    missing = missing_collections(client, version.index, serving.index if serving else None)
    return Candidate(name, version, serving, missing)
