"""Where this package keeps its weights in somebody else's documents: one of two places, of which one serves.

The first model's weights are in ``mlsr.terms``. Another model's weights are written into ``mlsr.second``, while
searches still read the first. Then searches are switched to the new field, and the first place is free for the next
model. The old weights stay until then, so a switch can also lead back to them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mlsr_es.elastic.mapping import FieldKind, IndexMeta, State, own_properties
from mlsr_es.errors import IndexMismatchError

PLACES = ("mlsr", "mlsr.second")


@dataclass(frozen=True, slots=True)
class WeightsObject:
    """One of the two places.

    Args:
        path: The path of the object that holds weights, fingerprint and the rest.
        serves: Whether searches already read the weights in it.
    """

    path: str
    serves: bool = False

    @property
    def field(self) -> str:
        """The path of the field with the weights."""
        return f"{self.path}.terms"

    @property
    def fingerprint(self) -> str:
        """The path of the stored field with the fingerprint of the weights."""
        return f"{self.path}.fingerprint"

    def inside(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """A partial document that has ``body`` at this object's path."""
        nested = dict(body)
        for name in reversed(self.path.split(".")):
            nested = {name: nested}
        return nested

    def properties(self, kind: FieldKind) -> dict[str, Any]:
        """The properties to add to the mapping of the index.

        Args:
            kind: The type of the field with the weights.
        """
        ours = own_properties()["mlsr"]
        ours["properties"]["terms"]["type"] = kind.value
        names = self.path.split(".")
        for name in reversed(names[1:]):
            ours = {"dynamic": "strict", "properties": {name: ours}}
        return {names[0]: ours}


def weights_object_for(meta: IndexMeta | None, revision: str) -> WeightsObject:
    """Choose the place for a model's weights.

    Args:
        meta: The index's ``_meta.mlsr``; None where ``enrich`` never wrote to the index.
        revision: The model's revision.
    """
    if meta is None or meta.state is State.BUILDING:
        return WeightsObject(PLACES[0])
    serving = meta.field.rpartition(".")[0]
    if meta.revision == revision:
        return WeightsObject(serving, serves=True)
    return WeightsObject(next(place for place in PLACES if place != serving))


def check_free(index: str, mapping: Mapping[str, Any], weights_object: WeightsObject, kind: FieldKind) -> None:
    """Check that the mapping has nothing else where the weights will be.

    Raises:
        IndexMismatchError: The owner has a field there, or a field of this package has another type.
    """
    _check_free(index, mapping.get("properties", {}), weights_object.properties(kind), "")


def _check_free(index: str, theirs: Mapping[str, Any], ours: Mapping[str, Any], above: str) -> None:
    for name, wanted in ours.items():
        found = theirs.get(name)
        if found is None:
            continue
        kind, wanted_kind = (entry.get("type", "object") for entry in (found, wanted))
        if kind != wanted_kind:
            raise _taken(index, f"{above}{name}", f"of the type {kind}, where weights are kept as {wanted_kind}")
        inner, there = wanted.get("properties", {}), found.get("properties", {})
        strange = sorted(there.keys() - inner.keys() - {"second"}) if "terms" in inner else []
        if strange:
            raise _taken(index, f"{above}{name}.{strange[0]}", "inside of the object where weights are kept")
        _check_free(index, there, inner, f"{above}{name}.")


def _taken(index: str, path: str, how: str) -> IndexMismatchError:
    return IndexMismatchError(
        f"the index {index} has a field {path} of its own, {how}.",
        advice="Leave it as it is, and write into an index beside it: --into NAME.",
    )
