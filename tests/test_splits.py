"""Splits by page."""

from __future__ import annotations

from collections import Counter

from mlsr_es.splits import FOLDS, fold_of


def test_a_page_stays_in_its_fold_for_ever() -> None:
    """Golden values: a changed rule would put training pages into the test split of models that exist."""
    assert {page: fold_of(page) for page in ("index.html", "gimp-tool-move.html", "Ü ber.html")} == {
        "index.html": 0,
        "gimp-tool-move.html": 1,
        "Ü ber.html": 0,
    }


def test_the_file_name_alone_counts() -> None:
    """The same page in another folder, or on a server, is on the same side."""
    assert fold_of("en/a/index.html") == fold_of("https://example.org/index.html") == fold_of("index.html")


def test_folds_are_about_equal() -> None:
    """No fold is starved."""
    counts = Counter(fold_of(f"page{number}.html") for number in range(1000))
    assert sorted(counts) == list(range(FOLDS))
    assert min(counts.values()) > 150
