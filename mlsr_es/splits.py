"""Splits by page: all sections of a page are on the same side, and a page never changes sides."""

from __future__ import annotations

import hashlib
from pathlib import PurePosixPath

FOLDS = 5

TEST_FOLD = 0
"""The fold that a single train and test split holds out."""


def fold_of(page: str) -> int:
    """The fold of a page, in [0, ``FOLDS``): the MD5 of its file name, as a number, modulo ``FOLDS``.

    Args:
        page: A path or a URL; only the part after its last slash counts.
    """
    name = PurePosixPath(page).name
    return int(hashlib.md5(name.encode(), usedforsecurity=False).hexdigest(), 16) % FOLDS


def is_for_validation(page: str, *, share: float) -> bool:
    """Whether a page of the training folds is held out for validation.

    Args:
        page: A path or a URL; only the part after its last slash counts.
        share: The share of pages to hold out, in [0, 1]; a larger share includes all pages of a smaller one.
    """
    name = PurePosixPath(page).name
    digest = hashlib.md5(f"validation {name}".encode(), usedforsecurity=False).hexdigest()
    return int(digest, 16) < share * 2**128
