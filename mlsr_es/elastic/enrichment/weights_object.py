"""Where in somebody else's documents this package keeps its weights: two places, of which one serves.

The first model's weights are in ``mlsr.terms``. Another model's are written beside them, into ``mlsr.second``, while
searches go on with the first; then the field that is searched is switched, and the first place is free for the model
after that. The one before stays where it was, so that going back is a switch too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from mlsr_es.elastic.mapping import FieldKind, IndexMeta, State
from mlsr_es.errors import IndexMismatchError
from mlsr_es.shipped import shipped

PLACES = ("mlsr", "mlsr.second")


@dataclass(frozen=True, slots=True)
class WeightsObject:
    """One of the two places.

    Args:
        path: Of the object that holds weights, fingerprint and the rest.
        serves: Whether searches read it while it is written.
    """

    path: str
    serves: bool = False

    @property
    def field(self) -> str:
        """The field with the weights."""
        return f"{self.path}.terms"

    @property
    def fingerprint(self) -> str:
        """The stored field that tells what the weights were made from."""
        return f"{self.path}.fingerprint"

    def inside(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """A part of a document that has this at the weights_object's place."""
        nested = dict(body)
        for name in reversed(self.path.split(".")):
            nested = {name: nested}
        return nested

    def properties(self, kind: FieldKind) -> dict[str, Any]:
        """What is added to the mapping of the index.

        Args:
            kind: Of the field with the weights.
        """
        shipped_mapping = orjson.loads(shipped("mappings", "image-documents.json").read_bytes())
        ours = shipped_mapping["mappings"]["properties"]["mlsr"]
        ours["properties"]["terms"]["type"] = kind.value
        names = self.path.split(".")
        for name in reversed(names[1:]):
            ours = {"dynamic": "strict", "properties": {name: ours}}
        return {names[0]: ours}


def weights_object_for(meta: IndexMeta | None, revision: str) -> WeightsObject:
    """The place that a model's weights are written to.

    Args:
        meta: What the index says of itself; None where nothing was ever written.
        revision: The model's.
    """
    if meta is None or meta.state is State.BUILDING:
        return WeightsObject(PLACES[0])
    serving = meta.field.rpartition(".")[0]
    if meta.revision == revision:
        return WeightsObject(serving, serves=True)
    return WeightsObject(next(place for place in PLACES if place != serving))


def check_free(index: str, mapping: Mapping[str, Any], weights_object: WeightsObject, kind: FieldKind) -> None:
    """See that the mapping has nothing else where the weights will be.

    Raises:
        IndexMismatchError: A field of the owner's is there, or one of ours in another form.
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
