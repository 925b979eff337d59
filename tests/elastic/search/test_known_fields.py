"""The fields that a search can name, from an index's mapping."""

from __future__ import annotations

from typing import Any

import pytest
from elasticsearch import Elasticsearch

from mlsr_es.elastic.search import check_filter_fields, check_text_field, field_types
from mlsr_es.errors import InputError

MAPPING: dict[str, Any] = {
    "dynamic": "runtime",
    "runtime": {"day": {"type": "keyword"}},
    "properties": {
        "title": {"type": "text", "fields": {"raw": {"type": "keyword"}}},
        "heading": {"type": "alias", "path": "title.raw"},
        "labels": {"type": "flattened"},
        "photo": {"properties": {"width": {"type": "integer"}, "note": {"type": "text", "index": False}}},
        "mlsr": {"properties": {"terms": {"type": "rank_features"}}},
        "hidden": {"type": "object", "enabled": False},
    },
}


def test_every_way_to_name_a_field_is_known() -> None:
    """Inside of objects, other ways to search, other names, runtime fields: each with the type that is searched."""
    found = field_types(MAPPING)
    assert {name: kind for name, kind in found.items() if not name.startswith("_")} == {
        "title": "text",
        "title.raw": "keyword",
        "heading": "keyword",
        "labels": "flattened",
        "photo": "object",
        "photo.width": "integer",
        "photo.note": "text",
        "mlsr": "object",
        "mlsr.terms": "rank_features",
        "hidden": "object",
        "day": "keyword",
    }
    parts = {"runtime": {"log": {"type": "composite", "fields": {"user": {"type": "keyword"}}}}}
    assert field_types(parts)["log.user"] == "keyword"


def test_the_cluster_says_the_same(client: Elasticsearch, index_name: str) -> None:
    """Also of what it mapped by itself when a document came."""
    client.indices.create(index=index_name, mappings=MAPPING)
    client.index(index=index_name, document={"colour": "red", "labels": {"a": "b"}}, refresh=True)
    (told,) = client.indices.get_mapping(index=index_name).body.values()
    # The client writes the names into the body, where a cluster before 8.x does not look.
    accepted = {"accept": "application/json"}
    answer = client.perform_request("GET", f"/{index_name}/_field_caps", params={"fields": "*"}, headers=accepted)
    capabilities = answer.body["fields"]
    found = field_types(told["mappings"])
    assert found["colour"] == "keyword"
    for name, kinds in capabilities.items():
        if not name.startswith("_"):
            assert found[name] == next(iter(kinds)), name
    assert {name for name in found if not name.startswith("_")} - capabilities.keys() <= {"hidden"}


@pytest.mark.parametrize("name", ["title.raw", "heading", "day", "photo.width", "labels.colour", "_id"])
def test_what_holds_whole_values_can_be_filtered_by(name: str) -> None:
    """Keys of a flattened object, too."""
    check_filter_fields("shop", field_types(MAPPING), [name])


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        (
            "colour",
            r"the index shop has no field colour. Fields that it has: day, heading, labels, photo\.width, title\.",
        ),
        ("photo.colour", r"has no field photo\.colour"),
        ("title", r"the field title of shop is cut into words.*Name the field with its whole values: title.raw."),
        ("photo.note", r"the field photo.note of shop is cut into words.*--filter-json"),
    ],
)
def test_what_does_not_is_told(name: str, complaint: str) -> None:
    """With what there is, or how else it is asked."""
    with pytest.raises(InputError, match=complaint):
        check_filter_fields("shop", field_types(MAPPING), ["day", name])


def test_a_field_of_words_is_named_where_another_is_missing() -> None:
    """For what BM25 adds."""
    check_text_field("shop", field_types(MAPPING), "title")
    with pytest.raises(InputError, match=r"shop has no field caption\. Fields of text: photo\.note, title\."):
        check_text_field("shop", field_types(MAPPING), "caption")
