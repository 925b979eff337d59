"""A source whose sections are the documents."""

from __future__ import annotations

from mlsr_es.collection import ImageDocument
from mlsr_es.errors import RecordError
from mlsr_es.sources import LeftOut, Promoted, open_source


def test_sections_and_images_change_places() -> None:
    """Every section is a document or is left out, every captioned image asks, and every judgement is reversed."""
    source = open_source("sample")
    turned = Promoted(source)
    documents = [item for item in turned.documents() if not isinstance(item, RecordError)]
    sections = list(source.sections())
    assert [item.id for item in documents] == list(dict.fromkeys(section.id for section in sections))
    empty = {section.id for section in sections if not section.text}
    assert {item.id for item in documents if isinstance(item, LeftOut)} == empty
    captioned = [item.id for item in source.documents() if isinstance(item, ImageDocument) and item.captions]
    assert [section.id for section in turned.sections()] == captioned
    reversed_ = [(one.section_id, one.image_id) for one in turned.judgements()]
    assert reversed_ == [(one.image_id, one.section_id) for one in source.judgements()]
    assert turned.name == source.name
    assert turned.in_languages(frozenset({"en"})).name == source.name
