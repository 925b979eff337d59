"""The rules that find captions which no mark ties to their image: each has a name, a score and a place.

Each rule is a function from a line with images to the lines of its caption. The surest rule goes first.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from lxml.html import HtmlElement

from mlsr_es.sources.captions.layout import Layout, Lines, around, cells, is_figure_box, next_row
from mlsr_es.sources.captions.lines import Line
from mlsr_es.sources.markup import classes

_MOST_IN_A_BOX = 60
_MOST_APART = 40
_MOST_IN_AN_ITEM = 25
_SHORT = 12
_ENDS_A_SENTENCE = ".!?;,:\u3002\uff01\uff1f\uff1a"

_MARKED = re.compile(r"caption|gallerytext|legend", re.IGNORECASE)
_OF_SOMETHING_ELSE = re.compile(r"code|table|listing", re.IGNORECASE)
_PARAGRAPHS = frozenset({"blockquote", "body", "center", "div", "main", "article", "section", "p"})

_NOUNS = "Abb(?:ildung|\\.)?|Bild|Diagram|Fig(?:ure|ura|uur|\\.)?|Illustration|Image|Photo|Picture|Screenshot"
_LABEL = re.compile(
    rf"(?:{_NOUNS})\s*(?:(?:\d+|[A-Z]|[IVX]+)(?:[.-]\d+)*[a-z]?)?\s*(?:[:.)\u2013\u2014]|$)\s*",
    re.IGNORECASE,
)

Find = Callable[[Layout, Line], Lines]


@dataclass(frozen=True, slots=True)
class CaptionRule:
    """A rule that finds captions.

    Args:
        name: Its name, as ``collection inspect --show`` prints it.
        score: How sure it is, in (0, 1]; an image takes the caption of the surest rule.
        description: Where the caption stands.
        find: The lines of the caption of a line's images; empty where the rule finds none.
    """

    name: str
    score: float
    description: str
    find: Find


def without_label(text: str) -> str:
    """A caption without its label: "Figure 3: Blur" becomes "Blur"."""
    return _LABEL.sub("", text, count=1) if _LABEL.match(text) else text


def _marked(layout: Layout, line: Line) -> Lines:
    return next((found for each in _nearest(layout, line) if (found := _lines_of_mark(layout, each))), ())


def _labelled(layout: Layout, line: Line) -> Lines:
    own = (line,) if line.text else ()
    return next(((each,) for each in (*own, *_nearest(layout, line)) if _starts_with_label(each)), ())


def _figure_text(layout: Layout, line: Line) -> Lines:
    figure = around(line, "figure")
    return () if figure is None or layout.words(figure) > _MOST_IN_A_BOX else layout.in_box(figure, line)


def _same_box(layout: Layout, line: Line) -> Lines:
    box = layout.box_around(line, _MOST_IN_A_BOX)
    return () if box is None else layout.in_box(box, line)


def _row_below(layout: Layout, line: Line) -> Lines:
    cell = around(line, "td", "th")
    row = None if cell is None else cell.getparent()
    below = None if row is None or row.tag != "tr" else next_row(row)
    if cell is None or row is None or below is None or _words_in(layout, cell):
        return ()
    columns, beneath = cells(row), cells(below)
    if any(each.images for each in layout.within(below)):
        return ()
    if len(beneath) == len(columns):
        return _words_in(layout, beneath[columns.index(cell)])
    return _words_in(layout, beneath[0]) if len(beneath) == 1 else ()


def _same_cell(layout: Layout, line: Line) -> Lines:
    cell = around(line, "td", "th")
    return () if cell is None or layout.words(cell) > _MOST_IN_A_BOX else layout.in_box(cell, line)


def _next_cell(layout: Layout, line: Line) -> Lines:
    cell = around(line, "td", "th")
    row = None if cell is None else cell.getparent()
    if cell is None or row is None or _words_in(layout, cell):
        return ()
    others = [each for each in cells(row) if each is not cell]
    return _words_in(layout, others[0]) if len(others) == 1 else ()


def _set_apart_below(layout: Layout, line: Line) -> Lines:
    if line.text:  # Markdown has no caption, and many write one in italics below the image
        return (line,) if line.slanted and line.words <= _MOST_APART else ()
    below = layout.after(line)
    # Bold words below an image are rather the title of what follows.
    return _apart(layout, line, below, below is not None and below.slanted)


def _set_apart_above(layout: Layout, line: Line) -> Lines:
    above = layout.before(line)
    return _apart(layout, line, above, above is not None and (above.slanted or above.bold))


def _same_item(layout: Layout, line: Line) -> Lines:
    item = around(line, "li", "dt", "td")
    if item is None or item.tag == "td" or layout.words(item) > _MOST_IN_AN_ITEM:
        return ()
    found = layout.in_box(item, line)
    return () if any(_leads_on(each) for each in found) else found


def _after_break(layout: Layout, line: Line) -> Lines:
    below = layout.after(line)
    if line.text or below is None or below.box is not line.box or below.images or below.words > _MOST_IN_AN_ITEM:
        return ()
    return () if _leads_on(below) or below.is_link or layout.within(line.box)[-1] is not below else (below,)


def _short_below(layout: Layout, line: Line) -> Lines:
    return _short(layout, line, layout.after(line))


def _short_above(layout: Layout, line: Line) -> Lines:
    return _short(layout, line, layout.before(line))


def _table_caption(layout: Layout, line: Line) -> Lines:
    table = around(line, "table")
    caption = None if table is None else table.find("caption")
    return () if caption is None else _words_in(layout, caption)


CAPTION_RULES = (
    CaptionRule("marked", 0.95, "beside the image, in an element with a class such as `thumbcaption`", _marked),
    CaptionRule("labelled", 0.9, 'beside the image, and begins with a label: "Figure 3:", "Screenshot:"', _labelled),
    CaptionRule("figure", 0.85, "the words of a `figure` that has no `figcaption`", _figure_text),
    CaptionRule("box", 0.8, "in the same centred or floating box as the image", _same_box),
    CaptionRule("row below", 0.75, "in the next row of the table, in the image's column", _row_below),
    CaptionRule("cell", 0.7, "in the same cell of a table", _same_cell),
    CaptionRule("apart below", 0.65, "the next words or the next paragraph, in italics or centred", _set_apart_below),
    CaptionRule("table", 0.6, "the `caption` of the table that holds the image", _table_caption),
    CaptionRule("next cell", 0.55, "the only other cell of the row", _next_cell),
    CaptionRule("apart above", 0.5, "the paragraph before, which is emphasised or centred", _set_apart_above),
    CaptionRule("item", 0.5, "in the same item of a list", _same_item),
    CaptionRule("after break", 0.45, "the last words of the image's paragraph, after a `br`", _after_break),
    CaptionRule("short below", 0.4, "the next paragraph, of at most 12 words and no sentence", _short_below),
    CaptionRule("short above", 0.35, "the paragraph before, of at most 12 words and no sentence", _short_above),
)
"""The rules, surest first."""


def _nearest(layout: Layout, line: Line) -> Lines:
    """The lines of the next row in the image's column; else those above and below, the nearer in the tree first."""
    if beneath := _row_below(layout, line):
        return beneath
    below = layout.after(line)
    while below is not None and below.images and not below.text:
        below = layout.after(below)
    beside = [each for each in (below, layout.before(line)) if each is not None and not each.images]
    return tuple(sorted(beside, key=lambda each: -layout.nearness(line, each)))


