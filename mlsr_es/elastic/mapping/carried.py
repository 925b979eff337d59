"""Fields of somebody's index that an index beside it takes along: their mapping, and their values in a document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mlsr_es.elastic.mapping.fields import values_at
from mlsr_es.elastic.mapping.index_body import own_properties
from mlsr_es.errors import IndexMismatchError

_ANALYSING = ("analyzer", "search_analyzer", "search_quote_analyzer", "normalizer")


def carried_properties(
    index: str, mapping: Mapping[str, Any], settings: Mapping[str, Any], paths: Iterable[str]
) -> dict[str, Any]:
    """The mapping of fields, as their index has it, to be added to that of another index.

    Args:
        index: The index's name, for messages.
        mapping: The index's mapping.
        settings: The index's settings.
        paths: The fields' paths.

    Raises:
        IndexMismatchError: There is no such field, this package has a field of that name, or the field needs an
            analyser that only this index has.
    """
    ours = own_properties()
    properties: dict[str, Any] = {}
    for path in paths:
        names = path.split(".")
        if names[0] in ours:
            raise IndexMismatchError(
                f"the field {path} of {index} cannot be carried: mlsr-es has a field {names[0]} of its own.",
                advice="Leave it out.",
            )
        node, inside = mapping, properties
        for name in names[:-1]:
            node = _below(index, path, node, name)
            above = inside.setdefault(name, {**node, "properties": {}})
            inside = above["properties"]
        inside[names[-1]] = _copied(index, path, _below(index, path, node, names[-1]), settings.get("analysis", {}))
    return properties


def carried_values(source: Mapping[str, Any], paths: Sequence[str]) -> dict[str, Any]:
    """The values of fields in a stored document, as a document of their own; a field without a value is left out.

    Args:
        source: The document's source.
        paths: The fields' paths.
    """
    carried: dict[str, Any] = {}
    for path in paths:
        values = list(values_at(source, path))
        if not values:
            continue
        *above, name = path.split(".")
        inside = carried
        for each in above:
            inside = inside.setdefault(each, {})
        inside[name] = values[0] if len(values) == 1 else values
    return carried


def _below(index: str, path: str, node: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = node.get("properties", {}).get(name, {})
    if not found or found.get("type") == "alias":
        raise IndexMismatchError(
            f"the index {index} has no field {path} in its mapping that could be carried.",
            advice="Name fields of its mapping; of another name of a field, the field itself.",
        )
    return found


def _copied(index: str, path: str, node: Mapping[str, Any], analysis: Mapping[str, Any]) -> dict[str, Any]:
    """A field's mapping without copies into fields that are not carried."""
    own = {name for kind in ("analyzer", "normalizer") for name in analysis.get(kind, {})}
    if missing := own.intersection(str(node.get(part)) for part in _ANALYSING):
        raise IndexMismatchError(
            f"the field {path} of {index} is analysed by {min(missing)}, which is defined in the settings of {index} "
            "alone.",
            advice="Carry another field, or one of another type.",
        )
    copied = {name: value for name, value in node.items() if name != "copy_to"}
    for inner in ("properties", "fields"):
        if inner in node:
            copied[inner] = {
                name: _copied(index, f"{path}.{name}", each, analysis) for name, each in node[inner].items()
            }
    return copied
