"""The words of a file's name."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

_CAMERA = frozenset({"img", "dsc", "dscn", "dscf", "pxl", "mvimg", "wp"})
"""What cameras begin every name with."""

_EMPTY = frozenset({"image", "photo", "picture", "untitled", "figure", "fig"})
"""What says nothing where nothing else is in the name."""

_SUFFIX = re.compile(r"\.[A-Za-z][A-Za-z0-9]{1,4}$")
_IDENTIFIER = re.compile(r"(?=[0-9a-f-]*[0-9])[0-9a-f-]{12,}", re.IGNORECASE)
"""A hash or a UUID, whose letters say nothing."""

_PARTS = re.compile(r"[^\W\d_]+")
_CAMEL_CASE = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_LEAST_LETTERS = 2


def name_words(name: str) -> str:
    """The words of a file's name: its letters, cut at ``_``, ``-``, digits, other characters and in camelCase.

    Args:
        name: A path or URL, of which the last part counts; or a number, which has no words.

    Returns:
        The words in order, separated by spaces; "" where the name says nothing.
    """
    path = urlsplit(name).path if "://" in name else name
    stem = _SUFFIX.sub("", unquote(path).rstrip("/").rpartition("/")[2])
    if _IDENTIFIER.fullmatch(stem):
        return ""
    parts = _PARTS.findall(_CAMEL_CASE.sub(" ", stem))
    words = [word for word in parts if len(word) >= _LEAST_LETTERS and word.lower() not in _CAMERA]
    return " ".join(words) if any(word.lower() not in _EMPTY for word in words) else ""
