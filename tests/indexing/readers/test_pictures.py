"""From a document to its pictures."""

from __future__ import annotations

from typing import Any

import pytest

from mlsr_es.collection import Caption, CaptionKind
from mlsr_es.elastic.reading import ReadDocument
from mlsr_es.errors import RecordError
from mlsr_es.indexing import OwnersFields
from mlsr_es.indexing.readers.pictures import pictures_of
from mlsr_es.indexing.record import Picture

NAME, ALT = Caption("An owl", CaptionKind.TITLE), CaptionKind.ALT


def pictures(source: dict[str, Any], captions: list[str], image: str = "") -> list[Picture]:
    """The pictures of a document."""
    return pictures_of(
        ReadDocument("1", None, 0, 1, source), OwnersFields.parse(captions, image), lambda value, _: value
    )


def test_a_document_without_images_has_its_captions() -> None:
    """A document without images has its captions, with folded white space and without empty ones."""
    source = {"name": "  An\nowl ", "about": ["", None, "At dusk", 7]}
    assert pictures(source, ["name:title", "about"]) == [Picture((NAME, Caption("At dusk"), Caption("7")))]
    assert pictures({}, ["name"]) == [Picture(())]


def test_images_share_the_documents_captions() -> None:
    """Each image is a picture with the document's captions; empty values are skipped."""
    source = {"name": "An owl", "photo": ["a.png", "", "b.png"]}
    assert pictures(source, ["name:title"], "photo") == [
        Picture((NAME,), "a.png", "a.png"),
        Picture((NAME,), "b.png", "b.png"),
    ]


@pytest.mark.parametrize("many", [True, False], ids=["several", "one"])
def test_images_have_the_captions_of_their_objects(many: bool) -> None:  # noqa: FBT001
    """An image has the captions of its object and of the document; an object without an image is skipped."""
    objects = [{"src": "a.png", "alt": "dusk"}, {"src": ["b.png"], "alt": ["dawn"]}, {"alt": "lost"}]
    source = {"name": "An owl", "photos": objects if many else objects[0]}
    found = pictures(source, ["name:title", "photos.alt:alt"], "photos.src")
    assert found[0] == Picture((NAME, Caption("dusk", ALT)), "a.png", "a.png")
    assert found[1:] == ([Picture((NAME, Caption("dawn", ALT)), "b.png", "b.png")] if many else [])


def test_names_with_dots_are_paths_too() -> None:
    """A name with dots is read as a path, as in Elasticsearch."""
    source = {"photos.src": "a.png", "text": {"en.name": "An owl"}}
    assert pictures(source, ["text.en.name:title"], "photos.src") == [Picture((NAME,), "a.png", "a.png")]


@pytest.mark.parametrize("value", [{"en": "owl"}, True])
def test_what_is_no_text_is_a_bad_record(value: Any) -> None:
    """A value that is not text makes the record bad, and the reason names the field."""
    with pytest.raises(RecordError, match="its field name holds"):
        pictures({"name": value}, ["name"])
