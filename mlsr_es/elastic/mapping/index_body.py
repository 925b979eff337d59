"""The body of the call that creates an index: the shipped mapping, ``_meta.mlsr``, and the settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson

from mlsr_es.elastic.mapping.meta import IndexMeta
from mlsr_es.elastic.mapping.term_fields import FieldKind, TermField
from mlsr_es.errors import IndexMismatchError
from mlsr_es.shipped import shipped

WHILE_BUILDING = {"refresh_interval": "-1", "number_of_replicas": "0", "auto_expand_replicas": "false"}
"""Index settings of a version that nobody searches yet: no refresh and no replicas."""

KEEP_WEIGHTS = "mapping.exclude_source_vectors"
"""Index setting, false in this package. From 9.2 on a cluster takes the weights of a ``sparse_vector`` field out of the
stored document and rebuilds them, rounded, from the posting lists, unless this is false. Older clusters refuse it."""


def index_body(meta: IndexMeta, *, serving_settings: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Settings and mapping for a version that is to be built.

    BM25 on ``caption_all`` is tuned for captions. It saturates late (k1 3, where 1.2 is usual), because a word that
    figure title, alternative text and caption repeat is what the image is about. English stop words do not count,
    because they would make captions look long. On the GIMP manual's training pages the two are worth .02 and .03 of
    nDCG@10; stemming is worth nothing.

    Args:
        meta: The version's ``_meta.mlsr``; the settings to restore are added here.
        serving_settings: Index settings of the version that serves now, so that settings made by hand pass to the next
            version.
    """
    body = _shipped_body()
    settings = body["settings"]["index"]
    wanted = settings | dict(serving_settings or {})
    restore = {name: wanted.get(name) for name in WHILE_BUILDING}
    body["settings"]["index"] = settings | WHILE_BUILDING
    if meta.field_kind is FieldKind.SPARSE_VECTOR:
        body["settings"]["index"][KEEP_WEIGHTS] = False
    body["mappings"]["properties"]["mlsr"]["properties"]["terms"]["type"] = meta.field_kind.value
    body["mappings"]["_meta"] = replace(meta, restore=restore).merged_into({})
    return body


def own_properties() -> dict[str, Any]:
    """The mapping of the fields that an index of this package has, as a copy of its own."""
    properties: dict[str, Any] = _shipped_body()["mappings"]["properties"]
    return properties


def field_type(mapping: Mapping[str, Any], path: str) -> str:
    """The type of a field in a mapping, by its path; "" where there is no such field."""
    node: Mapping[str, Any] = mapping
    for name in path.split("."):
        node = node.get("properties", {}).get(name, {})
    return str(node.get("type", "object" if "properties" in node else ""))


def check_field(index: str, mapping: Mapping[str, Any], field: TermField) -> None:
    """Check that a field can be queried.

    Raises:
        IndexMismatchError: The field is missing, or of another kind.
    """
    found = field_type(mapping, field.path)
    if found != field.kind:
        what = f"is of the type {found}, not {field.kind}" if found else "is not in the mapping"
        raise IndexMismatchError(
            f"the index {index} cannot be searched by term weights: its field {field.path} {what}.",
            advice="Name another index, or index under a new name.",
        )


def _shipped_body() -> dict[str, Any]:
    body: dict[str, Any] = orjson.loads(shipped("mappings", "image-documents.json").read_bytes())
    return body
