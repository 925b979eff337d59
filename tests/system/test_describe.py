"""Images that nobody wrote a caption for are found by what stands in them, and it is said so."""

from __future__ import annotations

from pathlib import Path

import pytest
from elasticsearch import Elasticsearch
from PIL import Image, ImageDraw, ImageFont

from tests.program import run_program

TEXTS = {"dialog-one": "Unsharp Mask Radius Amount", "dialog-two": "Gaussian Blur Horizontal Vertical"}


@pytest.fixture(scope="module")
def screenshots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two dialogs and a blank picture, without a word about any of them."""
    folder = tmp_path_factory.mktemp("pictures") / "screens"
    folder.mkdir()
    for name, text in TEXTS.items():
        picture = Image.new("RGB", (520, 120), "#eeeeee")
        ImageDraw.Draw(picture).text((20, 40), text, fill="black", font=ImageFont.load_default(26))
        picture.save(folder / f"{name}.png")
    Image.new("RGB", (200, 100), "navy").save(folder / "17.png")
    return folder


@pytest.fixture
def index(cluster_url: str, index_name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An index's name; the program reaches its cluster, and keeps what it reads in a folder of its own."""
    monkeypatch.setenv("ES_URL", cluster_url)
    monkeypatch.setenv("MLSR_ES_HOME", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    return index_name


def test_text_in_images_is_searched_and_named(index: str, screenshots: Path) -> None:
    """By the model and by BM25; each hit says which words were read in the image."""
    ran = run_program("index", str(screenshots), "--index", index, "--describe", "text,name", "--json")
    assert (ran.code, ran.json["encoded"], ran.json["left_out"]) == (0, 2, {"no caption": 1})
    found = run_program("search", "How strong is the unsharp mask?", "--index", index, "--explain", "--json").json
    best = found["hits"][0]
    assert best["id"] == "screens/dialog-one.png"
    assert best["source"]["caption"] == {"name": ["dialog one"], "read": [TEXTS["dialog-one"]]}
    assert best["found_in"]["unsharp"] == "read"
    shown = run_program("search", "gaussian dialog", "--index", index, "--explain").stdout
    assert "[name] dialog two | [read] Gaussian Blur Horizontal Vertical" in shown
    assert "read in the image: gaussian" in shown
    assert "in the file's name: dialog" in shown
    words_alone = run_program("search", "vertical", "--index", index, "--hybrid", "caption_stems:1", "--json").json
    assert words_alone["hits"][0]["id"] == "screens/dialog-two.png"


def test_captions_of_people_are_apart(index: str, screenshots: Path) -> None:
    """``caption_all`` has none of what machines made, and the doctor says how much that is."""
    run_program("index", str(screenshots), "--index", index, "--describe", "text")
    found = run_program("search", "gaussian", "--index", index, "--hybrid", "caption_all:1", "--json").json
    assert "bm25" not in found["hits"][0] or found["hits"][0]["bm25"] == pytest.approx(0, abs=1e-5)
    told = {line["about"]: line for line in run_program("doctor", "--index", index, "--json").json["findings"]}
    assert "of 2 images 2 have only what machines found" in told["captions"]["says"]


def test_without_describers_it_says_what_would_help(index: str, screenshots: Path, tmp_path: Path) -> None:
    """Nothing is looked at that nobody asked for."""
    ran = run_program("index", str(screenshots), "--index", index, "--describe", "none")
    assert ran.code == 2
    assert "no caption" in ran.stderr
    captioned = tmp_path / "captioned.jsonl"
    captioned.write_text('{"id": "1", "caption": "An owl"}\n{"id": "2", "caption": ""}\n')
    ran = run_program("index", str(captioned), "--index", index, "--describe", "none")
    assert "nothing says what they show: 1. --describe text,name adds what stands in them" in ran.stderr


def test_what_is_no_describer_is_said_at_once(index: str, screenshots: Path) -> None:
    """Before anything is read or loaded."""
    ran = run_program("index", str(screenshots), "--index", index, "--describe", "ocr")
    assert ran.code == 2
    assert "--describe does not know 'ocr'" in ran.stderr
    assert "text (what can be read in the image)" in ran.stderr


def test_a_later_run_adds_what_the_one_before_added(index: str, screenshots: Path) -> None:
    """Who leaves --describe out loses nothing; who names another gets that."""
    run_program("index", str(screenshots), "--index", index, "--describe", "text,name")
    again = run_program("index", str(screenshots), "--index", index, "--json")
    assert (again.json["encoded"], again.json["unchanged"]) == (0, 2)
    assert "As in the run before: --describe text,name." in again.stderr
    other = run_program("index", str(screenshots), "--index", index, "--describe", "name", "--json")
    assert other.json["encoded"] == 2
    assert run_program("index", str(screenshots), "--index", index, "--json").json["unchanged"] == 2


def test_the_images_of_an_owners_index_are_read_too(index: str, client: Elasticsearch, screenshots: Path) -> None:
    """In place and beside it; the run after remembers it, as it does the fields."""
    for number, name in enumerate((*TEXTS, "17"), 1):
        client.index(index=index, id=str(number), document={"name": "A screen", "photo": f"{name}.png"})
    client.indices.refresh(index=index)
    fields = ("--caption-field", "name", "--image-field", "photo", "--image-folder", str(screenshots))
    for into in ((), ("--into", f"{index}-beside")):
        target = into[-1] if into else index
        ran = run_program("enrich", index, *fields, "--describe", "text", *into, "--json")
        assert (ran.code, ran.json["encoded"]) == (0, 3), ran.stderr
        found = run_program("search", "gaussian blur", "--index", target, "--json").json
        assert found["hits"][0]["id"] == "2"
        again = run_program("enrich", index, "--image-folder", str(screenshots), *into, "--json")
        assert (again.json["encoded"], again.json["unchanged"]) == (0, 3)
        assert "As in the run before: --describe text." in again.stderr
    lacks = run_program("enrich", index, "--caption-field", "name", "--describe", "text", "--into", f"{index}-third")
    assert lacks.code == 2
