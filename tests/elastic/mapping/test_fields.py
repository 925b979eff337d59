"""Fields of somebody else's index."""

from __future__ import annotations

from typing import Any

import pytest

from mlsr_es.elastic.mapping import REFERENCES, TEXTS, check_readable, values_at
from mlsr_es.errors import IndexMismatchError

MAPPING: dict[str, Any] = {
    "properties": {
        "name": {"type": "text", "fields": {"raw": {"type": "keyword"}}},
        "heading": {"type": "alias", "path": "name"},
        "price": {"type": "double"},
        "photos": {"properties": {"src": {"type": "binary"}, "alt": {"type": "text"}}},
        "views": {"type": "nested", "properties": {"src": {"type": "keyword"}}},
        "loose": {"dynamic": False, "properties": {"known": {"type": "text"}}},
        "opaque": {"type": "object", "enabled": False},
        "flat": {"type": "flattened"},
    }
}


@pytest.mark.parametrize("path", ["name", "photos.alt", "views.src", "loose.unknown", "opaque.any.thing", "flat.key"])
def test_a_field_with_words_is_readable(path: str) -> None:
    """A field with text can be read, even one that the mapping leaves out on purpose."""
    check_readable("shop", MAPPING, path, types=TEXTS)


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("nome", "has no field nome. Did you mean name?"),
        ("photos.alternative", "has no field photos.alternative"),
        ("name.raw", "another way to search a field.*Name the field itself: name"),
        ("heading", "is another name of name"),
        ("price", "is of the type double"),
        ("photos", "is of the type object"),
        ("photos.src", "is of the type binary"),
    ],
)
def test_another_field_is_refused(path: str, why: str) -> None:
    """A field of another type is refused, and the message says what to name instead."""
    with pytest.raises(IndexMismatchError, match=why):
        check_readable("shop", MAPPING, path, types=TEXTS)


def test_images_are_not_nested() -> None:
    """A nested field is refused for images, but allowed for captions."""
    check_readable("shop", MAPPING, "photos.src", types=REFERENCES, nested=False)
    for path in ("views.src", "views"):
        with pytest.raises(IndexMismatchError, match=f"the field {path} of shop is nested"):
            check_readable("shop", MAPPING, path, types=REFERENCES, nested=False)


def test_values_are_those_of_all_objects() -> None:
    """Values come from all objects in order, also from nested lists, without nulls."""
    source = {"a": [{"b": 1}, {"b": [2, [3, None]]}, {"c": 9}, None], "a.b": 4, "x": {"y.z": 5}}
    assert list(values_at(source, "a.b")) == [4, 1, 2, 3]
    assert list(values_at(source, "x.y.z")) == [5]
    assert list(values_at(source, "nothing.there")) == []
