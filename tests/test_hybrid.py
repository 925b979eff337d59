"""How much BM25 counts."""

from __future__ import annotations

import pytest

from mlsr_es.errors import InputError
from mlsr_es.hybrid import Hybrid


def test_a_field_and_a_weight() -> None:
    """A field's name may hold anything but the last colon."""
    assert Hybrid.parse("caption_all:0.3") == Hybrid("caption_all", 0.3)
    assert Hybrid.parse("a:b:2") == Hybrid("a:b", 2.0)


@pytest.mark.parametrize(
    "given", ["", "caption_all", "caption_all:", ":1", "caption_all:-1", "caption_all:nan", "f:inf"]
)
def test_anything_else_is_the_users_mistake(given: str) -> None:
    """With an example."""
    with pytest.raises(InputError, match=r"is not FIELD:WEIGHT.*caption_all:0.3, or: auto"):
        Hybrid.parse(given)


def test_what_is_stored_is_read_again() -> None:
    """With where it comes from, and whether it is to be kept."""
    for hybrid in (Hybrid("captions", 0.12, "256 sections of gimp-manual"), Hybrid("f", 0.0, kept=True)):
        assert Hybrid.from_json(hybrid.to_json()) == hybrid


@pytest.mark.parametrize("stored", [{}, {"field": "", "weight": 1}, {"field": "f", "weight": "much"}, {"field": "f"}])
def test_what_was_changed_is_not_believed(stored: dict[str, object]) -> None:
    """A field and a weight of 0 or more have to be there."""
    with pytest.raises(ValueError, match="holds no field"):
        Hybrid.from_json(stored)
