"""A page as lines: the words and images between two borders of blocks, or two line breaks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree
from lxml.html import HtmlElement

from mlsr_es.sources.markup import WITHIN_A_LINE
from mlsr_es.sources.pictures import is_picture
from mlsr_es.sources.text import folded, word_count

_UNREAD = frozenset(
    {"button", "head", "iframe", "math", "noscript", "script", "select", "style", "svg", "template", "textarea"}
)
_SLANTED = frozenset({"em", "i", "small"})
_BOLD = frozenset({"b", "big", "strong"})
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of text in the tree: an element's text, or the text behind it.

    Args:
        element: The element.
        attribute: "text" or "tail".
        slanted: Whether it is in italics or small print.
        bold: Whether it is bold.
    """

    element: HtmlElement
    attribute: str
    slanted: bool = False
    bold: bool = False

    @property
    def text(self) -> str:
        """The text as the page has it."""
        return getattr(self.element, self.attribute) or ""

    def cut(self) -> None:
        """Take the text out of the tree; the words around it stay apart."""
        setattr(self.element, self.attribute, " ")


@dataclass(slots=True)
class Line:
    """What stands in one line of a page, however wide the page is.

    Args:
        box: The nearest block around it, such as a paragraph or a cell.
        images: Its images, in order.
        pieces: Its pieces of text, in order.
        text: Its words, with folded white space.
        number: Its position in the page, from 0.
    """

    box: HtmlElement
    images: list[HtmlElement] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    text: str = ""
    number: int = 0

    @property
    def words(self) -> int:
        """How many words it has."""
        return word_count(self.text)

    @property
    def slanted(self) -> bool:
        """Whether all its words are in italics or small print."""
        return bool(self.text) and all(piece.slanted for piece in self._with_words())

    @property
    def bold(self) -> bool:
        """Whether all its words are bold."""
        return bool(self.text) and all(piece.bold for piece in self._with_words())

    @property
    def is_link(self) -> bool:
        """Whether all its words are links."""
        return bool(self.text) and None not in self._links()

    @property
    def is_links(self) -> bool:
        """Whether it is nothing but two links or more, as navigation is."""
        return self.is_link and len(self._links()) > 1

    def _links(self) -> set[HtmlElement | None]:
        return {_link_around(piece) for piece in self._with_words()}

    def _with_words(self) -> list[Piece]:
        return [piece for piece in self.pieces if _WORD.search(piece.text)]


def lines_of(root: HtmlElement) -> list[Line]:
    """The lines of a page in order, without those that have neither words nor images."""
    found: list[Line] = []
    for line in _lines(root):
        # A mark before the words, such as MediaWiki's link to a larger picture, is no word.
        first = next((place for place, piece in enumerate(line.pieces) if _WORD.search(piece.text)), len(line.pieces))
        line.text = folded("".join(piece.text for piece in line.pieces[first:]))
        if line.images or line.text:
            line.number = len(found)
            found.append(line)
    return found


def _link_around(piece: Piece) -> HtmlElement | None:
    inner = piece.element if piece.attribute == "text" else piece.element.getparent()
    return next((holder for holder in (inner, *inner.iterancestors()) if holder.tag == "a"), None)


def _lines(root: HtmlElement) -> Iterator[Line]:
    boxes = [root]
    slanted = bold = 0
    line = Line(root)
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        is_block = element.tag not in WITHIN_A_LINE and not is_picture(element)
        if event == "end":
            slanted -= element.tag in _SLANTED
            bold -= element.tag in _BOLD
            if is_block and element is not root:
                yield line
                boxes.pop()
                line = Line(boxes[-1])
            if element.tail and element is not root:
                line.pieces.append(Piece(element, "tail", slanted > 0, bold > 0))
            continue
        slanted += element.tag in _SLANTED
        bold += element.tag in _BOLD
        if is_block and element is not root:
            yield line
            # A break ends a line, and no box.
            boxes.append(boxes[-1] if element.tag == "br" else element)
            line = Line(boxes[-1])
        if is_picture(element):
            line.images.append(element)
            walk.skip_subtree()
        elif element.tag in _UNREAD:
            walk.skip_subtree()
        elif element.text:
            line.pieces.append(Piece(element, "text", slanted > 0, bold > 0))
    yield line
