"""Parsing and checking the fields to read."""

from __future__ import annotations

import pytest

from mlsr_es.collection import CaptionKind
from mlsr_es.errors import InputError
from mlsr_es.indexing import OwnersFields
from mlsr_es.indexing.needs import Needs

CAPTIONS_ONLY, IMAGES = Needs(image=False, caption=True), Needs(image=True, caption=False)


def test_a_field_is_a_description_unless_it_is_said() -> None:
    """A field without a kind is a description, and the order of fields stays."""
    fields = OwnersFields.parse(["name:title", "about", "photos.alt:alt"], "photos.src")
    assert fields.captions == {
        "name": CaptionKind.TITLE,
        "about": CaptionKind.DESCRIPTION,
        "photos.alt": CaptionKind.ALT,
    }
    assert fields.wanted == ("name", "about", "photos.alt", "photos.src")


@pytest.mark.parametrize("given", [["name:headline"], [":title"], [""], ["name", "name:title"]])
def test_what_is_no_field_is_refused(given: list[str]) -> None:
    """An unknown kind is refused, and the message lists the kinds."""
    with pytest.raises(InputError, match="The kinds are description, title, alt, attribution"):
        OwnersFields.parse(given, "")


@pytest.mark.parametrize(
    ("image", "captions", "group"),
    [
        ("photo", ["name"], ""),
        ("photos.src", ["name"], ""),
        ("photos.src", ["name", "photos.alt"], "photos"),
        ("photos.file.url", ["photos.alt"], "photos"),
        ("media.photos.src", ["media.title", "media.photos.alt"], "media.photos"),
        ("photos", ["photos.alt"], ""),
        ("", ["photos.alt"], ""),
    ],
)
def test_images_and_their_own_captions_are_in_one_object(image: str, captions: list[str], group: str) -> None:
    """The group is the innermost object that holds both the image and a caption."""
    assert OwnersFields.parse(captions, image).group == group


def test_images_that_nobody_looks_at_are_not_read() -> None:
    """The image field is dropped for a model without images, unless it shows which captions belong together."""
    plain, grouped = OwnersFields.parse(["name"], "photo"), OwnersFields.parse(["photos.alt"], "photos.src")
    assert plain.read_by(CAPTIONS_ONLY).image == ""
    assert grouped.read_by(CAPTIONS_ONLY).image == "photos.src"
    assert plain.read_by(IMAGES).image == "photo"
