"""The objects for Kibana, in the form of the oldest supported Kibana; a newer Kibana migrates what it imports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from mlsr_es.shipped import shipped

_INDEX_REFERENCE = "kibanaSavedObjectMeta.searchSourceJSON.index"
_MIGRATED_TO = {"index-pattern": "7.11.0", "search": "7.9.3"}
"""The versions of Kibana 7.17's form of each type; without one, Kibana would assume the oldest form."""

_WHOLE_PICTURES = {"rowHeight": -1}
"""Rows as high as their contents; 7.17 refuses an object with this attribute, which it does not know."""


@dataclass(frozen=True, slots=True)
class ShownFields:
    """The fields of somebody's index that are shown, in place of those of an index of this package.

    Args:
        captions: The fields with captions.
        terms: The field with a document's heaviest terms.
        hidden: The fields with weights.
        picture: The field with the URLs of pictures; "" where there is none.
    """

    captions: tuple[str, ...]
    terms: str
    hidden: tuple[str, ...]
    picture: str = ""

    @property
    def columns(self) -> list[str]:
        """The columns of the saved search."""
        return [*([self.picture] if self.picture else []), *self.captions, self.terms, "_score"]


def data_view(index: str, identifier: str, fields: ShownFields | None = None) -> dict[str, Any]:
    """A data view for ``POST /api/data_views/data_view``.

    Its name is unlike any other, because Kibana's ``override`` deletes any data view with the same name.

    Args:
        index: The index, or its alias.
        identifier: The data view's identifier.
        fields: The fields to show; None for those of an index of this package.
    """
    return {"id": identifier, "title": index, "name": f"mlsr-es: {index}", **_view(fields)}


def saved_data_view(index: str, identifier: str, fields: ShownFields | None = None) -> dict[str, Any]:
    """A data view as a saved object, for a Kibana that does not know that request."""
    shown = _view(fields)
    attributes = {
        "title": index,
        "sourceFilters": _text(shown["sourceFilters"]),
        "fieldFormatMap": _text(shown["fieldFormats"]),
        "fields": "[]",
    }
    return _saved("index-pattern", identifier, attributes)


def saved_search(
    index: str, identifier: str, *, view: str, whole_pictures: bool, fields: ShownFields | None = None
) -> dict[str, Any]:
    """A saved search for Discover, which shows thumbnail, captions, terms and score.

    Args:
        index: The index, for the title.
        identifier: The search's identifier.
        view: The data view's identifier.
        whole_pictures: Whether rows are as high as a thumbnail; Kibana 7.17 refuses this setting.
        fields: The fields to show; None for those of an index of this package.
    """
    shown = _shipped("saved-search.json")
    source = {**shown["searchSource"], "indexRefName": _INDEX_REFERENCE}
    attributes = {
        "title": f"mlsr-es: {index}",
        **shown["attributes"],
        **({"columns": fields.columns} if fields else {}),
        **(_WHOLE_PICTURES if whole_pictures else {}),
        "kibanaSavedObjectMeta": {"searchSourceJSON": _text(source)},
    }
    reference = {"name": _INDEX_REFERENCE, "type": "index-pattern", "id": view}
    return _saved("search", identifier, attributes, reference)


def _view(fields: ShownFields | None) -> dict[str, Any]:
    """What a data view hides, and how it shows pictures."""
    shown = _shipped("data-view.json")
    if fields is None:
        return shown
    (picture,) = shown["fieldFormats"].values()
    return {
        "sourceFilters": [{"value": name} for name in fields.hidden],
        "fieldFormats": {fields.picture: picture} if fields.picture else {},
    }


def _saved(kind: str, identifier: str, attributes: dict[str, Any], *references: dict[str, str]) -> dict[str, Any]:
    return {
        "type": kind,
        "id": identifier,
        "attributes": attributes,
        "references": list(references),
        "migrationVersion": {kind: _MIGRATED_TO[kind]},
    }


def _shipped(name: str) -> dict[str, Any]:
    read: dict[str, Any] = orjson.loads(shipped("docker", "kibana", name).read_bytes())
    return read


def _text(value: Any) -> str:
    return orjson.dumps(value).decode()
