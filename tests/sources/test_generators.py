"""The captions in pages that generators wrote."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from mlsr_es.sources.page import PlacedImage, read_page

PAGES = Path(__file__).parent / "pages"
HASH = re.compile(r"-[0-9a-f]{32}(?=\.)")

FIRST_CAPTIONS = {
    "asciidoctor/birds": [
        ("barn-owl.jpg", "title", "A barn owl above a meadow"),
        ("play.png", "alt", "play"),
        ("nest.jpg", "alt", "Four owlets"),
        ("hole-32.png", "row below", "For great tits"),
        ("hole-45.png", "row below", "For starlings"),
    ],
    "asciidoctor/calculator": [
        ("regulators.png", "alt", "Regulators"),
        ("Calculation1.png", "alt", "Regulators"),
        ("Calculation2.png", "alt", "Regulators"),
        ("rfattenuators.png", "alt", "RF Attenuators"),
        ("eseries.png", "alt", "E-Series"),
    ],
    "asciidoctor/gerbview": [
        ("gerbview_main_screen.png", "alt", "gerbview_main_screen_png"),
        ("gerbview_file_menu.png", "alt", "gerbview_file_menu_png"),
        ("gerbview_tools_menu.png", "alt", "gerbview_tools_menu_png"),
        ("print_button_24.png", "alt", "print_button_png"),
        ("sheetset_24.png", "alt", "sheetset_png"),
    ],
    "docbook/blur": [
        ("taj_orig.jpg", "description", "Original"),
        ("blur-taj-gauss.jpg", "description", "Blur applied"),
    ],
    "docbook/genetic": [
        ("genetic-algorithm.svg", "title", "Structure of a Genetic Algorithm"),
    ],
    "docbook/storage": [
        ("pagelayout.svg", "title", "Page Layout"),
    ],
    "docusaurus/boxes": [
        ("hole-32.png", "row below", "A hole of 32 mm, for great tits"),
        ("hole-45.png", "row below", "A hole of 45 mm, for starlings"),
        ("box.png", "alt", "A box on a wall"),
    ],
    "docusaurus/feeders": [
        ("feeder.png", "short below", "A feeder out of reach of cats"),
        ("brush.png", "title", "A brush for narrow tubes"),
    ],
    "docusaurus/owls": [
        ("barn-owl.png", "apart below", "A barn owl above a meadow, shortly before dawn"),
        ("nest.png", "description", "Four owlets in a church tower"),
    ],
    "hugo/boxes": [
        ("box.svg", "", ""),
        ("hole-32.png", "row below", "A hole of 32 mm"),
        ("hole-45.png", "row below", "A hole of 45 mm"),
    ],
    "hugo/feeders": [
        ("feeder.jpg", "title", "A feeder out of reach of cats"),
        ("brush.jpg", "apart below", "A brush for narrow tubes"),
    ],
    "hugo/owls": [
        ("barn-owl.jpg", "description", "Barn owl A barn owl above a meadow, shortly before dawn"),
        ("nest.jpg", "description", "Four owlets in a church tower"),
    ],
    "mediawiki/aberration": [
        ("CA_artifical_R_C.jpg", "marked", "Artificial Red-Cyan TCA"),
        ("CA_artifical_B_Y.jpg", "marked", "Artificial Blue-Yellow TCA"),
    ],
    "mediawiki/projection": [
        ("Big_ben_cubic.jpg", "alt", "Cubic projection, source image courtesy Ben Kreunen"),
    ],
    "mediawiki/viewer": [
        ("200px-Panoglview.png", "marked", "panoglview on Linux"),
    ],
    "sphinx/columns": [
        ("statemachine-context.png", "", ""),
        ("transition-indic.png", "description", "Indic"),
        ("transition-context.png", "description", "Contextual"),
        ("transition-insert.png", "description", "Insertion"),
        ("transition-kern.png", "description", "Kerning"),
        ("edittransition-indic.png", "description", "Indic"),
        ("edittransition-context.png", "description", "Contextual"),
        ("edittransition-insert.png", "description", "Insertion"),
        ("edittransition-kern.png", "description", "Kerning"),
    ],
    "sphinx/figures": [
        ("AmbrosiaFV-bm.png", "description", "Bitmap display in font view."),
        ("AmbrosiaFV.png", "description", "Anti-Aliased (Greymap) display in font view."),
        ("H-bm.png", "", ""),
        ("H-gm.png", "", ""),
    ],
    "sphinx/images": [
        ("bdfinfo.png", "alt", "BDF Info dialog"),
    ],
    "texinfo/interpolation": [
        ("interpn.png", "marked", "Demonstration of the use of interpn"),
    ],
    "texinfo/scene": [
        ("scene1.png", "", ""),
    ],
    "texinfo/splines": [
        ("splinefit1.png", "marked", "Comparison of a fitting a piecewise polynomial with 41"),
        ("splinefit2.png", "marked", "Comparison of a piecewise constant, linear, quadratic,"),
    ],
}
"""For each page its images: file, rule (or kind, where the generator marks it) and beginning of the first caption."""


def content(page: str) -> list[PlacedImage]:
    path = PAGES / f"{page}.html"
    page_read = read_page(path.read_bytes(), path.name, size_of=size_of)
    return [image for image in page_read.images if not image.rule]


def size_of(src: str) -> tuple[int, int]:
    return (24, 24) if src.endswith("_24.png") else (640, 400)


def first(image: PlacedImage) -> tuple[str, str]:
    captions = [(each.rule or each.caption.kind.value, each.caption.text) for each in image.found.found]
    return captions[0] if captions else ("", "")


@pytest.mark.parametrize("page", FIRST_CAPTIONS)
def test_captions(page: str) -> None:
    """Each image has the caption that a reader of the page sees, before its alternative text."""
    expected = FIRST_CAPTIONS[page]
    assert [HASH.sub("", image.found.src.rpartition("/")[2]) for image in content(page)] == [
        src for src, _, _ in expected
    ]
    for image, (src, rule, beginning) in zip(content(page), expected, strict=True):
        found_by, text = first(image)
        assert (src, found_by, text[: len(beginning)]) == (src, rule, beginning)


def test_three_pages_of_each_generator() -> None:
    """Every page in the folder is tested, and there are three of each generator."""
    pages = sorted(path.relative_to(PAGES).with_suffix("").as_posix() for path in PAGES.glob("*/*.html"))
    assert pages == sorted(FIRST_CAPTIONS)
    assert set(Counter(page.partition("/")[0] for page in pages).values()) == {3}
