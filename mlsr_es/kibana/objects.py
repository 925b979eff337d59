"""What Kibana is given, written for the oldest one that is supported: a newer Kibana migrates what it imports."""

from __future__ import annotations

from typing import Any

import orjson

from mlsr_es.shipped import shipped

_INDEX_REFERENCE = "kibanaSavedObjectMeta.searchSourceJSON.index"
_MIGRATED_TO = {"index-pattern": "7.11.0", "search": "7.9.3"}
"""The forms of Kibana 7.17, by type; an object that says nothing of its form would be taken for the oldest there is."""

_WHOLE_PICTURES = {"rowHeight": -1}
"""Rows as high as what is in them; 7.17 refuses an object with an attribute that it does not know."""


def data_view(index: str, identifier: str) -> dict[str, Any]:
    """A data view as ``POST /api/data_views/data_view`` takes it.

    Its name is its own: Kibana's ``override`` deletes the data view that has the same name, whoever made it.

    Args:
        index: The index, or its alias.
        identifier: Of the data view.
    """
    return {"id": identifier, "title": index, "name": f"mlsr-es: {index}", **_shipped("data-view.json")}


def saved_data_view(index: str, identifier: str) -> dict[str, Any]:
    """The same as a saved object, for a Kibana that does not know that request."""
    shown = _shipped("data-view.json")
    attributes = {
        "title": index,
        "sourceFilters": _text(shown["sourceFilters"]),
        "fieldFormatMap": _text(shown["fieldFormats"]),
        "fields": "[]",
    }
    return _saved("index-pattern", identifier, attributes)


def saved_search(index: str, identifier: str, *, view: str, whole_pictures: bool) -> dict[str, Any]:
    """A search to open in Discover: thumbnail, captions, terms and score.

    Args:
        index: The index, for the title.
        identifier: Of the search.
        view: The data view's identifier.
        whole_pictures: Whether rows are as high as a thumbnail; Kibana 7.17 refuses to be asked.
    """
    shown = _shipped("saved-search.json")
    source = {**shown["searchSource"], "indexRefName": _INDEX_REFERENCE}
    attributes = {
        "title": f"mlsr-es: {index}",
        **shown["attributes"],
        **(_WHOLE_PICTURES if whole_pictures else {}),
        "kibanaSavedObjectMeta": {"searchSourceJSON": _text(source)},
    }
    reference = {"name": _INDEX_REFERENCE, "type": "index-pattern", "id": view}
    return _saved("search", identifier, attributes, reference)


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
