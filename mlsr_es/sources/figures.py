"""The images of an HTML element with their captions, in DocBook, Asciidoctor, Sphinx and plain HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from lxml.html import HtmlElement

from mlsr_es.collection import Caption, CaptionKind
from mlsr_es.sources.markup import classes, language_of, raw_words
from mlsr_es.sources.text import folded

_FIGURES = frozenset({"figure", "informalfigure", "mediaobject", "imageblock", "equation", "informalequation"})
_DESCRIPTIONS = frozenset({"caption", "legend"})
_UNREAD = frozenset({"caption-number", "footnote", "headerlink"})

# "Figure 17.3. ", with spaces or (DocBook, in any language) with no-break spaces; "Chapter 2. "; "3.1.2. ".
_NUMBER = re.compile(
    r"^\s*(?:(?:\w+\xa0|(?:Figure|Fig\.|Table|Example|Equation|Chapter|Appendix|Part|Section|Listing)\s+)"
    r"(?:\d+|[A-Z]|[IVXLC]+)(?:[.-]\d+)*[.:]?(?:\s+|$)|\d+(?:\.\d+)*\.(?:\s+|$))",
)


@dataclass(frozen=True, slots=True)
class FoundImage:
    """An image at one place in a page.

    Args:
        src: The image's ``src``, as the page writes it.
        captions: The caption components at this place.
        inline: Whether the image is within a line of text.
    """

    src: str
    captions: tuple[Caption, ...] = ()
    inline: bool = False


def is_figure(element: HtmlElement) -> bool:
    """Whether the element is a figure, whose text describes its images and is not part of the section's text."""
    return element.tag == "figure" or (element.tag == "div" and bool(classes(element) & _FIGURES))


def heading(element: HtmlElement) -> str:
    """The text of a title without the number that a stylesheet added: "Figure 17.3. Blur" becomes "Blur"."""
    return unnumbered(raw_words(element, without=_UNREAD))


def unnumbered(title: str) -> str:
    """A title without its number."""
    return folded(_NUMBER.sub("", title, count=1))


def images_of(element: HtmlElement, *, inline: bool = False) -> Iterator[FoundImage]:
    """The images in an element (or the element itself), in order, each with the captions that describe it.

    A caption describes every image below the element that directly holds it. So a figure's title describes all of its
    images, and a media object's caption describes only its own.
    """
    # A figure may hold thousands of images, so its captions are collected only once.
    held = cache(_held_captions)
    for image in element.iter("img"):
        src = folded(image.get("src", ""))
        if src:
            around = (caption for holder in _up_to(image, element) for caption in held(holder))
            yield FoundImage(src, tuple(dict.fromkeys([*around, *_own_captions(image)])), inline)


def _held_captions(holder: HtmlElement) -> tuple[Caption, ...]:
    """The captions that an element directly holds."""
    found = ((heading(child), kind, language_of(child)) for child in holder if (kind := _kind(child)))
    return tuple(Caption(text, kind, language) for text, kind, language in found if text)


def _own_captions(image: HtmlElement) -> Iterator[Caption]:
    title = unnumbered(image.get("title", ""))
    if title:
        yield Caption(title, CaptionKind.TITLE, language_of(image))
    alt = folded(image.get("alt", ""))
    if alt and alt != image.get("src"):  # Sphinx writes the path where the author wrote nothing
        yield Caption(alt, CaptionKind.ALT, language_of(image))


def _up_to(image: HtmlElement, figure: HtmlElement) -> Iterator[HtmlElement]:
    if image is figure:
        return
    for holder in image.iterancestors():
        yield holder
        if holder is figure:
            return


def _kind(element: HtmlElement) -> CaptionKind | None:
    named = classes(element)
    if element.tag == "figcaption" or named & _DESCRIPTIONS:
        return CaptionKind.DESCRIPTION
    return CaptionKind.TITLE if "title" in named else None
