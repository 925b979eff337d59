"""The page, as an editor uses it: in headless Chromium, by mouse and by keyboard alone."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.program import run_program
from tests.service.conftest import Client, Serve

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch
    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
TEXT = "How is a rope tied to a post?"
TOKEN = "0123456789abcdef0123"

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
