"""The rules that find captions by their place: what each finds, and what none takes for a caption."""

from __future__ import annotations

import re
import sys
from itertools import count
from pathlib import Path

import pytest

from mlsr_es.sources.captions import CAPTION_RULES
from mlsr_es.sources.page import Page, read_page

OWL = "<img src=owl.png>"
LONG = "Owls hunt at night, and so their eyes are large; " * 10

FOUND = {
    "marked": f'<div class="thumb">{OWL}<div class="thumbcaption">A barn owl</div></div>',
    "labelled": f"<p>{OWL}</p><p>Figure 3.1: A barn owl</p>",
    "figure": f"<figure>{OWL}<p>A barn owl</p></figure>",
    "box": f'<div align="center">{OWL}<br>A barn owl</div>',
    "row below": f"<table><tr><td>{OWL}<td><img src=b.png><tr><td>A barn owl<td>A bee</table>",
    "cell": f"<table><tr><td>{OWL} A barn owl<td>{LONG}<td>{LONG}</table>",
    "apart below": f"<p>{OWL}</p><p><i>A barn owl</i></p>",
    "table": f"<table><caption>A barn owl</caption><tr><td>{OWL}<td>{LONG}<td>1</table>",
    "next cell": f"<table><tr><td>{OWL}<td>A barn owl</table>",
    "apart above": f"<p><b>A barn owl</b></p><p>{OWL}</p>",
    "item": f"<ul><li>{OWL} A barn owl</ul>",
    "after break": f"<p>{LONG}<br>{OWL}<br>A barn owl</p>",
    "short below": f"<p>{OWL}</p><p>A barn owl</p>",
    "short above": f"<p>A barn owl</p><p>{OWL}</p>",
}


def read(html: str) -> Page:
    return read_page(f"<h2 id=s>Owls</h2><p>{LONG}</p>{html}<p>{LONG}</p>".encode(), "p.html")


def found(page: Page, src: str = "owl.png") -> list[tuple[str, str]]:
    image = next(image.found for image in page.images if image.found.src == src)
    return [(each.rule, each.caption.text) for each in image.found]


@pytest.mark.parametrize("rule", FOUND)
def test_each_rule_finds_its_caption(rule: str) -> None:
    """A rule finds the caption where it says, and the caption's words are not text of the section."""
    page = read(FOUND[rule])
    assert found(page) == [(rule, "A barn owl")]
    assert "barn" not in page.sections[0].text


def test_the_examples_are_of_all_rules_in_their_order() -> None:
    """There is an example for each rule, and the surest rule comes first."""
    assert list(FOUND) == [rule.name for rule in CAPTION_RULES]
    scores = [rule.score for rule in CAPTION_RULES]
    assert scores == sorted(scores, reverse=True)


def test_the_document_lists_the_rules() -> None:
    """``docs/sites.md`` lists each rule with its score, in their order."""
    document = Path(__file__).parents[3] / "docs" / "sites.md"
    listed = re.findall(r"^\| `([a-z ]+)` \| (\.\d\d) \|", document.read_text(encoding="utf-8"), re.MULTILINE)
    assert listed == [(rule.name, f"{rule.score:.2f}".lstrip("0")) for rule in CAPTION_RULES]


@pytest.mark.parametrize(
    "html",
    [
        f"<p>{OWL}</p><p>{LONG}</p>",
        f"<p>{OWL}</p><p>It hunts at night.</p>",
        f"<p>Press these keys:</p><p>{OWL}</p>",
        f"<p>{OWL}</p><h3 id=t>Bees</h3>",
        f"<p>{OWL}</p><p>Figure 3 shows how owls hunt, and what they do with a mouse or a vole.</p>",
        f"<p>{OWL}</p><center><a href=a>Previous</a> | <a href=b>Next</a></center>",
        f"<p>{OWL}</p><center><a href=a>Next</a> —</center>",
        f'<p>{OWL}</p><div class="code-block-caption">owl.py: how it hoots in the night</div>',
        f"<p>{OWL}</p><ul><li>Bees</ul>",
        f"<p>{OWL}</p><p>梟は夜に狩りをする鳥であり、その目はとても大きい。</p>",
    ],
)
def test_what_is_no_caption(html: str) -> None:
    """Sentences, headings, lists, links to other pages and titles of listings are no captions."""
    assert found(read(html)) == []


