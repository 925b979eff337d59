"""The table of faults is what the tests run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", (ROOT / "docs" / "delivery.md").read_text())


@pytest.mark.parametrize(("file", "test"), sorted(set(NAMED)))
def test_each_fault_names_a_test_that_there_is(file: str, test: str) -> None:
    """By file and name."""
    assert f"\ndef {test}(" in (ROOT / file).read_text()


def test_the_table_is_found() -> None:
    """Or else nothing would be checked."""
    assert len(NAMED) > 15
