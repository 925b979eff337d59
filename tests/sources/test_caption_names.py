"""Caption components from an object with names."""

from __future__ import annotations

from typing import Any

import pytest

from mlsr_es.collection import Caption, CaptionKind
from mlsr_es.sources.caption_names import captions_from, is_caption_name


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"caption": "An  owl", "language": "EN"}, [Caption("An owl", language="en")]),
        ({"alt": "Owl", "title": "", "id": "7"}, [Caption("Owl", CaptionKind.ALT)]),
        (
            {"title:de": "Eule", "title": "Owl"},
            [Caption("Eule", CaptionKind.TITLE, "de"), Caption("Owl", CaptionKind.TITLE)],
        ),
        ({"alt": ["Owl", None, "Bird"]}, [Caption("Owl", CaptionKind.ALT), Caption("Bird", CaptionKind.ALT)]),
        ({"alt": '["Owl", "Bird"]'}, [Caption("Owl", CaptionKind.ALT), Caption("Bird", CaptionKind.ALT)]),
        (
            {"captions": ["Owl", {"text": "Eule", "language": "de"}], "language": "en"},
            [Caption("Owl", language="en"), Caption("Eule", language="de")],
        ),
    ],
)
def test_captions_by_name(values: dict[str, Any], expected: list[Caption]) -> None:
    """A name says the kind, a language after a colon counts more than ``language``, and empty texts are skipped."""
    assert list(captions_from(values, "i")) == expected


def test_names_that_captions_are_read_from() -> None:
    """A kind may name a language; other names are not read."""
    assert all(map(is_caption_name, ["captions", "caption", "description:pt-br", "language"]))
    assert not any(map(is_caption_name, ["titel", "title:", "captions:de", "id"]))
