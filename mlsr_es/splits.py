"""Splits by page: no page has sections on both sides, and the same page is on the same side for ever."""

from __future__ import annotations

import hashlib
from pathlib import PurePosixPath

FOLDS = 5

TEST_FOLD = 0
"""What a single train and test split holds out."""


def fold_of(page: str) -> int:
    """The fold of a page, in [0, ``FOLDS``): MD5 of its file name, as a number, modulo ``FOLDS``.

    Args:
        page: A path or a URL; what stands after its last slash counts.
    """
    name = PurePosixPath(page).name
    return int(hashlib.md5(name.encode(), usedforsecurity=False).hexdigest(), 16) % FOLDS


def is_for_validation(page: str, *, share: float) -> bool:
    """Whether a page of the training folds is kept back for validation.

    Args:
        page: A path or a URL; what stands after its last slash counts.
        share: Of the pages, in [0, 1]; a page that a smaller share keeps back, a larger one does too.
    """
    name = PurePosixPath(page).name
    digest = hashlib.md5(f"validation {name}".encode(), usedforsecurity=False).hexdigest()
    return int(digest, 16) < share * 2**128
