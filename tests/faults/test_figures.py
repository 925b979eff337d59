"""The figures count what differs, and a test fails by it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.faults.figures import Figures

EXPECTED: dict[str, Any] = {"1": {"name": "owl", "mlsr": {"terms": [{"owl": 1.0}]}}, "2": {"name": "heron"}}
OTHER_WEIGHT = {"name": "owl", "mlsr": {"terms": [{"owl": 2.0}]}}
OTHER_NAME = {"name": "Owl", "mlsr": {"terms": [{"owl": 1.0}]}}


@pytest.mark.parametrize(
    ("found", "counts"),
    [
        ([("1", EXPECTED["1"])], (1, 0, 0, 0)),
        ([*EXPECTED.items(), ("2", EXPECTED["2"])], (0, 1, 0, 0)),
        ([("1", OTHER_WEIGHT), ("2", EXPECTED["2"])], (0, 0, 1, 0)),
        ([("1", OTHER_NAME), ("2", EXPECTED["2"])], (0, 0, 0, 1)),
    ],
    ids=["lost", "doubled", "wrong", "touched"],
)
def test_what_differs_is_counted(found: list[tuple[str, Any]], counts: tuple[int, int, int, int]) -> None:
    """A document that is missing, twice there, with other weights, with another field of its owner's."""
    figures = Figures()
    with pytest.raises(AssertionError):
        figures.compare(found, EXPECTED)
    assert (figures.lost, figures.doubled, figures.wrong, figures.touched) == counts


def test_what_is_equal_passes() -> None:
    """In whatever order it comes."""
    figures = Figures()
    figures.compare(list(reversed(EXPECTED.items())), EXPECTED)
    assert str(figures).endswith("0 lost, 0 doubled, 0 wrong, 0 touched")
