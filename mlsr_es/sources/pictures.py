"""The elements of a page that show an image, and the file that each of them names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from lxml.html import HtmlElement

from mlsr_es.sources.images import is_image_suffix
from mlsr_es.sources.text import folded

_TAGS = ("img", "object", "embed")
_LATER = ("data-src", "data-original", "data-lazy-src", "data-lazy")
_CHOICES = ("srcset", "data-srcset", "data-lazy-srcset")


def pictures(element: HtmlElement) -> Iterator[HtmlElement]:
    """The elements at or below an element that show an image, in order, without what stands in for another of them."""
    return (each for each in element.iter(*_TAGS) if is_picture(each))


def is_picture(element: HtmlElement) -> bool:
    """Whether an element shows an image: ``img``, or ``object`` and ``embed`` with the file of an image.

    What a page has for a reader without scripts, or without the format of an ``object``, repeats another image.
    """
    return element.tag in _TAGS and bool(file_of(element)) and not any(map(_repeats, element.iterancestors()))


def file_of(element: HtmlElement) -> str:
    """The address that an element names, as the page writes it; "" where it names no image.

    A page that loads images late has a placeholder in ``src``, and the address in another attribute. Of several sizes
    of one image the largest is taken.
    """
    if element.tag == "object":
        return _image_file(element, "data")
    if element.tag == "embed":
        return _image_file(element, "src")
    src = folded(element.get("src", ""))
    if src and not _is_placeholder(src):
        return src
    late = next((address for name in _LATER if (address := folded(element.get(name, "")))), "")
    return late or _largest(element) or src


def _repeats(holder: HtmlElement) -> bool:
    return holder.tag == "noscript" or (holder.tag == "object" and bool(_image_file(holder, "data")))


def _image_file(element: HtmlElement, name: str) -> str:
    address = folded(element.get(name, ""))
    shows = element.get("type", "").lower().startswith("image/") or is_image_suffix(_suffix(address))
    return address if shows else ""


def _suffix(address: str) -> str:
    try:
        return PurePosixPath(unquote(urlsplit(address).path)).suffix.lower()
    except ValueError:
        return ""


def _is_placeholder(src: str) -> bool:
    return src.startswith(("data:", "about:", "#"))


def _largest(image: HtmlElement) -> str:
    """The largest file of ``srcset``, of the image or of the ``picture`` around it."""
    # libxml2 does not know that ``source`` has no end, and puts what follows into it.
    around = next(image.iterancestors("picture"), None)
    holders = [image, *(() if around is None else around.iter("source"))]
    sets = (holder.get(name, "") for holder in holders for name in _CHOICES)
    return next((best for choices in sets if (best := _largest_of(choices))), "")


def _largest_of(choices: str) -> str:
    sized = [(_size(parts[1:]), parts[0]) for choice in choices.split(", ") if (parts := choice.split())]
    return max(sized, key=lambda each: each[0])[1].rstrip(",") if sized else ""


def _size(described: list[str]) -> float:
    """The width or density that ``srcset`` states; 1 where it states none."""
    try:
        return float(described[0].rstrip(",")[:-1])
    except (IndexError, ValueError):
        return 1.0
