"""The sample collection: a manual that stands on its own, whole, small, and rich enough to suggest images from."""

import io
from collections import Counter
from pathlib import Path

import pytest
import resvg_py
from bs4 import BeautifulSoup, Tag
from lxml import etree
from PIL import Image

from mlsr_es.shipped import shipped

SAMPLE = shipped("sample")
PAGES = sorted(SAMPLE.glob("*.html"))
DRAWINGS = sorted(SAMPLE.glob("images/*.svg"))
ICONS = sorted(SAMPLE.glob("icons/*.svg"))


def soup(page: Path) -> BeautifulSoup:
    return BeautifulSoup(page.read_text(encoding="utf-8"), "lxml")


def references(page: Path) -> list[str]:
    """Everything that a page names: images, links, style sheets."""
    return [str(tag[name]) for name in ("src", "href") for tag in soup(page).select(f"[{name}]")]


def section_words(heading: Tag) -> int:
    """How many words of prose stand between a heading and the next one."""
    words = 0
    for sibling in heading.find_next_siblings():
        if sibling.name in {"h1", "h2", "h3"}:
            break
        if sibling.name == "p":
            words += len(sibling.get_text().split())
    return words


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_reference_resolves_inside_the_folder(page: Path) -> None:
    """A page names only files of the sample, so that it reads the same without a network."""
    targets = [(page.parent / reference).resolve() for reference in references(page)]
    assert targets
    assert [target for target in targets if not target.is_file() or not target.is_relative_to(SAMPLE.resolve())] == []


@pytest.mark.parametrize("drawing", DRAWINGS + ICONS, ids=lambda drawing: drawing.stem)
def test_every_drawing_draws(drawing: Path) -> None:
    """An SVG renders at its own size and is not one flat colour."""
    png = Image.open(io.BytesIO(resvg_py.svg_to_bytes(svg_path=str(drawing))))
    assert png.size == ((400, 300) if drawing in DRAWINGS else (16, 16))
    colours = png.convert("RGBA").getcolors(maxcolors=png.width * png.height)
    assert colours is not None
    assert len(colours) > 1


@pytest.mark.parametrize("drawing", DRAWINGS + ICONS, ids=lambda drawing: drawing.stem)
def test_a_drawing_refers_to_nothing_outside_itself(drawing: Path) -> None:
    """An SVG holds shapes alone: no script, no style sheet, no embedded image, no address but its own fragments."""
    elements = list(etree.parse(str(drawing)).getroot().iter())
    assert {etree.QName(element).localname for element in elements}.isdisjoint(
        {"script", "image", "style", "foreignObject"}
    )
    values = [
        (etree.QName(name).localname, str(value)) for element in elements for name, value in element.attrib.items()
    ]
    assert [value for name, value in values if name == "href" and not value.startswith("#")] == []
    assert [value for _, value in values if "url(" in value or "://" in value] == []


def test_pages_hold_no_scripts_and_no_styles_of_their_own() -> None:
    """The pages are plain HTML: what is not text, figure or link has no place in them."""
    assert [page.name for page in PAGES if soup(page).find(["script", "style", "iframe"])] == []


def test_there_is_enough_to_suggest_from() -> None:
    """The manual has ten chapters and a contents page, sections by the dozen, and about 60 drawings."""
    sections = [heading for page in PAGES for heading in soup(page).find_all(["h2", "h3"])]
    assert len(PAGES) == 11
    assert len(sections) >= 45
    assert 55 <= len(DRAWINGS) <= 70


def test_every_section_says_something() -> None:
    """A section has 60 to 150 words of prose of its own, enough for a query."""
    counts = {
        f"{page.stem}#{heading['id']}": section_words(heading)
        for page in PAGES
        for heading in soup(page).find_all(["h2", "h3"])
    }
    assert {section: words for section, words in counts.items() if not 60 <= words <= 150} == {}


def test_some_sections_have_no_image_and_none_more_than_two() -> None:
    """Sections with none, one and two images all occur, as they do in a manual written by people."""
    images = Counter[str]()
    for page in PAGES:
        for heading in soup(page).find_all(["h2", "h3"]):
            images[f"{page.stem}#{heading['id']}"] = 0
        for figure in soup(page).find_all("figure"):
            above = figure.find_previous(["h2", "h3"])
            assert above is not None
            images[f"{page.stem}#{above['id']}"] += 1
    assert set(images.values()) == {0, 1, 2}


def test_every_drawing_is_shown_once_with_an_alt_text_and_another_caption() -> None:
    """A content image stands in one figure, and its alt text and its caption each tell something of their own."""
    figures = [figure for page in PAGES for figure in soup(page).find_all("figure")]
    shown = [str(figure.img["src"]) for figure in figures if figure.img]
    captions = [
        (str(figure.img["alt"]), figure.figcaption.get_text()) for figure in figures if figure.img and figure.figcaption
    ]
    assert sorted(shown) == [f"images/{drawing.name}" for drawing in DRAWINGS]
    assert len(captions) == len(figures)
    assert [pair for pair in captions if min(len(text.split()) for text in pair) < 4 or pair[0] == pair[1]] == []
    assert len({text for pair in captions for text in pair}) == 2 * len(captions)


def test_decoration_is_small_and_repeated() -> None:
    """Images outside figures are icons of 16 x 16 that come again, so that a rule can leave them out."""
    outside = [image for page in PAGES for image in soup(page).find_all("img") if not image.find_parent("figure")]
    uses = Counter(str(image["src"]) for image in outside)
    assert set(uses) == {f"icons/{icon.name}" for icon in ICONS}
    assert {(image["width"], image["height"]) for image in outside} == {("16", "16")}
    assert min(uses.values()) > 1


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_headings_have_ids_that_are_unique_on_their_page(page: Path) -> None:
    """One h1 a page, and each heading can be linked to."""
    headings = soup(page).find_all(["h1", "h2", "h3"])
    assert [heading.name for heading in headings].count("h1") == 1
    assert [name for name, times in Counter(heading["id"] for heading in headings).items() if times > 1] == []


def test_the_whole_is_small() -> None:
    """The sample travels in every wheel: 300 KB at most, and no drawing over 4 KB."""
    files = [path for path in SAMPLE.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= 300_000
    assert [drawing.name for drawing in DRAWINGS if drawing.stat().st_size > 4_000] == []
