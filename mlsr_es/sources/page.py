"""One HTML page: its sections by headings, and the images in each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from lxml.html import HtmlElement

from mlsr_es.collection import Section
from mlsr_es.sources.captions import CAPTION_RULES, CaptionRule, FoundCaption, lift_captions
from mlsr_es.sources.figures import FoundImage, captioned_images, heading, images_of, unnumbered
from mlsr_es.sources.icons import is_icon
from mlsr_es.sources.markup import (
    LINK_MARKS,
    Walk,
    block_around,
    classes,
    has_a_line,
    is_figure,
    language_of,
    parsed,
    raw_words,
)
from mlsr_es.sources.pictures import file_of, is_picture, pictures
from mlsr_es.sources.stand_ins import stand_ins
from mlsr_es.sources.text import folded, path_id

SizeOf = Callable[[str], tuple[int, int] | None]

_HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_UNREAD_TAGS = frozenset({"button", "head", "iframe", "noscript", "script", "select", "style", "svg", "template"})
_NAVIGATION_TAGS = frozenset({"footer", "nav"})
_NAVIGATION_CLASSES = frozenset(
    "breadcrumb breadcrumbs footer index navbar navfooter navheader navigation related sidebar-drawer "  # noqa: SIM905
    "sphinxsidebar toc toc-drawer toctree-wrapper".split()
)
_NAVIGATION_IDS = frozenset({"footer", "footer-text", "navigation", "toc"})
_NAVIGATION_ROLES = frozenset({"contentinfo", "navigation", "search"})
_ADMONITIONS = frozenset({"admonition", "admonitionblock", "caution", "important", "note", "tip", "warning"})


@dataclass(frozen=True, slots=True)
class PlacedImage:
    """An image of a page, and the section that it belongs in.

    Args:
        found: The image with its captions.
        section_id: The section.
        rule: The rule in ``RULES`` that leaves the image out; "" where the image is content.
    """

    found: FoundImage
    section_id: str
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """The sections and images of a page, each in the page's order."""

    sections: tuple[Section, ...]
    images: tuple[PlacedImage, ...]


def read_page(
    content: bytes,
    page: str,
    *,
    rules: Sequence[CaptionRule] = CAPTION_RULES,
    size_of: SizeOf = lambda _src: (0, 0),
    introduced: bool = False,
) -> Page:
    """Read a page of HTML.

    A section is a heading and what follows it up to the next heading. The words of figures, captions, navigation and
    scripts are not part of its text.

    Args:
        content: The file's bytes.
        page: The page's path relative to the source.
        rules: The rules that find captions which no mark of the page's generator ties to an image.
        size_of: From an image's address to its width and height in pixels, 0 where they are unknown; None for an image
            that has no file in the source. The words beside an icon are no caption.
        introduced: Whether words of the section stand in for the captions of images that have none.

    Raises:
        ValueError: The bytes hold no HTML.
    """
    root = parsed(content)
    content_root = next((part for part in root.iter() if part.tag == "main" or part.get("role") == "main"), root)
    lifted = _lifted(content_root, rules, size_of) if rules else {}
    reader = _Reader(path_id(page), lifted, introduced=introduced)
    reader.leave_out_around(root, content_root)
    reader.read(content_root)
    titles = [unnumbered(title.text_content()) for title in root.iter("title")]
    first = next((draft.title for draft in reader.drafts if draft.level == 1 and draft.title), "")
    page_title = first or next(iter(titles), "")
    above = [unnumbered(link.get("title", "")) for link in root.iter("link") if link.get("rel") == "up"]
    sections = tuple(
        Section(
            id=draft.id,
            text=folded("".join(draft.parts)),
            page=page,
            page_title=page_title,
            section_title=draft.title,
            hierarchy=tuple(title for title in (*above, *draft.above) if title and title != page_title),
            page_description=reader.description,
        )
        for draft in reader.drafts
    )
    used = {image.section_id for image in reader.images if not image.rule}
    kept = tuple(section for section in sections if section.text or section.section_title or section.id in used)
    return Page(kept, tuple(reader.images))


def _lifted(root: HtmlElement, rules: Sequence[CaptionRule], size_of: SizeOf) -> dict[HtmlElement, FoundCaption]:
    captioned = captioned_images(root)

    def may_have(image: HtmlElement, inline: bool) -> bool:  # noqa: FBT001
        if image in captioned or any(
            _is_navigation(each) or _is_admonition_mark(each) for each in image.iterancestors()
        ):
            return False
        size = size_of(file_of(image))
        return size is not None and not is_icon(*size, inline=inline)

    return lift_captions(root, may_have=may_have, rules=rules)


@dataclass(slots=True)
class _Draft:
    id: str
    title: str = ""
    level: int = 0
    holder: HtmlElement | None = None
    above: tuple[str, ...] = ()
    parts: list[str] = field(default_factory=list)


