"""Which fields an index has, as searches see them."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

from mlsr_es.elastic.client import translated
from mlsr_es.errors import InputError

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

_ANALYSED = frozenset({"text", "match_only_text", "annotated_text"})
_NAMED = 12


def field_types(client: Elasticsearch, index: str, names: Iterable[str]) -> dict[str, str] | None:
    """The types of fields; those that the index lacks are missing.

    Args:
        client: Of ``connect``.
        index: An index or alias.
        names: Of fields; * stands for anything.

    Returns:
        None where the user's rights hide it.

    Raises:
        IndexMismatchError: The index does not exist.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    from elasticsearch import ApiError

    with translated(client, f"look up fields of {index}"):
        try:
            # The client writes the names into the body, where a cluster before 8.x does not look.
            answer = client.perform_request(
                "GET",
                f"/{quote(index, safe='')}/_field_caps",
                params={"fields": ",".join(names)},
                headers={"accept": "application/json"},
            )
        except ApiError as error:
            if error.meta.status == HTTPStatus.FORBIDDEN:
                return None
            raise
    return {name: next(iter(types)) for name, types in answer.body["fields"].items()}


def check_filter_fields(client: Elasticsearch, index: str, names: Iterable[str]) -> None:
    """See that fields can be compared with a whole value: a cluster says nothing, and finds nothing, where they cannot.

    Raises:
        InputError: The index has no such field, or cuts its text into words.
        IndexMismatchError: The index does not exist.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    wanted = list(names)
    types = field_types(client, index, wanted) if wanted else None
    if types is None:
        return
    for name in wanted:
        if name not in types:
            raise InputError(f"the index {index} has no field {name}.", advice=_offer(client, index))
        if types[name] in _ANALYSED:
            raise InputError(
                f"the field {name} of {index} is cut into words, so that no whole value is found in it.",
                advice=f"""Ask for its words: --filter-json '{{"match": {{"{name}": "..."}}}}'""",
            )


def check_text_field(client: Elasticsearch, index: str, name: str) -> None:
    """See that an index has a field of words.

    Raises:
        InputError: It has no such field.
        IndexMismatchError: The index does not exist.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    types = field_types(client, index, [name])
    if types is not None and name not in types:
        texts = field_types(client, index, ["*"]) or {}
        there = sorted(each for each, kind in texts.items() if kind in _ANALYSED)
        raise InputError(
            f"the index {index} has no field {name}.", advice=f"Fields of text: {', '.join(there[:_NAMED]) or 'none'}."
        )


def _offer(client: Elasticsearch, index: str) -> str:
    types = field_types(client, index, ["*"]) or {}
    hidden = _ANALYSED | {"object", "nested", "rank_features", "sparse_vector"}
    there = sorted(
        name for name, kind in types.items() if kind not in hidden and not name.startswith(("_", "mlsr.", "thumbnail"))
    )
    return f"Fields that it has: {', '.join(there[:_NAMED])}." if there else ""
