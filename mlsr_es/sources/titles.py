"""What the titles of nearly all pages share: the site's name, which says nothing about a page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_SEPARATOR = re.compile(r"\s+(?:[-|:\u2013\u2014\u00b7\u00bb]|::)\s+|:\s+|\s+(?=\()")
_LEAST_PAGES = 3
_SHARE = 0.9


@dataclass(frozen=True, slots=True)
class SharedTitle:
    """The part that titles share; it is compared without regard to case.

    Args:
        beginning: It with the separator behind it, as "Owl Manual: "; "" for none.
        ending: It with the separator before it, as " - Owl Manual" or " (Owl Manual)"; "" for none.
    """

    beginning: str = ""
    ending: str = ""

    def cut(self, title: str) -> str:
        """The title without the shared part; a title that is nothing else stays as it is."""
        folded = title.casefold()
        if self.ending and folded.endswith(self.ending):
            return title[: -len(self.ending)] or title
        if self.beginning and folded.startswith(self.beginning):
            return title[len(self.beginning) :] or title
        return title


def shared_title(titles: Iterable[str]) -> SharedTitle:
    """Find what nine titles in ten share after or before a separator, given the titles of three pages or more.

    Args:
        titles: The title of each page.
    """
    endings: Counter[str] = Counter()
    beginnings: Counter[str] = Counter()
    pages = 0
    for title in titles:
        pages += 1
        endings.update(set(_endings(title.casefold())))
        beginnings.update(set(_beginnings(title.casefold())))
    if pages < _LEAST_PAGES:
        return SharedTitle()
    return SharedTitle(_longest(beginnings, pages), _longest(endings, pages))


def _endings(title: str) -> Iterator[str]:
    for found in _SEPARATOR.finditer(title):
        if found[0].strip() or title.endswith(")"):
            yield title[found.start() :]


def _beginnings(title: str) -> Iterator[str]:
    return (title[: found.end()] for found in _SEPARATOR.finditer(title) if found[0].strip())


def _longest(parts: Counter[str], pages: int) -> str:
    return max((part for part, count in parts.items() if count >= _SHARE * pages), key=len, default="")
