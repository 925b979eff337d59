"""Sections and images that change places."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mlsr_es.collection import Caption, CaptionKind, ImageDocument, Section
from mlsr_es.promotion import document_section, image_section, section_document

_WORDS = st.text(st.sampled_from("ab c"), max_size=12).map(lambda text: " ".join(text.split()))
_SAID = _WORDS.filter(bool)


@given(
    st.builds(
        Section,
        id=st.just("page.html#s"),
        text=_SAID,
        page=_WORDS,
        page_title=_WORDS,
        section_title=_SAID,
        hierarchy=st.lists(_SAID, max_size=3).map(tuple),
        page_description=_WORDS,
    )
)
def test_a_section_comes_back_from_its_document(section: Section) -> None:
    """With all of its fields, so it is encoded as it is."""
    document = section_document(section, "manual")
    assert (document.id, document.collection, document.image) == (section.id, "manual", None)
    assert document_section(document) == section


def test_a_section_without_a_title_has_that_of_the_nearest_heading() -> None:
    """A document has headings only, in their order."""
    document = section_document(Section("s", "text", hierarchy=("Tools", "Brushes")), "manual")
    assert document_section(document) == Section("s", "text", section_title="Brushes", hierarchy=("Tools",))


def test_a_section_without_text_has_nothing_to_be_found_by() -> None:
    """Its titles are those of others, too."""
    assert section_document(Section("s", " \n", page_title="Brushes"), "manual").captions == ()


def test_an_image_asks_by_its_captions() -> None:
    """Each text once, and not by the name of its author."""
    captions = (
        Caption("An owl", CaptionKind.TITLE),
        Caption("An owl", CaptionKind.ALT),
        Caption("in a tree"),
        Caption("J. Audubon", CaptionKind.ATTRIBUTION),
    )
    assert image_section(ImageDocument("owl.png", "birds", captions, page="owls.html")) == Section(
        "owl.png", "An owl\nin a tree", "owls.html"
    )
