"""Walking through HTML: text with its block boundaries, classes and languages."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from mlsr_es.sources.text import language_code

WITHIN_A_LINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark q s samp small span "  # noqa: SIM905
    "strike strong sub sup time tt u var wbr".split()
)

LINK_MARKS = frozenset(
    {"anchorjs-link", "copiable-anchor", "copiable-link", "hash-link", "headerlink", "mw-editsection"}
)
"""The classes of links that generators put beside a heading: to copy its address, or to edit it."""

_ENDS = re.compile(rb"</(?:html|body)\s*>", re.IGNORECASE)
"""The end of a page, which need not be written: libxml2 drops what follows, where a browser shows it."""

_FIGURES = frozenset({"figure", "informalfigure", "mediaobject", "imageblock", "equation", "informalequation"})


def parsed(content: bytes) -> HtmlElement:
    """Parse a page, even one with mistakes, and return its root without comments.

    Raises:
        ValueError: The page has no element, or is nested so deep that a part of it would be lost.
    """
    try:
        content.decode()
        encoding = "utf-8"
    except UnicodeDecodeError:
        encoding = None  # libxml2 uses the byte order mark and the page's own declaration
    # The size of a page is bounded before it is parsed; without this, what is nested 256 deep would be lost.
    parser = HTMLParser(encoding=encoding, remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        root = document_fromstring(_ENDS.sub(b"", content), parser=parser)
    except etree.LxmlError as error:
        raise ValueError(f"no HTML can be read in it: {error}") from error
    if any(fault.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for fault in parser.error_log):
        raise ValueError("its elements are nested too deep: what follows would be lost")
    return root


def classes(element: HtmlElement) -> frozenset[str]:
    """The element's classes."""
    return frozenset(element.get("class", "").split())


def is_figure(element: HtmlElement) -> bool:
    """Whether the element is a figure, whose text describes its images and is not part of the section's text."""
    return element.tag == "figure" or (element.tag == "div" and bool(classes(element) & _FIGURES))


def language_of(element: HtmlElement) -> str:
    """The language of the nearest ``lang`` attribute, on the element or around it; "" where there is none."""
    for holder in (element, *element.iterancestors()):
        code = holder.get("lang") or holder.get("xml:lang")
        if code:
            return language_code(code)
    return ""


class Walk:
    """Iterates over the elements and pieces of text below an element, in document order, with spaces around blocks."""

    def __init__(self, root: HtmlElement) -> None:
        self._root = root
        self._events = etree.iterwalk(root, events=("start", "end"))
        self._skipped = False

    def __iter__(self) -> Iterator[HtmlElement | str]:
        for event, element in self._events:
            if element.tag not in WITHIN_A_LINE:
                yield " "
            if event == "start":
                self._skipped = False
                yield element
                if element.text and not self._skipped:
                    yield element.text
            elif element.tail and element is not self._root:
                yield element.tail

    def skip(self) -> None:
        """Skip the contents of the last element."""
        self._events.skip_subtree()
        self._skipped = True


def raw_words(element: HtmlElement, *, without: frozenset[str] = frozenset()) -> str:
    """The text of an element with its white space, without elements of the classes ``without``."""
    parts: list[str] = []
    walk = Walk(element)
    for part in walk:
        if isinstance(part, str):
            parts.append(part)
        elif part is not element and classes(part) & without:
            walk.skip()
    return "".join(parts)


def block_around(element: HtmlElement) -> HtmlElement | None:
    """The nearest block around an element, such as a paragraph or a cell; None where there is none."""
    return next((holder for holder in element.iterancestors() if holder.tag not in WITHIN_A_LINE), None)


def has_a_line(block: HtmlElement) -> bool:
    """Whether a block has text of its own, outside the blocks in it."""
    walk = Walk(block)
    for part in walk:
        if isinstance(part, str):
            if part.strip():
                return True
        elif part is not block and part.tag not in WITHIN_A_LINE:
            walk.skip()
    return False