class _Reader:
    """Walks through a page and collects its sections and images."""

    def __init__(self, page_id: str, lifted: Mapping[HtmlElement, FoundCaption], *, introduced: bool) -> None:
        self._page_id = page_id
        self._introduced = introduced
        self._language = ""
        self._lifted = lifted
        self._path: list[_Draft] = []
        self._ids = {page_id}
        self.drafts = [_Draft(page_id)]
        self.images: list[PlacedImage] = []
        self.description = ""
        # A block may hold thousands of images, so it is searched once and not once for each image.
        self._has_a_line = cache(has_a_line)

    def read(self, root: HtmlElement) -> None:
        """Read everything below ``root``."""
        self._language = language_of(root)
        walk = Walk(root)
        for part in walk:
            if isinstance(part, str):
                self.drafts[-1].parts.append(part)
            elif self._take(part):
                walk.skip()

    def leave_out_around(self, root: HtmlElement, content: HtmlElement) -> None:
        """Count the images outside the content as navigation."""
        inside = set(pictures(content))
        for image in pictures(root):
            if image not in inside:
                self._place(images_of(image), rule="navigation")

    def _take(self, element: HtmlElement) -> bool:
        """Read an element; return whether its contents have been read too, or are to be skipped."""
        if element.tag in _HEADINGS and not any(classes(holder) & _ADMONITIONS for holder in element.iterancestors()):
            self._begin(element)
        elif element.tag in _UNREAD_TAGS or classes(element) & LINK_MARKS:
            pass
        elif _is_navigation(element):
            self._place(images_of(element), rule="navigation")
        elif _is_admonition_mark(element):
            self._place(images_of(element), rule="admonition")
        elif is_figure(element):
            self._place(images_of(element, lifted=self._lifted))
        elif is_picture(element):
            self._place(images_of(element, inline=self._is_within_a_line(element), lifted=self._lifted))
        else:
            if element.tag == "p" and not self.description:
                self.description = folded(raw_words(element))
            return False
        return True

    def _is_within_a_line(self, element: HtmlElement) -> bool:
        """Whether the block around the element has text of its own."""
        block = block_around(element)
        return block is not None and self._has_a_line(block)

    def _begin(self, element: HtmlElement) -> None:
        level = _HEADINGS[element.tag]
        # DocBook gives a chapter and its sections the same heading level, so nesting decides which is above which.
        titlepage = next((holder for holder in element.iterancestors("div") if "titlepage" in classes(holder)), None)
        holder = titlepage.getparent() if titlepage is not None else None
        around = set(element.iterancestors())
        while self._path and self._path[-1].level >= level and self._path[-1].holder not in around:
            self._path.pop()
        draft = _Draft(
            self._id_of(element, holder), heading(element), level, holder, tuple(above.title for above in self._path)
        )
        self._path.append(draft)
        self.drafts.append(draft)
        self._place(images_of(element, inline=True))

    def _id_of(self, element: HtmlElement, holder: HtmlElement | None) -> str:
        parent = holder if holder is not None else element.getparent()
        anchors = [element.get("id"), *(link.get("id") or link.get("name") for link in element.iter("a"))]
        if parent is not None and next(parent.iter("h1", "h2", "h3", "h4", "h5", "h6"), None) is element:
            anchors.append(parent.get("id"))
        anchor = next((anchor for anchor in anchors if anchor), str(len(self.drafts)))
        section_id = f"{self._page_id}#{path_id(anchor)}"
        while section_id in self._ids:
            section_id += f"-{len(self.drafts)}"
        self._ids.add(section_id)
        return section_id

    def _place(self, found: Iterator[FoundImage], rule: str = "") -> None:
        section_id = self.drafts[-1].id
        for image in found:
            applied = rule or ("callout" if "callouts" in image.src.split("/") else "")
            shown = self._with_stand_ins(image) if self._introduced and not applied and not image.found else image
            self.images.append(PlacedImage(shown, section_id, applied))

    def _with_stand_ins(self, image: FoundImage) -> FoundImage:
        draft = self.drafts[-1]
        return replace(image, found=tuple(map(FoundCaption, stand_ins(draft.parts, draft.title, self._language))))


def _is_navigation(element: HtmlElement) -> bool:
    return element.tag != "body" and (
        element.tag in _NAVIGATION_TAGS
        or element.get("role") in _NAVIGATION_ROLES
        or element.get("id") in _NAVIGATION_IDS
        or bool(classes(element) & _NAVIGATION_CLASSES)
    )


def _is_admonition_mark(element: HtmlElement) -> bool:
    """Whether the element is the cell with the icon of a note or a tip, or DocBook's cell with the word "Note"."""
    is_icon = element.tag == "td" and (element.get("rowspan") is not None or "icon" in classes(element))
    if not is_icon and element.tag != "th":
        return False
    holder = next((holder for holder in element.iterancestors("div") if classes(holder) & _ADMONITIONS), None)
    return holder is not None and (is_icon or next(holder.iter("th"), None) is element)
