"""Which fields an index has, as searches see them: what its mapping says, and whether they can be asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mlsr_es.errors import InputError

_ANALYSED = frozenset({"text", "match_only_text", "annotated_text"})
_WHOLE = frozenset({"keyword", "constant_keyword", "wildcard"})
_OF_EVERY_INDEX = dict.fromkeys(("_id", "_ignored", "_index", "_routing", "_tier"), "keyword")
_NAMED = 12


def field_types(mapping: Mapping[str, Any]) -> dict[str, str]:
    """The fields that a search can name, each with its type.

    Other ways to search a field (``title.raw``), other names of fields and runtime fields are among them. A field that
    a cluster maps by itself is in its mapping as soon as a document has it.

    Args:
        mapping: Of the index.
    """
    types = dict(_properties(mapping))
    for name, about in mapping.get("runtime", {}).items():
        parts = about.get("fields", {})  # of a composite one: a script gives several fields
        types |= {f"{name}.{part}": str(inner.get("type")) for part, inner in parts.items()}
        if not parts:
            types[name] = str(about.get("type"))
    others = dict(_other_names(mapping))
    return _OF_EVERY_INDEX | types | {name: types[meant] for name, meant in others.items() if meant in types}


def first_text_field(mapping: Mapping[str, Any], names: Iterable[str]) -> str:
    """The first of some fields that BM25 can search, itself or by another way to search it; "" for none.

    Args:
        mapping: Of the index.
        names: The fields' names.
    """
    fields = field_types(mapping)
    for name in names:
        ways = [name, *(each for each in fields if each.startswith(f"{name}."))]
        if found := next((each for each in ways if fields.get(each) in _ANALYSED), ""):
            return found
    return ""


def check_filter_fields(index: str, fields: Mapping[str, str], names: Iterable[str]) -> None:
    """See that fields can be compared with a whole value: a cluster says nothing, and finds nothing, where they cannot.

    Args:
        index: The index's name, for messages.
        fields: Of ``field_types``.
        names: Of the fields that are asked.

    Raises:
        InputError: The index has no such field, or cuts its text into words.
    """
    for name in names:
        found = _type_of(fields, name)
        if found is None:
            raise InputError(f"the index {index} has no field {name}.", advice=_offer(fields))
        if found in _ANALYSED:
            whole = [each for each, kind in fields.items() if each.startswith(f"{name}.") and kind in _WHOLE]
            by_words = f"""Ask for its words: --filter-json '{{"match": {{"{name}": "..."}}}}'"""
            raise InputError(
                f"the field {name} of {index} is cut into words, so that no whole value is found in it.",
                advice=f"Name the field with its whole values: {' or '.join(whole)}." if whole else by_words,
            )


def check_text_field(index: str, fields: Mapping[str, str], name: str) -> None:
    """See that an index has a field of words.

    Args:
        index: The index's name, for messages.
        fields: Of ``field_types``.
        name: The field's.

    Raises:
        InputError: It has no such field.
    """
    if _type_of(fields, name) is None:
        there = sorted(each for each, kind in fields.items() if kind in _ANALYSED)
        raise InputError(
            f"the index {index} has no field {name}.", advice=f"Fields of text: {', '.join(there[:_NAMED]) or 'none'}."
        )


def _properties(node: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for name, inner in node.get("properties", {}).items():
        path = f"{above}{name}"
        if inner.get("type") != "alias":
            yield path, str(inner.get("type", "object"))
        yield from ((f"{path}.{other}", str(about["type"])) for other, about in inner.get("fields", {}).items())
        yield from _properties(inner, f"{path}.")


def _other_names(node: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for name, inner in node.get("properties", {}).items():
        if inner.get("type") == "alias":
            yield f"{above}{name}", str(inner.get("path"))
        yield from _other_names(inner, f"{above}{name}.")


def _type_of(fields: Mapping[str, str], name: str) -> str | None:
    """The type of a field, or of the flattened object that it is a key of."""
    if name in fields:
        return fields[name]
    above = name.rpartition(".")[0]
    while above:
        if fields.get(above) == "flattened":
            return "flattened"
        above = above.rpartition(".")[0]
    return None


def _offer(fields: Mapping[str, str]) -> str:
    hidden = _ANALYSED | {"object", "nested", "rank_features", "sparse_vector"}
    there = sorted(
        name for name, kind in fields.items() if kind not in hidden and not name.startswith(("_", "mlsr.", "thumbnail"))
    )
    return f"Fields that it has: {', '.join(there[:_NAMED])}." if there else ""
