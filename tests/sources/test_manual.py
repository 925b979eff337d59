"""A folder of pages as a collection."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from PIL import Image

from mlsr_es.collection import ImageDocument, Judgement
from mlsr_es.errors import RecordError
from mlsr_es.sources import LeftOut
from mlsr_es.sources.manual import Manual


def write(folder: Path, pages: Mapping[str, str], images: Mapping[str, tuple[int, int]]) -> Path:
    for name, html in pages.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(html)
    for name, size in images.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", size).save(folder / name)
    return folder


def by_id(source: Manual) -> dict[str, ImageDocument | RecordError | LeftOut]:
    return {item.record_id if isinstance(item, RecordError) else item.id: item for item in source.documents()}


def figure(src: str, caption: str) -> str:
    return f'<figure><img src="{src}"><figcaption>{caption}</figcaption></figure>'


def test_an_image_on_several_pages_is_one_document(tmp_path: Path) -> None:
    """Its captions are those of all places, without repeats; its page is the first; each section is judged."""
    pages = {
        "a.html": f"<h2 id=s>A</h2><p>t</p>{figure('i/x.png', 'An owl')}{figure('i/x.png', 'An owl')}",
        "b/c.html": f"<h2 id=s>B</h2><p>t</p>{figure('../i/x.png', 'A bird')}",
    }
    source = Manual(write(tmp_path, pages, {"i/x.png": (100, 80)}), name="m", language="en")
    (document,) = source.documents()
    assert isinstance(document, ImageDocument)
    assert (document.id, document.page, document.width, document.height) == ("m/i/x.png", "a.html", 100, 80)
    assert [(caption.text, caption.language) for caption in document.captions] == [("An owl", "en"), ("A bird", "en")]
    assert list(source.judgements()) == [Judgement("a.html#s", "m/i/x.png"), Judgement("b/c.html#s", "m/i/x.png")]
    assert source.count() == 1


def test_rules(tmp_path: Path) -> None:
    """Small images, marks in a line of text, callouts, remote and embedded images are left out, each by its rule."""
    page = """<nav><img src="arrow.png"></nav><h2>T</h2><img src="dot.png"><p>Press <img src="button.png"> now.</p>
    <p><img src="wide.png"></p><img src="callouts/1.png"><img src="https://a.example/x.png">
    <img src="//a.example/y.png">
    <img src="data:image/png;base64,iVBORw0KGgo=">"""
    small = {"arrow.png": (99, 99), "dot.png": (48, 48), "button.png": (200, 64), "wide.png": (200, 64)}
    found = by_id(Manual(write(tmp_path, {"p.html": page}, small), name="m"))
    rules = [item.rule if isinstance(item, LeftOut) else type(item).__name__ for item in found.values()]
    assert rules == ["navigation", "icon", "icon", "ImageDocument", "callout", "remote", "remote", "embedded"]


def test_repeated(tmp_path: Path) -> None:
    """What stands on more than ten pages and on a tenth of all belongs to the layout."""
    pages = {f"{number:02}.html": "<h2>T</h2><img src='logo.png'>" for number in range(11)}
    found = by_id(Manual(write(tmp_path, pages, {"logo.png": (300, 100)}), name="m"))
    assert found == {"m/logo.png": LeftOut("m/logo.png", "repeated")}


def test_content_somewhere_is_content(tmp_path: Path) -> None:
    """An image that one page has in its navigation and another in its text is a document."""
    pages = {"a.html": "<nav><img src='x.png'></nav>", "b.html": "<p>t</p><img src='x.png'>"}
    (document,) = Manual(write(tmp_path, pages, {"x.png": (90, 90)}), name="m").documents()
    assert isinstance(document, ImageDocument)
    assert document.page == "b.html"


@pytest.mark.parametrize(
    "src", ["../secret.png", "/etc/passwd", "file:///etc/passwd", "link.png", "a/../../secret.png"]
)
def test_paths_stay_inside(tmp_path: Path, src: str) -> None:
    """A path that leaves the folder, by itself or by a link, is rejected, and the rest is read."""
    folder = write(tmp_path / "m", {"p.html": f"<img src='{src}'><img src='x.png'>"}, {"x.png": (90, 90)})
    Image.new("RGB", (90, 90)).save(tmp_path / "secret.png")
    (folder / "link.png").symlink_to(tmp_path / "secret.png")
    bad, good = Manual(folder, name="m").documents()
    assert isinstance(bad, RecordError)
    assert "leaves the source's folder" in bad.reason
    assert isinstance(good, ImageDocument)


def test_missing_image_is_rejected(tmp_path: Path) -> None:
    """An image that is not there is rejected with its page, and judged nowhere."""
    source = Manual(write(tmp_path, {"p.html": "<h2>T</h2><img src='gone.png'>"}, {}), name="m")
    (bad,) = source.documents()
    assert isinstance(bad, RecordError)
    assert bad.reason == "there is no such file: gone.png (on the page p.html)"
    assert list(source.judgements()) == []


def test_an_unreadable_page_is_rejected(tmp_path: Path) -> None:
    """A page without HTML stops nothing."""
    folder = write(tmp_path, {"a.html": "", "b.html": "<img src='x.png'>"}, {"x.png": (90, 90)})
    bad, good = Manual(folder, name="m").documents()
    assert isinstance(bad, RecordError)
    assert isinstance(good, ImageDocument)


def test_ids_survive_white_space(tmp_path: Path) -> None:
    """Qrels are separated by white space, so ids have none, and a name that looks encoded stays another one."""
    pages = {"p.html": "<img src='an%20owl.png'><img src='an%2520owl.png'>"}
    folder = write(tmp_path, pages, {"an owl.png": (90, 90), "an%20owl.png": (90, 90)})
    assert list(by_id(Manual(folder, name="m"))) == ["m/an%20owl.png", "m/an%2520owl.png"]


def test_languages(tmp_path: Path) -> None:
    """Captions of other languages go; an image that had only such is left out; unknown languages stay."""
    page = """<img src=a.png alt=Eule lang=de><img src=b.png alt=owl lang=en-GB><img src=c.png alt=?><img src=d.png>"""
    folder = write(tmp_path, {"p.html": page}, {f"{name}.png": (90, 90) for name in "abcd"})
    found = by_id(Manual(folder, name="m", languages=frozenset({"en"})))
    assert [type(item).__name__ for item in found.values()] == ["LeftOut", *["ImageDocument"] * 3]