def _lines_of_mark(layout: Layout, line: Line) -> Lines:
    mark = next((each for each in _holders(line) if _is_mark(each)), None)
    if mark is None or around(line, "h1", "h2", "h3", "h4", "h5", "h6") is not None:
        return ()
    return _words_in(layout, mark) or (line,)


def _holders(line: Line) -> list[HtmlElement]:
    piece = line.pieces[-1].element
    return [piece, *list(piece.iterancestors())[:4]]


def _is_mark(element: HtmlElement) -> bool:
    named = classes(element)
    return any(map(_MARKED.search, named)) and not any(map(_OF_SOMETHING_ELSE.search, named))


def _starts_with_label(line: Line) -> bool:
    found = _LABEL.match(line.text)
    return found is not None and line.words <= _MOST_IN_A_BOX and around(line, "pre") is None


def _words_in(layout: Layout, holder: HtmlElement) -> Lines:
    """The lines with words within an element; none where it has images, or too many words for a caption."""
    found = tuple(layout.within(holder))
    if layout.words(holder) > _MOST_IN_A_BOX or any(line.images for line in found):
        return ()
    return found


def _apart(layout: Layout, line: Line, other: Line | None, emphasised: bool) -> Lines:  # noqa: FBT001
    if other is None or not _may_follow(layout, line, other) or other.words > _MOST_APART:
        return ()
    holders = (other.box, *list(other.box.iterancestors())[:2])
    apart = emphasised or any(is_figure_box(holder) and layout.words(holder) <= _MOST_APART for holder in holders)
    return (other,) if apart and not _leads_on(other) else ()


def _short(layout: Layout, line: Line, other: Line | None) -> Lines:
    if other is None or other.box.tag != "p" or not _may_follow(layout, line, other) or other.words > _SHORT:
        return ()
    alone = tuple(layout.within(other.box)) == (other,) and line.box not in other.box.iterancestors()
    return (other,) if alone and other.text[-1] not in _ENDS_A_SENTENCE else ()


def _may_follow(layout: Layout, line: Line, other: Line) -> bool:
    """Whether a line of words may be the caption of images that stand alone before or after it."""
    words_alone = not (line.text or other.images or other.is_link)
    return words_alone and other.box.tag in _PARAGRAPHS and layout.are_neighbours(line, other)


def _leads_on(line: Line) -> bool:
    return line.text.endswith((":", ",", "\uff1a"))
