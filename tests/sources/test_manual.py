"""A folder of pages as a collection."""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from mlsr_es.collection import ImageDocument, ImageFile, Judgement
from mlsr_es.errors import RecordError, StorageError
from mlsr_es.progress import Silent
from mlsr_es.sources import Header, LeftOut, header_of
from mlsr_es.sources.manual import AS_PUBLISHED, Manual
from mlsr_es.sources.page import Page, read_page


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
    """An image on several pages has the captions of all places, its first page, and a judgement for each section."""
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


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of pages and images, each as often as it is read."""
    names: list[str] = []

    def reading(content: bytes, page: str, **others: Any) -> Page:
        names.append(page)
        return read_page(content, page, **others)

    def looking(image: ImageFile) -> Header:
        names.append(image.name)
        return header_of(image)

    monkeypatch.setattr("mlsr_es.sources.manual.read_page", reading)
    monkeypatch.setattr("mlsr_es.sources.manual.header_of", looking)
    return names


def test_everything_is_read_once(tmp_path: Path, read: list[str]) -> None:
    """Opening reads nothing; later each page and image is read once, even for other languages."""
    pages = {"a.html": "<h2>A</h2><img src=x.png alt=owl lang=en>", "b.html": "<h2>B</h2><img src=x.png>"}
    source = Manual(write(tmp_path, pages, {"x.png": (90, 90)}), name="m")
    german = source.in_languages(frozenset({"de"}))
    assert read == []
    assert source.count() == 1
    assert read == ["a.html", "x.png", "b.html"]
    assert [judgement.section_id for judgement in source.judgements()] == ["a.html#1", "b.html#1"]
    assert list(german.judgements()) == []
    assert list(german.documents()) == [LeftOut("m/x.png", "language")]
    assert len([*source.sections(), *source.documents(), *source.documents()]) == 4
    assert read == ["a.html", "x.png", "b.html"]


def test_a_manual_is_read_in_several_threads_at_once(tmp_path: Path, read: list[str]) -> None:
    """Several threads all get the whole manual; the first one reads the pages and the others wait."""
    pages = {f"{number:03}.html": f"<h2>T</h2><img src={number}.png>" for number in range(300)}
    source = Manual(write(tmp_path, pages, {f"{number}.png": (90, 90) for number in range(300)}), name="m")
    expected = [f"m/{number}.png" for number in range(300)]
    with ThreadPoolExecutor(4) as pool:
        lists = [pool.submit(list, by_id(source)) for _ in range(2)]
        counts = [pool.submit(source.count) for _ in range(2)]
    assert [found.result() for found in lists] == [expected, expected]
    assert [found.result() for found in counts] == [300, 300]
    assert sorted(name for name in read if name.endswith(".html")) == sorted(pages)


def test_two_readings_are_under_way_at_once(tmp_path: Path) -> None:
    """Two iterations at the same time do not disturb each other."""
    folder = write(tmp_path, {"p.html": "<img src=a.png><img src=b.png>"}, {"a.png": (90, 90), "b.png": (90, 90)})
    source = Manual(folder, name="m")
    pairs = list(zip(source.documents(), source.documents(), strict=True))
    assert [first == second for first, second in pairs] == [True, True]


def test_reading_the_pages_is_reported(tmp_path: Path) -> None:
    """Reading the pages reports their number, and each page."""
    told: list[tuple[object, ...]] = []

    class Told(Silent):
        def start(self, stage: str, total: int | None = None, unit: str = "") -> None:
            told.append((stage, total, unit))

        def advance(self, stage: str, count: int = 1) -> None:
            told.append((stage, count))

    folder = write(tmp_path, {"a.html": "<p>A</p>", "b.html": ""}, {})
    assert Manual(folder, name="m", progress=Told()).count() == 1
    assert told == [("Reading pages", 2, "pages"), ("Reading pages", 1), ("Reading pages", 1)]


def test_a_page_whose_name_is_no_utf_8_is_rejected(tmp_path: Path) -> None:
    """A page whose name is not UTF-8 is rejected, and the others are read."""
    folder = write(tmp_path, {"p.html": "<img src=x.png>"}, {"x.png": (90, 90)})
    try:
        (folder / os.fsdecode(b"\xff.html")).write_text("<p>t</p>")
    except OSError:
        pytest.skip("this file system has no such names")
    bad, good = Manual(folder, name="m").documents()
    assert isinstance(bad, RecordError)
    assert bad.record_id == "%FF.html"
    assert isinstance(good, ImageDocument)


def test_a_page_with_thousands_of_images(tmp_path: Path) -> None:
    """Each of thousands of images on a page is a document, with its captions in the page's order."""
    page = "".join(f"<img src={number % 1500}.png alt='{number}'>" for number in range(3000))
    found = by_id(Manual(write(tmp_path, {"p.html": f"<p>{page}</p>"}, {"7.png": (90, 90)}), name="m"))
    assert list(found) == [f"m/{number}.png" for number in range(1500)]
    document = found["m/7.png"]
    assert isinstance(document, ImageDocument)
    assert [caption.text for caption in document.captions] == ["7", "1507"]


