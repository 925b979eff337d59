"""The images of an HTML element with their captions, in DocBook, Asciidoctor, Sphinx and plain HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath
from types import MappingProxyType
from urllib.parse import unquote

from lxml.html import HtmlElement

from mlsr_es.collection import Caption, CaptionKind
from mlsr_es.sources.captions import FoundCaption
from mlsr_es.sources.images import is_image_suffix
from mlsr_es.sources.markup import LINK_MARKS, classes, is_figure, language_of, raw_words
from mlsr_es.sources.pictures import file_of, pictures
from mlsr_es.sources.text import folded

_DESCRIPTIONS = frozenset({"caption", "legend"})
_UNREAD = LINK_MARKS | {"caption-number", "footnote"}

# "Figure 17.3. ", with spaces or (DocBook, in any language) with no-break spaces; "Chapter 2. "; "3.1.2. ".
_NUMBER = re.compile(
    r"^\s*(?:(?:\w+\xa0|(?:Figure|Fig\.|Table|Example|Equation|Chapter|Appendix|Part|Section|Listing)\s+)"
    r"(?:\d+|[A-Z]|[IVXLC]+)(?:[.-]\d+)*[.:]?(?:\s+|$)|\d+(?:\.\d+)*\.(?:\s+|$))",
)


@dataclass(frozen=True, slots=True)
class FoundImage:
    """An image at one place in a page.

    Args:
        src: The address of the image's file, as the page writes it.
        found: The caption components at this place, with the rules that found them.
        inline: Whether the image is within a line of text.
    """

    src: str
    found: tuple[FoundCaption, ...] = ()
    inline: bool = False

    @property
    def captions(self) -> tuple[Caption, ...]:
        """The caption components at this place."""
        return tuple(each.caption for each in self.found)


def heading(element: HtmlElement) -> str:
    """The text of a title without the number that a stylesheet added: "Figure 17.3. Blur" becomes "Blur"."""
    return unnumbered(raw_words(element, without=_UNREAD))


def unnumbered(title: str) -> str:
    """A title without its number."""
    return folded(_NUMBER.sub("", title, count=1))


def images_of(
    element: HtmlElement, *, inline: bool = False, lifted: Mapping[HtmlElement, FoundCaption] = MappingProxyType({})
) -> Iterator[FoundImage]:
    """The images in an element (or the element itself), in order, each with the captions that describe it.

    A caption describes every image below the element that directly holds it. So a figure's title describes all of its
    images, and a media object's caption describes only its own.

    Args:
        element: A figure, an image, or any other element.
        inline: Whether it is within a line of text.
        lifted: The captions that ``lift_captions`` found.
    """
    # A figure may hold thousands of images, so its captions are collected only once.
    held = cache(_held_captions)
    for image in pictures(element):
        marked = (caption for holder in _up_to(image, element) for caption in held(holder))
        own = (FoundCaption(caption) for caption in _own_captions(image))
        by_rule = (lifted[image],) if image in lifted else ()
        yield FoundImage(file_of(image), tuple(dict.fromkeys([*map(FoundCaption, marked), *by_rule, *own])), inline)


def captioned_images(root: HtmlElement) -> frozenset[HtmlElement]:
    """The images below an element that a mark of the page's generator, such as ``figcaption``, gives a caption."""
    held = cache(_held_captions)
    return frozenset(image for image in pictures(root) if any(map(held, _within_figure(image))))


def _held_captions(holder: HtmlElement) -> tuple[Caption, ...]:
    """The captions that an element directly holds."""
    found = ((heading(child), kind, language_of(child)) for child in holder if (kind := _kind(child)))
    return tuple(Caption(text, kind, language) for text, kind, language in found if text)


def _own_captions(image: HtmlElement) -> Iterator[Caption]:
    title = unnumbered(image.get("title", ""))
    if title:
        yield Caption(title, CaptionKind.TITLE, language_of(image))
    alt = folded(image.get("alt", ""))
    if alt and not _names_file(alt, file_of(image)):
        yield Caption(alt, CaptionKind.ALT, language_of(image))


def _names_file(alt: str, address: str) -> bool:
    """Whether an alternative text is only a file's path or name, written where the author wrote nothing.

    Sphinx writes the path, Texinfo the path without its suffix, MediaWiki the name with spaces. A single word, such as
    "owl" for ``owl.png``, counts as a word of the author.
    """
    path = unquote(address.partition("?")[0]).removeprefix("./")
    return is_image_suffix(PurePosixPath(alt).suffix.lower()) or (
        "/" in alt and alt.removeprefix("./") == path.rpartition(".")[0]
    )


def _within_figure(image: HtmlElement) -> list[HtmlElement]:
    """The elements around an image up to its outermost figure; empty where it is in none."""
    around = list(image.iterancestors())
    figures = [place for place, holder in enumerate(around) if is_figure(holder)]
    return around[: figures[-1] + 1] if figures else []


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
