"""Importing a data view and a saved search into Kibana; a second import replaces these two and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import orjson

from mlsr_es.errors import KibanaError
from mlsr_es.kibana.asking import Kibana, Reply
from mlsr_es.kibana.objects import ShownFields, data_view, saved_data_view, saved_search
from mlsr_es.kibana.settings import KibanaSettings

_DATA_VIEWS = "/api/data_views/data_view"
_IMPORT = "/api/saved_objects/_import?overwrite=true"
_FILE = "mlsr-es.ndjson"  # Kibana refuses a file with another suffix


@dataclass(frozen=True)
class Imported:
    """The imported objects.

    Args:
        data_view: The data view's identifier.
        saved_search: The saved search's identifier.
        url: The URL of the saved search in Discover.
    """

    data_view: str
    saved_search: str
    url: str


def import_objects(settings: KibanaSettings, index: str, fields: ShownFields | None = None) -> Imported:
    """Make a data view that shows thumbnails as pictures, and a saved search with captions, terms and score.

    Args:
        settings: Kibana's address and the credentials.
        index: The index, or its alias; Kibana looks it up when the data view is used.
        fields: The fields to show; None for those of an index of this package.

    Raises:
        InputError: The certificates' file cannot be read.
        KibanaError: Nothing answers, or Kibana refuses.
    """
    kibana = Kibana(settings)
    # The identifier of a data view has to be unique in all of Kibana, not only in its space.
    identifier = "-".join(part for part in ("mlsr-es", settings.space, index) if part)
    made = kibana.post_json(_DATA_VIEWS, {"override": True, "data_view": data_view(index, identifier, fields)})
    before_names = _is_before_names(made)
    if not before_names:
        kibana.checked(made, "make the data view")
    objects = [saved_data_view(index, identifier, fields)] if before_names else []
    objects.append(saved_search(index, identifier, view=identifier, whole_pictures=not before_names, fields=fields))
    content = b"\n".join(map(orjson.dumps, objects)) + b"\n"
    doing = "import the saved search"
    answer = kibana.checked(kibana.post_file(_IMPORT, _FILE, content), doing)
    if answer.get("success") is not True:
        raise KibanaError(f"{settings.url} could not {doing}: {_reasons(answer)}.")
    return Imported(identifier, identifier, f"{settings.url}/app/discover#/view/{identifier}")


def _is_before_names(reply: Reply) -> bool:
    """Whether this Kibana lacks the request (7.17), or has no names for data views (8.0 and a little later)."""
    no_request = reply.status == HTTPStatus.NOT_FOUND and reply.message == "Not Found"
    no_names = reply.status == HTTPStatus.BAD_REQUEST and "data_view.name]" in reply.message
    return no_request or no_names


def _reasons(answer: Mapping[str, Any]) -> str:
    """Why objects were not imported; even then the answer's status is 200."""
    errors = [error for error in answer.get("errors", ()) if isinstance(error, Mapping)]
    reasons = [f"{one.get('type')} {one.get('id')}: {_reason(one.get('error'))}" for one in errors]
    return "; ".join(reasons) or "it does not say why"


def _reason(error: Any) -> str:
    if not isinstance(error, Mapping):
        return "not said"
    return str(error.get("message") or error.get("type") or "not said").replace("_", " ")