def test_no_room_for_what_the_pages_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk is reported with advice, and the pages are read again later."""
    source = Manual(write(tmp_path, {"p.html": "<img src=x.png>"}, {"x.png": (90, 90)}), name="m")
    with monkeypatch.context() as patch:
        patch.setattr("mlsr_es.sources.page_store._TABLES", "PRAGMA max_page_count = 1; CREATE TABLE t (a)")
        with pytest.raises(StorageError, match=r"cannot be kept .* full\. Make room there.*SQLITE_TMPDIR"):
            source.count()
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
    """An image on more than ten pages and more than a tenth of all pages is left out."""
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
    """A missing image is rejected with its page, and has no judgement."""
    source = Manual(write(tmp_path, {"p.html": "<h2>T</h2><img src='gone.png'>"}, {}), name="m")
    (bad,) = source.documents()
    assert isinstance(bad, RecordError)
    assert bad.reason == "there is no such file: gone.png (on the page p.html)"
    assert list(source.judgements()) == []


def test_an_unreadable_page_is_rejected(tmp_path: Path) -> None:
    """A page without HTML is rejected, and the others are read."""
    folder = write(tmp_path, {"a.html": "", "b.html": "<img src='x.png'>"}, {"x.png": (90, 90)})
    bad, good = Manual(folder, name="m").documents()
    assert isinstance(bad, RecordError)
    assert isinstance(good, ImageDocument)


def test_ids_survive_white_space(tmp_path: Path) -> None:
    """A space in a name stays in its id, and a name that looks encoded has another id."""
    pages = {"p.html": "<img src='an%20owl.png'><img src='an%2520owl.png'>"}
    folder = write(tmp_path, pages, {"an owl.png": (90, 90), "an%20owl.png": (90, 90)})
    assert list(by_id(Manual(folder, name="m"))) == ["m/an owl.png", "m/an%2520owl.png"]


def test_languages(tmp_path: Path) -> None:
    """Captions in other languages are dropped, and images without any other are left out; unknown languages stay."""
    page = """<img src=a.png alt=Eule lang=de><img src=b.png alt=owl lang=en-GB><img src=c.png alt=?><img src=d.png>"""
    folder = write(tmp_path, {"p.html": page}, {f"{name}.png": (90, 90) for name in "abcd"})
    found = by_id(Manual(folder, name="m").in_languages(frozenset({"en"})))
    assert [type(item).__name__ for item in found.values()] == ["LeftOut", *["ImageDocument"] * 3]


def gallery(images: int, words: int) -> str:
    shown = "".join(f"<p><img src={number}.png></p>" for number in range(images))
    return f"<h2 id=s>Birds</h2><p>{'bird ' * words}</p>{shown}"


@pytest.mark.parametrize(("images", "words", "topics"), [(13, 64, 0), (13, 65, 1), (12, 0, 1)])
def test_a_gallery_is_no_topic(tmp_path: Path, images: int, words: int, topics: int) -> None:
    """A section of over twelve images and under five words for each is no topic; its images stay documents."""
    sizes = {f"{number}.png": (90, 90) for number in range(images)}
    source = Manual(write(tmp_path, {"p.html": gallery(images, words)}, sizes), name="m")
    assert len({judgement.section_id for judgement in source.judgements()}) == topics
    assert len(list(source.galleries())) == 1 - topics
    assert len(by_id(source)) == images


def test_the_name_of_the_site_is_no_part_of_titles(tmp_path: Path) -> None:
    """What the titles of all pages share is cut from them."""
    pages = {f"{name}.html": f"<title>{name} - Birds</title><p>t</p>" for name in ("Ants", "Bees", "Owls")}
    source = Manual(write(tmp_path, pages, {}), name="m")
    assert [section.page_title for section in source.sections()] == ["Ants", "Bees", "Owls"]


def test_the_reading_of_published_figures(tmp_path: Path) -> None:
    """A collection of published figures has no rules for captions, whole titles, and galleries as topics."""
    pages = {f"{name}.html": f"<title>{name} - Birds</title>{gallery(13, 1)}" for name in "abc"}
    pages["d.html"] = "<title>d - Birds</title><center><img src=d.png><br>An owl</center>"
    folder = write(tmp_path, pages, {f"{number}.png": (90, 90) for number in [*range(13), "d"]})
    usual, published = Manual(folder, name="m"), Manual(folder, name="m", reading=AS_PUBLISHED)
    assert {section.page_title for section in usual.sections()} == set("abcd")
    assert {section.page_title for section in published.sections()} == {f"{name} - Birds" for name in "abcd"}
    assert len(list(usual.judgements())) == 1
    assert [judgement.image_id for judgement in published.judgements()][-1] == "m/d.png"
    captions = [source_captions(source, "m/d.png") for source in (usual, published)]
    assert captions == [["An owl"], []]


def source_captions(source: Manual, image_id: str) -> list[str]:
    document = by_id(source)[image_id]
    assert isinstance(document, ImageDocument)
    return [caption.text for caption in document.captions]


def test_root(tmp_path: Path) -> None:
    """With a wider root, images beside the pages' folder are read, by address or by link, and nothing outside it."""
    folder = write(
        tmp_path,
        {"site/en/p.html": "<img src=../images/a.png><img src=common/b.png><img src=../../c.png>"},
        {"site/images/a.png": (90, 90), "site/common/b.png": (90, 90), "c.png": (90, 90)},
    )
    (folder / "site/en/common").symlink_to("../common")
    alone = by_id(Manual(folder / "site/en", name="m"))
    assert [item.reason.partition(":")[0] for item in alone.values() if isinstance(item, RecordError)] == [
        "its path leaves the source's folder",
        "a link that leaves the source's folder",
        "its path leaves the source's folder",
    ]
    wider = by_id(Manual(folder / "site/en", name="m", root=folder / "site"))
    assert {key: type(item).__name__ for key, item in wider.items()} == {
        "m/images/a.png": "ImageDocument",
        "m/en/common/b.png": "ImageDocument",
        "m/../c.png": "RecordError",
    }
    assert [section.page for section in Manual(folder / "site/en", name="m", root=folder / "site").sections()] == [
        "en/p.html"
    ]


def test_addresses_from_the_top_of_the_site(tmp_path: Path) -> None:
    """An address that begins with a slash counts from the source's folder, even if the site is below a host's top."""
    html = "<img src=/images/a.png><img src=/docs/images/b.png><img src=/gone.png>"
    folder = write(tmp_path, {"deep/p.html": html}, {"images/a.png": (90, 90), "images/b.png": (90, 90)})
    kinds = {key: type(item).__name__ for key, item in by_id(Manual(folder, name="m")).items()}
    assert kinds == {"m/images/a.png": "ImageDocument", "m/images/b.png": "ImageDocument", "m//gone.png": "RecordError"}
