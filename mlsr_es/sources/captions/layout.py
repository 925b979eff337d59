"""Where the lines of a page stand: what is in one box, what is next to what."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from lxml.html import HtmlElement

from mlsr_es.sources.captions.lines import Line
from mlsr_es.sources.markup import classes, is_figure

Lines = tuple[Line, ...]

_PARTS = ("h1", "h2", "h3", "h4", "h5", "h6", "ol", "pre", "table", "ul")
_BOX_CLASSES = (
    "centre", "center", "figure", "float", "gallery", "image", "img", "photo", "picture", "screenshot", "thumb",
)  # fmt: skip


class Layout:
    """The lines of a page, and the elements that hold them.

    Args:
        lines: All lines with words or images, in order.
    """

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = lines
        self._words_before = [0, *accumulate(line.words for line in lines)]
        self._spans: dict[HtmlElement, tuple[int, int]] = {}
        for line in lines:
            for holder in (line.box, *line.box.iterancestors()):
                self._spans[holder] = (self._spans.get(holder, (line.number, 0))[0], line.number)

    def after(self, line: Line) -> Line | None:
        """The next line."""
        return self.lines[line.number + 1] if line.number + 1 < len(self.lines) else None

    def before(self, line: Line) -> Line | None:
        """The line before."""
        return self.lines[line.number - 1] if line.number else None

    def within(self, holder: HtmlElement) -> Sequence[Line]:
        """The lines within an element."""
        first, last = self._spans.get(holder, (0, -1))
        return self.lines[first : last + 1]

    def words(self, holder: HtmlElement) -> int:
        """How many words are within an element."""
        first, last = self._spans.get(holder, (0, -1))
        return self._words_before[last + 1] - self._words_before[first]

    def figure_around(self, line: Line) -> HtmlElement | None:
        """The outermost figure around a line, whose words are its own; None where there is none."""
        around = [*reversed(list(line.box.iterancestors())), line.box]
        return next((holder for holder in around if is_figure(holder)), None)

    def box_around(self, line: Line, most_words: int) -> HtmlElement | None:
        """The nearest box around a line that is made for a figure; None where it has more words, or parts of a page."""
        for holder in (line.box, *line.box.iterancestors()):
            if holder.tag in ("td", "th", "li", "body") or self.words(holder) > most_words:
                return None
            if is_figure_box(holder):
                return holder if next(holder.iter(*_PARTS), None) is None else None
        return None

    def in_box(self, box: HtmlElement, line: Line) -> Lines:
        """The words in a box that belong to the images of a line.

        They are those beside and below the images, up to the next images. Images without words share the words that
        follow. Words above belong to images that have none below.
        """
        inside = self.within(box)
        place = line.number - inside[0].number
        below: list[Line] = []
        for each in inside[place:]:
            if each.images and below:
                break
            if each.text:
                below.append(each)
        if below:
            return tuple(below)
        above: list[Line] = []
        for each in reversed(inside[:place]):
            if each.images:
                break
            above.insert(0, each)
        return tuple(above)

    def are_neighbours(self, first: Line, second: Line) -> bool:
        """Whether two lines, one after the other, stand in one box, or in two boxes that follow each other."""
        if first.box is second.box:
            return True
        one, other = self._outermost(first), self._outermost(second)
        return one.getparent() is other.getparent() or one.getparent() is second.box or other.getparent() is first.box

    def nearness(self, line: Line, other: Line) -> int:
        """How deep in the tree the nearest element stands that holds both lines."""
        around = {line.box, *line.box.iterancestors()}
        shared = next(holder for holder in (other.box, *other.box.iterancestors()) if holder in around)
        return sum(1 for _ in shared.iterancestors())

    def _outermost(self, line: Line) -> HtmlElement:
        """The outermost element that holds this line alone."""
        found = line.box
        for holder in line.box.iterancestors():
            if self._spans[holder] != (line.number, line.number):
                break
            found = holder
        return found


def is_figure_box(element: HtmlElement) -> bool:
    """Whether an element is made to set something apart: it is centred, floats, or says that it holds an image."""
    style = element.get("style", "").replace(" ", "").lower()
    return (
        element.tag in ("center", "figure")
        or (element.tag != "table" and element.get("align", "").lower() in ("center", "left", "middle", "right"))
        or "text-align:center" in style
        or "float:" in style
        or any(word in name.lower() for name in classes(element) for word in _BOX_CLASSES)
    )


def around(line: Line, *tags: str) -> HtmlElement | None:
    """The nearest element of one of these kinds that holds a line."""
    return next((holder for holder in (line.box, *line.box.iterancestors()) if holder.tag in tags), None)


def cells(row: HtmlElement) -> list[HtmlElement]:
    """The cells of a row of a table."""
    return [cell for cell in row if cell.tag in ("td", "th")]


def next_row(row: HtmlElement) -> HtmlElement | None:
    """The row below in the same table, also where the table's head ends between the two."""
    below: HtmlElement | None = next(row.itersiblings("tr"), None)
    if below is not None or row.getparent().tag == "table":
        return below
    return next((each for part in row.getparent().itersiblings("tbody") for each in part.iterchildren("tr")), None)
