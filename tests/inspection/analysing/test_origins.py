"""Which caption components weights come from, by hand."""

from __future__ import annotations

import pytest

from mlsr_es.collection import Caption, CaptionKind, ImageDocument
from mlsr_es.encoders import load_query_encoder
from mlsr_es.inspection.analysing.origins import EXPANSION, Origins
from mlsr_es.shipped import shipped


@pytest.fixture(scope="module")
def origins() -> Origins:
    model = load_query_encoder(str(shipped("models", "demo")))
    found = Origins(model)
    captions = (
        Caption("a red owl", CaptionKind.ALT),
        Caption("owl", CaptionKind.NAME),
        Caption("night", CaptionKind.ALT),
    )
    found.take(ImageDocument("i", "c", captions), {"owl": 2.0, "red": 1.0, "night": 0.5, "bird": 0.5})
    return found


def test_a_weight_is_divided_among_the_components_that_have_its_term(origins: Origins) -> None:
    """The owl's 2 are one for each; red and night are of the alternative text; the bird is in no caption."""
    assert origins.shares() == pytest.approx({"alt": 2.5 / 4, "name": 1.0 / 4, EXPANSION: 0.5 / 4})
    assert list(origins.shares()) == ["alt", "name", EXPANSION]


def test_images_without_weights_have_no_origins() -> None:
    """And nothing is divided by zero."""
    found = Origins(load_query_encoder(str(shipped("models", "demo"))))
    found.take(ImageDocument("i", "c", ()), {})
    assert found.shares() == {}