def test_the_surest_rule_counts() -> None:
    """An image has the caption of the surest rule, and a mark of the page's generator excludes all rules."""
    labelled = f"<p>{OWL}</p><p>Figure 1: A barn owl</p><p>Night</p>"
    assert found(read(labelled)) == [("labelled", "A barn owl")]
    marked = f"<figure>{OWL}<figcaption>A barn owl</figcaption></figure><p><i>Night</i></p>"
    assert found(read(marked)) == [("", "A barn owl")]


def test_a_caption_is_of_the_images_next_to_it() -> None:
    """Images in a row share the caption below; of two captions each belongs to the images of its own box."""
    shared = f"<center>{OWL}<br><img src=bee.png><br>Owl and bee</center>"
    assert found(read(shared)) == found(read(shared), "bee.png") == [("box", "Owl and bee")]
    row = "<td><img src={}>" * 2, "<td><p class=caption>{}</p>" * 2
    columns = f"<table><tr>{row[0].format('owl.png', 'bee.png')}<tr>{row[1].format('An owl', 'A bee')}</table>"
    assert [found(read(columns)), found(read(columns), "bee.png")] == [[("marked", "An owl")], [("marked", "A bee")]]
    above = '<div><p class=caption>{}</p><img src="{}"></div>'
    each = above.format("An owl", "owl.png") + above.format("A bee", "bee.png")
    assert [found(read(each)), found(read(each), "bee.png")] == [[("marked", "An owl")], [("marked", "A bee")]]


def test_emphasised_words_in_the_paragraph_of_the_image() -> None:
    """Words in italics that end the image's own paragraph are its caption: so many write it in Markdown."""
    assert found(read(f"<p>{OWL}\n<em>A barn owl</em></p>")) == [("apart below", "A barn owl")]
    assert found(read(f"<p>{OWL}\n<em>Owls</em> hunt at night.</p>")) == []


def test_words_beside_an_icon_stay_text() -> None:
    """The words beside an icon are text of the section, and so are those beside an image without a file."""
    html = b"<h2 id=s>T</h2><ul><li><img src=i.png> Cut</ul>"
    sizes: dict[str, tuple[int, int] | None] = {"an icon": (32, 32), "without a file": None}
    for size in sizes.values():
        page = read_page(html, "p.html", size_of={"i.png": size}.get)
        assert (page.sections[0].text, page.images[0].found.captions) == ("Cut", ())


def test_without_rules() -> None:
    """A collection without rules has the captions of marks alone, and all other words are text."""
    page = read_page(f"<h2 id=s>T</h2>{FOUND['box']}".encode(), "p.html", rules=())
    assert (page.sections[0].text, page.images[0].found.captions) == ("A barn owl", ())


@pytest.mark.parametrize("around", ["<p>{}</p>", "<table>{}</table>", "<center>{}</center>"])
@pytest.mark.parametrize("repeated", [OWL, f"<tr><td>{OWL}<tr><td>An owl", f"<p>{OWL}</p><p>An owl</p>"])
def test_twice_as_many_images_are_twice_the_work(around: str, repeated: str) -> None:
    """The work for the captions of a page grows only linearly with its images."""

    def calls(times: int) -> int:
        counter = count()
        before = sys.getprofile()
        sys.setprofile(lambda *_: next(counter) and None)
        try:
            read_page(around.format(repeated * times).encode(), "p.html")
        finally:
            sys.setprofile(before)
        return next(counter)

    assert calls(200) < 2.2 * calls(100)
