"""Signs that something is wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mlsr_es.evaluation import Usage
from mlsr_es.inspection.analysing.signs import signs
from mlsr_es.vectors import SparseVectors, Vocabulary

GOOD = Usage.of(
    SparseVectors.from_mappings([{row: 1.0} for row in range(30)], vocabulary_size=30),
    Vocabulary(tuple(f"word{chr(97 + row % 26)}{'x' * (row // 26)}" for row in range(30))),
)


def test_nothing_is_wrong_with_good_vectors() -> None:
    """Readable, each image with terms of its own."""
    assert list(signs(GOOD, {}, described=False, silent=0, found=0.9)) == []


@pytest.mark.parametrize(
    ("usage", "names", "silent", "found", "about"),
    [
        (replace(GOOD, longest=(("the", 0.9), ("owl", 0.2))), 0.1, 0, 0.9, "terms of every image"),
        (replace(GOOD, content=0.2), 0.1, 0, 0.9, "vectors that do not read as words"),
        (GOOD, 0.1, 20, None, "images without words"),
        (GOOD, 0.7, 0, 0.9, "weights from file names"),
        (replace(GOOD, empty=5), 0.1, 0, 0.9, "images without terms"),
        (GOOD, 0.1, 0, 0.1, "images that their own captions do not find"),
    ],
)
def test_each_sign_says_what_to_try(usage: Usage, names: float, silent: int, found: float | None, about: str) -> None:
    """One sign for one fault."""
    (sign,) = signs(usage, {"name": names, "alt": 1 - names}, described=False, silent=silent, found=found)
    assert sign.about == about
    assert sign.says.endswith(".")
    assert sign.advice.endswith(".")


def test_what_was_tried_is_not_advised_again() -> None:
    """Who has read the text in images is told of labels."""
    (found,) = signs(GOOD, {}, described=True, silent=20, found=None)
    assert "text,name" not in found.advice


def test_of_a_few_images_nothing_is_concluded() -> None:
    """They may well share their words."""
    few = replace(GOOD, rows=5, content=0.1, empty=5)
    assert list(signs(few, {}, described=False, silent=5, found=0.0)) == []
