"""Fields of somebody else's index by their paths: checks against the mapping, and values in a document."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from mlsr_es.errors import IndexMismatchError

TEXTS = frozenset(
    {
        *("text", "keyword", "match_only_text", "wildcard", "constant_keyword", "search_as_you_type"),
        *("annotated_text", "icu_collation_keyword", "flattened"),
    }
)
"""Field types that hold text."""

REFERENCES = TEXTS | {"binary"}
"""Field types that may hold an image, or its path or URL."""


def check_readable(
    index: str, mapping: Mapping[str, Any], path: str, *, types: Collection[str], nested: bool = True
) -> None:
    """Check that documents can have a field of this name with values of these types.

    Args:
        index: The index's name, for messages.
        mapping: The index's mapping.
        path: The field's path, such as ``title`` or ``photos.url``.
        types: The field types that are allowed.
        nested: Whether the field may be inside nested objects.

    Raises:
        IndexMismatchError: There is no such field, or it has another type, or it is nested.
    """
    node, dynamic = mapping, mapping.get("dynamic", True)
    for name in path.split("."):
        if name in node.get("fields", {}):
            raise IndexMismatchError(
                f"{path} of {index} is another way to search a field, and no document has it.",
                advice=f"Name the field itself: {path.rpartition('.')[0]}.",
            )
        node = node.get("properties", {}).get(name, {})
        if not node:
            _check_unmapped(index, mapping, path, dynamic)
            return
        if node.get("type") == "nested" and not nested:
            raise IndexMismatchError(
                f"the field {path} of {index} is nested: each of its objects is a document of its own inside of "
                "Elasticsearch, and one vector stands for the whole.",
                advice="Name a field that is not nested, or index the images by themselves: mlsr-es index.",
            )
        if node.get("enabled") is False or node.get("type") == "flattened":
            return
        dynamic = node.get("dynamic", dynamic)
    found = str(node.get("type", "object"))
    if found == "alias":
        raise IndexMismatchError(
            f"the field {path} of {index} is another name of {node.get('path')}.", advice="Name that one."
        )
    if found not in types:
        raise IndexMismatchError(
            f"the field {path} of {index} is of the type {found}.", advice=f"Name one of: {', '.join(sorted(types))}."
        )


def values_at(source: Mapping[str, Any], path: str) -> Iterator[Any]:
    """The values of a field in a stored document, from all objects of an array, without nulls.

    Args:
        source: The document's source; objects may be nested, or written as names with dots.
        path: The field's path.
    """
    for head, rest in _ways(path):
        if (found := source.get(head)) is None:
            continue
        for value in _listed(found):
            if not rest:
                yield value
            elif isinstance(value, dict):  # as JSON is read; a search reads some hundred values
                yield from values_at(value, rest)


@lru_cache(1024)
def _ways(path: str) -> tuple[tuple[str, str], ...]:
    """The names under which a document may hold a path's first part, each with what is left of the path."""
    names = path.split(".")
    return tuple((".".join(names[:cut]), ".".join(names[cut:])) for cut in range(len(names), 0, -1))


def _listed(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for each in value:
            yield from _listed(each)
    elif value is not None:
        yield value


def _check_unmapped(index: str, mapping: Mapping[str, Any], path: str, dynamic: Any) -> None:
    """Check that documents may have a field that is not in the mapping."""
    if str(dynamic).lower() in {"false", "runtime"}:
        return
    near = get_close_matches(path, list(_paths(mapping)), n=3, cutoff=0.5)
    raise IndexMismatchError(
        f"the index {index} has no field {path}.", advice=f"Did you mean {' or '.join(near)}?" if near else ""
    )


def _paths(node: Mapping[str, Any], above: str = "") -> Iterator[str]:
    for name, inner in node.get("properties", {}).items():
        if "properties" not in inner:
            yield above + name
        yield from _paths(inner, f"{above}{name}.")
