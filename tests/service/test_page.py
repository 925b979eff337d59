"""The page, as an editor uses it: in headless Chromium, by mouse and by keyboard alone."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from PIL import Image

import mlsr_es
from mlsr_es.service import SectionStore
from mlsr_es.service.sections import titles_of
from mlsr_es.sources import open_source
from tests.program import run_program
from tests.rows import rows
from tests.service.conftest import Client, Serve

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch
    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
TEXT = "How is a rope tied to a post?"
TOKEN = "0123456789abcdef0123"
SCREENSHOTS = Path(__file__).parents[2] / "build" / "screenshots"
"""Where the page is left to be looked at; git ignores it."""

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: apt-get install chromium"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A window of its own; what its scripts complain of fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    assert complaints == []


@pytest.fixture(scope="module")
def served(serve: Serve, cluster_url: str, sample_index: str) -> Client:
    """A service of the sample's index."""
    return serve(cluster_url, sample_index)


def opened(page: Page, client: Client, rest: str = "") -> Page:
    page.goto(f"http://127.0.0.1:{client.port}/{rest}")
    page.wait_for_selector("#index option", state="attached")
    return page


def asked(page: Page, client: Client, text: str = TEXT) -> Page:
    opened(page, client)
    page.fill("#text", text)
    page.wait_for_selector(".image")
    return page


def ids(page: Page) -> list[str]:
    return page.locator(".image .id").all_inner_texts()


def settled(page: Page, before: list[str]) -> list[str]:
    """The images once they are others than before."""
    page.wait_for_function(
        "before => JSON.stringify([...document.querySelectorAll('.image .id')].map(e => e.textContent)) !== before",
        arg=json.dumps(before, separators=(",", ":"), ensure_ascii=False),
    )
    return ids(page)


def test_a_text_gives_images_with_their_reasons(page: Page, served: Client) -> None:
    """The same as the service gives; words are marked in the captions."""
    asked(page, served)
    expected = served.suggest(TEXT, size=24).json["images"]
    assert ids(page) == [image["id"] for image in expected]
    first = page.locator(".image").first
    assert first.locator(".why").inner_text().startswith("for ")
    assert {word.lower() for word in page.locator("mark").all_inner_texts()} & {"rope", "post", "tied"}
    assert f"of {served.suggest(TEXT).json['total']} that match" in page.inner_text("#status")


