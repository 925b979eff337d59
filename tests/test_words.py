"""A section's words and what they weigh."""

from __future__ import annotations

import pytest

from mlsr_es.collection import Caption, CaptionKind, ImageDocument, Section
from mlsr_es.words import caption_text, content_stems, content_words, word_weights, words


def test_words_are_lower_case_without_stop_words() -> None:
    """Single characters say nothing either."""
    assert words("The Café's GEGL-filters: a 3D view, x") == ["café", "gegl", "filters", "3d", "view"]


def test_a_word_weighs_by_its_field_and_saturates() -> None:
    """Frequencies are 8 for a page title, 4 for a section title, 1 for the text; k3 is 8."""
    section = Section("s", page_title="Crop tool", section_title="Options", text="The crop options. Crop!")
    assert word_weights(section) == pytest.approx({"crop": 9 * 10 / 18, "tool": 9 * 8 / 16, "options": 9 * 5 / 13})


def test_boosts_choose_the_fields() -> None:
    """A field that is not named does not count."""
    section = Section("s", page_title="Crop", text="Rotate")
    assert word_weights(section, boosts={"text": 1.0}) == {"rotate": 1.0}


def test_an_empty_section_has_no_words() -> None:
    """Nor does one of stop words."""
    assert word_weights(Section("s", text="to be or not to be")) == {}


def test_a_question_has_content_words() -> None:
    """Its function words, which captions rarely contain, would decide what it finds."""
    assert content_words("How do I rotate a layer?") == ["rotate", "layer"]
    assert content_stems("Which filters would you use?") == ["filter", "use"]
    assert content_words("selecting by color") == ["selecting", "color"]


def test_what_machines_see_counts_half_and_once() -> None:
    """Where there is any, what is said of the image stands twice; a word that a screenshot repeats stands once."""
    said = (Caption("Blur dialog"), Caption("by Ann", CaptionKind.ATTRIBUTION), Caption("gauss", CaptionKind.NAME))
    assert caption_text(ImageDocument("d", "c", said)) == "Blur dialog gauss"
    seen = (Caption("Radius OK 5 Radius the Blur", CaptionKind.READ), Caption("web site", CaptionKind.LABEL))
    both = ImageDocument("d", "c", (*said, *seen))
    assert caption_text(both) == "Blur dialog gauss Blur dialog gauss web site radius ok blur"
    assert caption_text(ImageDocument("d", "c", seen)).split() == ["web", "site", "radius", "ok", "blur"]
