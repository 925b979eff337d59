"""Taking captions out of a page: each is found by the surest rule, and its words are the caption's alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from mlsr_es.collection import Caption
from mlsr_es.sources.captions.layout import Layout, Lines
from mlsr_es.sources.captions.lines import Line, lines_of
from mlsr_es.sources.captions.rules import CAPTION_RULES, CaptionRule, without_label
from mlsr_es.sources.markup import language_of


@dataclass(frozen=True, slots=True)
class FoundCaption:
    """A caption of an image, and the rule that found it.

    Args:
        caption: The caption component.
        rule: The name of a rule in ``CAPTION_RULES``; "" where the page's own mark says that it is the image's.
    """

    caption: Caption
    rule: str = ""


def lift_captions(
    root: HtmlElement, *, may_have: Callable[[HtmlElement, bool], bool], rules: Sequence[CaptionRule] = CAPTION_RULES
) -> dict[HtmlElement, FoundCaption]:
    """Find the captions of images by the rules, and take their words out of the page.

    Args:
        root: The page's content; it is changed.
        may_have: Whether an image may have a caption by these rules, given whether words stand beside it in its line.
        rules: The rules, surest first.

    Returns:
        A mapping of image element to caption, for the images that have one.
    """
    layout = Layout(lines_of(root))
    images = {line.number: [each for each in line.images if may_have(each, bool(line.text))] for line in layout.lines}
    open_lines = [line for line in layout.lines if images[line.number]]
    taken: dict[int, str] = {}
    found: dict[HtmlElement, FoundCaption] = {}

    def is_free(line: Line, caption: Lines, rule: CaptionRule) -> bool:
        figure = layout.figure_around(line)
        return not caption[0].is_links and all(
            taken.get(each.number, rule.name) == rule.name and layout.figure_around(each) is figure for each in caption
        )

    for rule in rules:
        left = []
        for line in open_lines:
            caption = rule.find(layout, line)
            if not caption or not is_free(line, caption, rule):
                left.append(line)
                continue
            taken.update((each.number, rule.name) for each in caption)
            words = FoundCaption(_caption(caption), rule.name)
            found.update((image, words) for image in images[line.number])
        open_lines = left
    for number in taken:
        for piece in layout.lines[number].pieces:
            piece.cut()
    return found


def _caption(lines: Lines) -> Caption:
    text = without_label(" ".join(line.text for line in lines))
    return Caption(text or lines[0].text, language=language_of(lines[0].box))
