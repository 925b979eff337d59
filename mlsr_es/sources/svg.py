"""Drawing SVG with resvg; files that refer to anything outside themselves, or repeat parts too often, are refused."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from typing import Any

from mlsr_es.sources.drawing import DPI, draw
from mlsr_es.sources.refusal import Refusal

_MOST_ELEMENTS = 20_000
_LONGEST = 2**31 - 1
"""The longest side that is stored, because an index keeps it as an integer of 32 bits."""

_NAMESPACE = "{http://www.w3.org/2000/svg}"
_LINK = f"{_NAMESPACE}a"
_HREFS = ("href", "{http://www.w3.org/1999/xlink}href")
_OUTSIDE_STYLE = re.compile(r"@import|url\(\s*['\"]?\s*(?!['\"]?\s*(?:#|data:))", re.IGNORECASE)
_LENGTH = re.compile(r"\s*([0-9.]+(?:e[0-9]+)?)\s*(px|pt|pc|mm|cm|in)?\s*$", re.IGNORECASE)
_PIXELS = {"": 1.0, "px": 1.0, "pt": DPI / 72, "pc": DPI / 6, "mm": DPI / 25.4, "cm": DPI / 2.54, "in": DPI}


def is_svg(content: bytes) -> bool:
    """Whether the bytes look like an SVG file."""
    start = content[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    return start.startswith(b"<") and b"<svg" in content[:65536]


def draw_svg(content: bytes, most_pixels: int, pixels_in: Callable[[bytes], int]) -> bytes:
    """Draw an SVG as a PNG on white, with its longest side at 512 pixels.

    Args:
        content: The file's bytes.
        most_pixels: A picture inside it may have so many.
        pixels_in: How many pixels a picture's file has; 0 where that cannot be read.

    Raises:
        Refusal: The file is not an SVG, has entities, refers to another file or host, repeats its parts too often, or
            cannot be drawn within the limits of ``draw``.
    """
    root = _parsed(content)
    fault = _fault(root, most_pixels, pixels_in)
    if fault:
        raise Refusal(fault)
    has_text = next(root.iter(f"{_NAMESPACE}text"), None) is not None
    return draw(_serialised(root), has_text=has_text)


def svg_size(content: bytes) -> tuple[int, int]:
    """Width and height that the file states, in pixels; (0, 0) where it states none, or impossible ones.

    Raises:
        Refusal: The file is not an SVG.
    """
    root = _parsed(content)
    try:
        width, height = _stated_size(root)
    except (OverflowError, ValueError):  # an infinite number, or not a number
        return 0, 0
    return (width, height) if 0 < width <= _LONGEST and 0 < height <= _LONGEST else (0, 0)


def _stated_size(root: Any) -> tuple[int, int]:
    width, height = (_LENGTH.match(root.get(side, "")) for side in ("width", "height"))
    if width and height:
        return _pixels(width), _pixels(height)
    match root.get("viewBox", "").replace(",", " ").split():
        case [_, _, across, down]:
            return round(float(across)), round(float(down))
        case _:
            return 0, 0


def _pixels(length: re.Match[str]) -> int:
    return round(float(length[1]) * _PIXELS[(length[2] or "").lower()])


def _parsed(content: bytes) -> Any:
    from lxml import etree

    if b"<!ENTITY" in content:
        raise Refusal("the SVG defines entities")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_pis=True)
    try:
        root = etree.fromstring(content, parser)
    except etree.LxmlError as error:
        raise Refusal(f"the SVG is not well-formed: {error}") from error
    if root is None or root.tag != f"{_NAMESPACE}svg":
        raise Refusal("it is no SVG: its root is another element")
    return root


def _serialised(root: Any) -> str:
    from lxml import etree

    return etree.tostring(root, encoding="unicode")  # without the doctype


def _fault(root: Any, most_pixels: int, pixels_in: Callable[[bytes], int]) -> str:
    for element in root.iter(f"{_NAMESPACE}*"):
        references = [element.get(name, "").strip() for name in _HREFS]
        if element.tag != _LINK and any(href and not href.startswith(("#", "data:image/")) for href in references):
            return "the SVG refers to something outside itself"
        if any(href.startswith("data:image/svg") for href in references):
            return "the SVG holds another SVG in a data URI"
        if any(pixels_in(held) > most_pixels for held in map(_held, references) if held):
            return f"the SVG holds a picture of more than {most_pixels:,} pixels"
        styles = [element.get("style", ""), element.text or "" if element.tag == f"{_NAMESPACE}style" else ""]
        if any(_OUTSIDE_STYLE.search(style) for style in styles):
            return "the SVG's style refers to something outside itself"
    if _drawn(root) > _MOST_ELEMENTS:
        return f"the SVG draws more than {_MOST_ELEMENTS:,} elements"
    return ""


def _held(href: str) -> bytes:
    """The file of a picture in a data URI; empty where there is none."""
    head, _, data = href.partition(",")
    if not head.startswith("data:image/") or not head.endswith("base64"):
        return b""
    try:
        return base64.b64decode(data)
    except ValueError:  # the library passes it over, too
        return b""


def _drawn(root: Any) -> int:
    """How many elements are drawn once every ``use`` is replaced by its target, counted up to the limit."""
    named = {element.get("id"): element for element in root.iter() if element.get("id")}
    counts: dict[Any, int] = {}
    # Each element waits on the stack until its children and its target are counted; a cycle counts as nothing.
    stack = [(root, False)]
    while stack:
        element, ready = stack.pop()
        if not ready and element in counts:
            continue
        target = named.get(next((element.get(name, "")[1:] for name in _HREFS if element.get(name)), None))
        parts = [*element, target] if target is not None and element.tag == f"{_NAMESPACE}use" else [*element]
        if ready:
            counts[element] = min(1 + sum(counts.get(part, 0) for part in parts), _MOST_ELEMENTS + 1)
        else:
            counts[element] = 0
            stack.append((element, True))
            stack.extend((part, False) for part in parts)
    return counts[root]