@pytest.mark.parametrize("width", [320, 768, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_it(width: int, scheme: str, browser: Browser, served: Client) -> None:
    """Axe finds nothing at any width and in both modes, and nothing is wider than the window."""
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
    page = asked(context.new_page(), served)
    found = Axe().run(page).response["violations"]
    assert [(each["id"], each["impact"]) for each in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.screenshot(path=SCREENSHOTS / f"{width}-{scheme}.png")
    context.close()


def test_words_are_struck_out_raised_and_added(page: Page, served: Client) -> None:
    """The ranking changes at once; a word that was struck out can be had back."""
    asked(page, served)
    before = ids(page)
    page.get_by_role("button", name="Strike out: rope", exact=True).click()
    struck = settled(page, before)
    assert struck == [image["id"] for image in served.suggest(TEXT, size=24, veto=["rope"]).json["images"]]
    page.get_by_role("button", name="Strike out: rope", exact=True).click()
    assert settled(page, struck) == before
    page.fill("#word", "owl")
    page.press("#word", "Enter")
    added = settled(page, before)
    assert any("owl" in each for each in added)
    page.get_by_role("button", name="Count double: post", exact=True).click()
    assert settled(page, added) != added


def test_a_question_has_an_address(page: Page, browser: Browser, served: Client) -> None:
    """Another window shows the same at that address: text, words, BM25 and what is left out."""
    asked(page, served)
    before = ids(page)
    page.get_by_role("button", name=f"Leave out {before[0]}", exact=True).click()
    settled(page, before)
    page.get_by_role("button", name="Strike out: post", exact=True).click()
    page.locator("#bm25").fill("1")
    page.wait_for_function("() => location.hash.includes('bm25=1')")
    page.wait_for_timeout(800)
    other = browser.new_page()
    other.goto(page.url)
    other.wait_for_selector(".image")
    assert ids(other) == ids(page)
    assert other.inner_text("#bm25-value") == "as the index advises"
    assert other.inner_text("#left-out span") == "1 image is left out."
    assert before[0] not in ids(other)
    other.close()


def test_a_reference_is_copied(browser: Browser, served: Client) -> None:
    """As wiki text, HTML and Markdown, with the caption."""
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = asked(context.new_page(), served)
    first = served.suggest(TEXT, size=1).json["images"][0]
    for name, begins in (("Wiki text", "[[File:"), ("HTML", '<img src="'), ("Markdown", "![")):
        page.get_by_role("button", name=f"Copy {first['id']} as {name}", exact=True).click()
        page.wait_for_function("text => document.querySelector('#status').textContent.includes(text)", arg=begins)
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied.startswith(begins)
        assert first["id"].rpartition("/")[2] in copied
        assert first["captions"][0][:20] in copied
    context.close()


def test_the_keyboard_alone_suffices(page: Page, served: Client) -> None:
    """From the first field to a word that is struck out; the focus stays where it was."""
    opened(page, served)
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.type(TEXT)
    page.wait_for_selector(".image")
    before = ids(page)
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.dataset.key ?? ''") == "Strike out rope":
            break
    page.keyboard.press("Enter")
    settled(page, before)
    assert page.evaluate("document.activeElement.dataset.key") == "Strike out rope"


def test_a_section_is_picked_by_its_titles(page: Page, serve: Serve, cluster_url: str, sample_index: str) -> None:
    """All of it is asked; images of its own page can be left out, and the address keeps it."""
    source = open_source("sample")
    client = serve(cluster_url, sample_index, sections=SectionStore(source.sections()))
    wanted = next(each for each in source.sections() if each.section_title)
    opened(page, client)
    page.fill("#section", wanted.section_title[:4].lower())
    page.wait_for_function(
        "title => [...document.querySelectorAll('#sections option')].some(each => each.value.includes(title))",
        arg=wanted.section_title,
    )
    titles = page.locator("#sections option").evaluate_all("options => options.map(each => each.value)")
    title = next(each for each in titles if wanted.section_title in each)
    page.fill("#section", title)
    page.wait_for_selector(".image")
    picked = next(each for each in source.sections() if titles_of(each) == title)
    assert page.input_value("#text") == picked.text
    with mlsr_es.Suggester(sample_index, es_url=cluster_url) as images:
        assert ids(page) == [image.id for image in images.suggest(picked, size=24)]
    before = ids(page)
    page.check("#elsewhere")
    elsewhere = settled(page, before)
    assert picked.page not in {client.get(f"/v1/images/{quote(each, safe='')}").json["page"] for each in elsewhere}
    other = page.context.new_page()
    other.goto(page.url)
    other.wait_for_selector(".image")
    assert ids(other) == ids(page)


def test_images_like_one_and_back(page: Page, served: Client) -> None:
    """The text stays where it is meanwhile."""
    asked(page, served)
    before = ids(page)
    page.get_by_role("button", name=f"More like {before[1]}", exact=True).click()
    like = settled(page, before)
    expected = served.ask("POST", "/v1/suggest", {"like": before[1], "size": 24}).json["images"]
    assert like == [image["id"] for image in expected]
    assert page.inner_text("#likeness span") == f"Images like {before[1]}."
    page.get_by_role("button", name="Back to the text").click()
    assert settled(page, like) == before


def test_sections_are_found_by_the_caption_of_an_image(
    page: Page, serve: Serve, cluster_url: str, sample_index: str, tmp_path: Path
) -> None:
    """In an index of sections: nothing is said of pictures, and what only a section has is not asked."""
    name = f"{sample_index}-by-caption"
    into = ("--index", name, "--es-url", cluster_url, "--rejects", str(tmp_path / "rejects.ndjson"))
    assert run_program("index", "sample", "--sections", *into).code == 0
    opened(page, serve(cluster_url, sample_index, name))
    page.fill("#page_title", "Whales")
    page.select_option("#index", name)
    page.fill("#text", "A bowline knot")
    page.wait_for_selector(".image")
    assert page.inner_text("#status").startswith("24 sections of ")
    with mlsr_es.Suggester(name, es_url=cluster_url) as sections:
        assert ids(page) == [hit.id for hit in sections.suggest("A bowline knot", size=24)]
    assert page.title() == page.inner_text("h1") == "Sections for an image"
    hidden = page.locator("#page_title, #width, .picture, [data-copy], .open")
    assert not any(each.is_visible() for each in hidden.all())
    assert page.get_by_label("Caption", exact=True).is_visible()
    page.screenshot(path=SCREENSHOTS / "sections.png", full_page=True)
    page.select_option("#index", sample_index)
    page.wait_for_selector("#page_title", state="visible")
    assert page.title() == "Images for a text"


def test_why_an_image_is_not_shown(page: Page, served: Client) -> None:
    """Asked by its id, in a sentence; an id that is none is said too."""
    asked(page, served)
    last = served.suggest(TEXT, size=63).json["images"][-1]["id"]
    page.get_by_text("Why is an image not shown?").click()
    page.fill("#missing-id", last)
    page.press("#missing-id", "Enter")
    page.wait_for_function("() => document.querySelector('#why-not').textContent.includes('It is number')")
    page.fill("#missing-id", "none")
    page.press("#missing-id", "Enter")
    page.wait_for_function("() => document.querySelector('#why-not').textContent.includes('holds no image')")


def test_copies_are_shown_once_and_can_be_looked_at(
    page: Page, serve: Serve, client: Elasticsearch, cluster_url: str, index_name: str
) -> None:
    """A card says how many copies it stands for."""
    client.indices.create(index=index_name, mappings={"properties": {"name": {"type": "text"}}})
    for number in range(4):
        client.index(index=index_name, id=f"a b/{number}.png", document={"name": "A rope on a post"}, refresh=True)
    assert run_program("enrich", index_name, "--caption-field", "name", "--es-url", cluster_url).code == 0
    asked(page, serve(cluster_url, index_name))
    assert page.locator(".image").count() == 4
    page.check("#distinct")
    page.get_by_text("3 alike").click()
    assert page.locator(".image").count() == 1
    page.locator(".alike li").nth(2).wait_for()
    assert page.locator(".alike li").count() == 3


def test_filters_are_those_of_the_index(
    page: Page, serve: Serve, client: Elasticsearch, cluster_url: str, index_name: str
) -> None:
    """A field with few values is a choice, such as a licence that its owner has mapped."""
    client.indices.create(
        index=index_name, mappings={"properties": {"name": {"type": "text"}, "licence": {"type": "keyword"}}}
    )
    for number, licence in enumerate(("CC0", "CC0", "CC BY-SA 4.0")):
        document = {"name": f"A rope on a post {number}", "licence": licence}
        client.index(index=index_name, id=str(number), document=document, refresh=True)
    assert run_program("enrich", index_name, "--caption-field", "name", "--es-url", cluster_url).code == 0
    asked(page, serve(cluster_url, index_name, filter_fields=("licence",)))
    before = ids(page)
    page.get_by_label("Licence").select_option("CC BY-SA 4.0")
    assert settled(page, before) == ["2"]
    assert page.get_by_label("Licence").locator("option").all_inner_texts() == ["any", "CC0 (2)", "CC BY-SA 4.0 (1)"]


def test_images_are_filtered_by_their_format(
    page: Page, serve: Serve, cluster_url: str, index_name: str, tmp_path: Path
) -> None:
    """Where an index has several."""
    photograph = BytesIO()
    Image.new("RGB", (60, 40), "red").save(photograph, "JPEG")
    captions = {"a": "A rope on a post", "b": "A rope on a boat", "c": "A rope"}
    source = rows(tmp_path / "ropes.jsonl", captions, b=photograph.getvalue())
    assert run_program("index", str(source), "--index", index_name, "--es-url", cluster_url).code == 0
    asked(page, serve(cluster_url, index_name))
    before = ids(page)
    page.get_by_label("Format").select_option("jpeg")
    assert settled(page, before) == ["b"]
    assert page.get_by_label("Format").locator("option").all_inner_texts() == ["any", "png (2)", "jpeg (1)"]


def test_scripts_in_documents_are_shown_and_never_run(
    page: Page, serve: Serve, client: Elasticsearch, cluster_url: str, index_name: str
) -> None:
    """Whatever stands in captions, titles and ids; a caption from right to left is shown so."""
    client.indices.create(index=index_name, mappings={"properties": {"name": {"type": "text"}}})
    bad = "rope <script>window.ran = 1</script> <img src=x onerror='window.ran = 1'>"
    client.index(index=index_name, id="<img src=x onerror=window.ran=1>", document={"name": bad})
    client.index(index=index_name, id="2", document={"name": "حبل rope"}, refresh=True)
    assert run_program("enrich", index_name, "--caption-field", "name", "--es-url", cluster_url).code == 0
    asked(page, serve(cluster_url, index_name), "rope <script>window.ran = 1</script>")
    page.wait_for_selector("text=No picture")
    assert page.evaluate("window.ran") is None
    assert "<img src=x onerror=window.ran=1>" in ids(page)
    assert "<script>window.ran = 1</script>" in page.inner_text("#images")
    right = page.locator(".caption", has_text="حبل")
    assert right.evaluate("element => getComputedStyle(element).direction") == "rtl"


def test_a_problem_is_said_in_a_sentence(page: Page, served: Client, serve: Serve, closed_port: int) -> None:
    """A word that the query lacks, a query in another language, a cluster that is gone."""
    asked(page, served, "Wie bindet man ein Seil an einen Pfahl?")
    assert "The query seems to be German" in page.inner_text("#status")
    gone = serve(f"http://127.0.0.1:{closed_port}", "any")
    page.goto(f"http://127.0.0.1:{gone.port}/")
    page.wait_for_function("() => document.querySelector('#status').textContent.includes('cluster does not answer')")


def test_a_token_is_asked_for_where_the_service_has_one(
    page: Page, serve: Serve, cluster_url: str, sample_index: str
) -> None:
    """Once, for this window."""
    client = serve(cluster_url, sample_index, token=TOKEN)
    page.goto(f"http://127.0.0.1:{client.port}/")
    page.wait_for_selector("#access:not([hidden])")
    page.fill("#token", TOKEN)
    page.press("#token", "Enter")
    page.wait_for_selector("#index option", state="attached")
    page.fill("#text", TEXT)
    page.wait_for_selector(".image")
    assert page.locator("#access").is_hidden()
