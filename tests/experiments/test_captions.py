"""What of its captions an image has in a cell."""

from __future__ import annotations

import pytest

from mlsr_es.collection import Caption, CaptionKind, ImageDocument
from mlsr_es.experiments.captions import Captions, Limited
from mlsr_es.sources import open_source

OWL = ImageDocument(
    "owl",
    "birds",
    (
        Caption("The owl, at night: it looks at the moon.", CaptionKind.TITLE, "en"),
        Caption("an owl", CaptionKind.ALT),
        Caption("the and of", CaptionKind.DESCRIPTION),
    ),
)


@pytest.mark.parametrize(
    ("captions", "texts"),
    [
        (Captions(), [caption.text for caption in OWL.captions]),
        (Captions(kinds=[CaptionKind.ALT]), ["an owl"]),
        (Captions(words="content"), ["owl night looks moon", "owl"]),
        (Captions(words="nouns"), ["owl night moon", "owl"]),
        (Captions(kinds=[CaptionKind.READ]), []),
        (Captions(kinds=[CaptionKind.TITLE], languages=["en"]), ["The owl, at night: it looks at the moon."]),
        (Captions(languages=["de"]), ["an owl", "the and of"]),
    ],
    ids=str,
)
def test_components_and_words_are_chosen(captions: Captions, texts: list[str]) -> None:
    """A component without such words is left out; kinds and languages stay. One of no known language is in all."""
    found = captions.of(OWL)
    assert [caption.text for caption in found.captions] == texts
    assert {(caption.kind, caption.language) for caption in found.captions} <= {
        (caption.kind, caption.language) for caption in OWL.captions
    }


def test_a_source_is_limited() -> None:
    """Its documents alone; all else is the source's."""
    source = open_source("sample")
    limited = Limited(source, Captions(kinds=[CaptionKind.ALT]))
    kinds = {
        caption.kind for item in limited.documents() if isinstance(item, ImageDocument) for caption in item.captions
    }
    assert kinds == {CaptionKind.ALT}
    assert list(limited.sections()) == list(source.sections())
    assert limited.count() == source.count()
