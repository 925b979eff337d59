"""A field of term weights in any index, whoever made it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlsr_es.elastic.client import translated
from mlsr_es.elastic.mapping import FieldKind, TermField, field_type
from mlsr_es.errors import IndexMismatchError, InputError

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch


def term_field_of(client: Elasticsearch, index: str, path: str) -> TermField:
    """A field as the mapping has it.

    Args:
        client: Of ``connect``.
        index: An index or alias, of one index.
        path: The field's name.

    Raises:
        InputError: The name stands for several indices.
        IndexMismatchError: There is no such index, or the field holds no term weights.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    with translated(client, f"read the mapping of {index}"):
        told = client.indices.get_mapping(index=index).body
    if len(told) != 1:
        raise InputError(f"{index!r} stands for {len(told)} indices.", advice="Name one of them.")
    (entry,) = told.values()
    found = field_type(entry["mappings"], path)
    if found not in set(FieldKind):
        what = f"is of the type {found}" if found else "is not in the mapping"
        raise IndexMismatchError(
            f"the field {path} of {index} {what}.", advice=f"Name a field of the type {' or '.join(FieldKind)}."
        )
    return TermField(path, FieldKind(found))
