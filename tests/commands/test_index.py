"""``mlsr-es index``: what is printed, and the exit codes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from elasticsearch import Elasticsearch
from PIL import Image

from mlsr_es.elastic.reading import count
from mlsr_es.encoders import model_name
from mlsr_es.sources.page import Page, read_page
from tests.program import Ran, run_program
from tests.rows import rows

BIRDS = {"1": "An owl on a branch", "2": "A heron in the reeds", "3": "A robin in the snow"}


@pytest.fixture
def birds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of three birds, in the folder where the program is run."""
    monkeypatch.chdir(tmp_path)
    return rows(tmp_path / "birds.jsonl", BIRDS)


@pytest.fixture
def index(cluster_url: str, index_name: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """An index's name; the program reaches its cluster."""
    monkeypatch.setenv("ES_URL", cluster_url)
    return index_name


def index_into(index: str, source: Path, *options: str) -> Ran:
    return run_program("index", str(source), "--index", index, *options)


def test_the_summary_adds_up(birds: Path, index: str) -> None:
    """A table on stdout, speeds on stderr; a second time, everything is unchanged."""
    first = index_into(index, birds)
    assert first.code == 0
    assert [line.split()[-1] for line in first.stdout.splitlines() if line.startswith(("read", "encoded"))] == [
        "3",
        "3",
    ]
    assert f"{index} ({index}-v0001, mlsr.terms): " in first.stderr
    assert "reading " in first.stderr
    again = index_into(index, birds, "--json")
    assert again.code == 0
    told = again.json
    assert (told["read"], told["encoded"], told["unchanged"], told["rejected"]) == (3, 0, 3, {})
    assert told["version"] == f"{index}-v0001"


def test_bad_records_are_told_and_do_not_stop_the_run(birds: Path, index: str, client: Elasticsearch) -> None:
    """The exit code is 3; each is in the file that is named, with its reason."""
    rows(birds, {**BIRDS, "4": "A torn picture of a wren"}, **{"4": b"no image"})
    with birds.open("a") as file:
        file.write("nonsense\n")
    ran = index_into(index, birds)
    assert ran.code == 3
    rejects = Path(f"{index}-rejects.ndjson")
    assert f"Rejected records are in {rejects}, each with its reason." in ran.stderr
    assert "Traceback" not in ran.stderr
    reasons = {row["id"]: row["reason"] for row in map(orjson.loads, rejects.read_bytes().splitlines())}
    assert reasons.keys() == {"4", "birds.jsonl:5"}
    assert reasons["4"] == "it is no image that is read (SVG, PNG, JPEG, GIF, WEBP, TIFF, BMP, AVIF)"
    assert reasons["birds.jsonl:5"].startswith("the line is no JSON")
    assert count(client, index) == 3


def test_strict_stops_at_the_first_bad_record(birds: Path, index: str) -> None:
    """The user's input is at fault."""
    rows(birds, BIRDS, **{"2": b"no image"})
    ran = index_into(index, birds, "--strict")
    assert (ran.code, ran.stdout) == (2, "")
    assert ran.stderr.startswith("error: the record 2 is bad: decode: it is no image")
    assert "run without --strict" in ran.stderr


def test_a_run_that_fails_leaves_the_rejects_of_the_one_before(birds: Path, index: str) -> None:
    """What they say is still to be mended; a run that ends well without rejects removes them."""
    rows(birds, BIRDS, **{"2": b"no image"})
    assert index_into(index, birds).code == 3
    rejects = Path(f"{index}-rejects.ndjson")
    before = rejects.read_bytes()
    assert index_into(index, birds, "--strict").code == 2
    assert index_into(index, birds.with_name("gone.jsonl")).code == 2
    assert rejects.read_bytes() == before
    rows(birds, BIRDS)
    assert index_into(index, birds).code == 0
    assert not rejects.exists()


def test_a_dry_run_shows_and_writes_nothing(birds: Path, index: str, client: Elasticsearch) -> None:
    """The mapping, one bulk action, and what would become of the first batch."""
    ran = index_into(index, birds, "--dry-run")
    assert ran.code == 0
    assert '"type": "rank_features"' in ran.stdout
    assert '{"index":{"_id":"1"}}' in ran.stdout
    assert "Nothing was written. Of a first batch of 3 images 3 would be stored" in ran.stderr
    assert "a new version of the index will be built" in ran.stderr
    told = index_into(index, birds, "--dry-run", "--json").json
    assert (told["would"], told["action"]) == ("a new version of the index will be built", {"index": {"_id": "1"}})
    assert told["document"]["mlsr"]["top_terms"]
    assert not client.indices.exists(index=f"{index}*", allow_no_indices=False)


def test_a_dry_run_says_what_would_be_rejected(birds: Path, index: str) -> None:
    """That is what a dry run is for."""
    rows(birds, {"1": BIRDS["1"], "2": "a torn one"}, **{"2": b"no image"})
    ran = index_into(index, birds, "--dry-run")
    assert "would be rejected: decode: 2: it is no image that is read" in ran.stderr


def test_thumbnails_are_stored_where_they_are_wanted(birds: Path, index: str, client: Elasticsearch) -> None:
    """To ask for them later is a change of every document."""
    index_into(index, birds)
    assert "thumbnail" not in client.get(index=index, id="1")["_source"]
    assert index_into(index, birds, "--thumbnails", "--json").json["encoded"] == 3
    assert client.get(index=index, id="1")["_source"]["thumbnail"].startswith("data:image/jpeg;base64,")


def test_each_page_of_a_manual_is_parsed_once(tmp_path: Path, index: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its images, its sections and the balance of BM25 come from one reading."""
    for number in range(12):
        text = "How an owl listens for mice below the snow, and catches them."
        html = f"<html lang=en><h1>Owls</h1><p>{text}</p><img src={number}.png alt='An owl'>"
        (tmp_path / f"{number:02}.html").write_text(html)
        Image.new("RGB", (90, 90)).save(tmp_path / f"{number}.png")
    parsed: list[str] = []

    def counting(content: bytes, page: str, **others: Any) -> Page:
        parsed.append(page)
        return read_page(content, page, **others)

    monkeypatch.setattr("mlsr_es.sources.manual.read_page", counting)
    done = index_into(index, tmp_path, "--rejects", str(tmp_path / "rejects"), "--json").json
    assert (done["encoded"], done["hybrid"] is not None) == (12, True)
    assert parsed == [f"{number:02}.html" for number in range(12)]


def test_words_of_the_page_stand_in_for_captions_on_request(
    tmp_path: Path, index: str, client: Elasticsearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With --stand-ins an image without a caption has words of its page, and an evaluation says that this leaks."""
    monkeypatch.chdir(tmp_path)
    site = tmp_path / "site"
    site.mkdir()
    Image.new("RGB", (90, 90)).save(site / "a.png")
    Image.new("RGB", (90, 90), "red").save(site / "b.png")
    text = "The heron stands in the reeds all day, and waits for a fish to come near enough to be caught."
    (site / "p.html").write_text(
        f"<html lang=en><h2 id=h>Herons</h2><p>{text}</p><p><img src=a.png></p><h2>Owls</h2><img src=b.png alt=owl>"
    )
    assert run_program("collection", "export", str(site), "-o", "out").code == 0
    assert index_into(index, site, "--collection", "birds").code == 0
    files = ("--topics", "out/topics.jsonl", "--qrels", "out/qrels.txt")
    Path("out/qrels.txt").write_text("p.html#h 0 birds/a.png 1\n")
    assert index_into(index, site, "--collection", "birds", "--stand-ins").code == 0
    client.indices.refresh(index=index)
    stored = client.get(index=index, id="birds/a.png").body["_source"]["caption"]
    assert stored == {"introduction": [text], "heading": ["Herons"]}
    ran = run_program("evaluate", "--index", index, *files)
    assert ran.code == 0, ran.stderr
    assert "It leaks: 1 judgements are of images that only words of their own page describe" in ran.stderr


def test_captions_that_the_model_does_not_read_leave_nothing_to_index(tmp_path: Path, index: str) -> None:
    """Which is said before anything is made in the cluster."""
    (tmp_path / "p.html").write_text("<html lang=de><img src=x.png alt=Eule>")
    Image.new("RGB", (90, 90)).save(tmp_path / "x.png")
    ran = index_into(index, tmp_path)
    assert ran.code == 2
    assert "holds no image to index: all 1 are left out by rule" in ran.stderr


def test_a_drawing_is_stored_with_the_size_that_its_file_says(
    tmp_path: Path, index: str, client: Elasticsearch
) -> None:
    """And not with the one at which the model is shown it."""
    (tmp_path / "owl.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="1920" height="1080"/>')
    (tmp_path / "owl.txt").write_text("An owl on a branch")
    assert index_into(index, tmp_path).code == 0
    stored = client.get(index=index, id=f"{tmp_path.name}/owl.svg")["_source"]
    assert (stored["width"], stored["height"]) == (1920, 1080)


def test_images_that_left_the_source_are_removed_on_request(birds: Path, index: str, client: Elasticsearch) -> None:
    """And said to be."""
    index_into(index, birds)
    rows(birds, {"1": BIRDS["1"]})
    assert index_into(index, birds).code == 0
    ran = index_into(index, birds, "--prune-missing")
    assert "Removed because they left birds: 2." in ran.stderr
    assert count(client, index) == 1


def test_nothing_is_removed_after_a_row_that_cannot_be_read(birds: Path, index: str, client: Elasticsearch) -> None:
    """And why not is said."""
    index_into(index, birds)
    birds.write_text(birds.read_text().splitlines()[0] + "\nnonsense\n")
    ran = index_into(index, birds, "--prune-missing")
    assert ran.code == 3
    assert "Nothing was pruned: 1 records could not be read" in ran.stderr
    assert count(client, index) == 3


def test_another_model_waits_for_the_other_collections(birds: Path, index: str, other_model: Path) -> None:
    """The user is told which, and what to do."""
    index_into(index, birds)
    index_into(index, rows(birds.with_name("boats.jsonl"), {"b": "A boat with a red sail"}))
    ran = index_into(index, birds, "--model", str(other_model))
    assert ran.code == 0
    assert f"{index}-v0002 is complete for birds, and waits: boats would be missing" in ran.stderr
    done = index_into(index, birds.with_name("boats.jsonl"), "--model", str(other_model), "--json").json
    assert (done["promoted"], done["version"]) == (True, f"{index}-v0002")


def test_a_model_is_found_again_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its folder is remembered whole; a name that is no folder's, and the shipped model's, as it is."""
    monkeypatch.chdir(tmp_path)
    for name in ("mine", "demo"):
        (tmp_path / name).mkdir()
    assert model_name("mine") == str(tmp_path / "mine")
    assert model_name("owner/name") == "owner/name"
    assert model_name("demo") == "demo"  # also beside a folder of that name, which is not what is loaded


def test_captions_in_another_language_are_told(tmp_path: Path, index: str) -> None:
    """By a run, a dry run, and in JSON; the images are indexed, since a language is only ever likely."""
    german = rows(
        tmp_path / "vögel.jsonl",
        {
            "1": "Eine Eule sitzt nachts auf einem Ast",
            "2": "Ein Reiher steht zwischen dem Schilf",
            "3": "Ein Rotkehlchen im frisch gefallenen Schnee",
            "4": "A robin in the snow",
        },
    )
    german.write_bytes(german.read_bytes().replace(b'"language":"en"', b'"language":""'))
    for options in (("--dry-run",), ()):
        would = index_into(index, german, "--dry-run", "--json").json
        assert (would["captions_looked_at"], would["other_languages"]) == (4, {"German": 3})
        told = " ".join(index_into(index, german, *options).stderr.split())
        assert "Of 4 captions looked at, at least 3 are in other languages than English" in told
        assert "(German 3): they match by chance." in told
    told = index_into(index, german, "--json").json
    assert told["other_languages"] == {"German": 3}
    assert told["unchanged"] == 4


def test_english_captions_are_not_told(birds: Path, index: str) -> None:
    """Nothing about languages is said."""
    ran = index_into(index, birds)
    assert "language" not in ran.stderr
    assert index_into(index, birds, "--json").json["other_languages"] == {}


def test_what_is_said_to_be_in_another_language_is_left_out_and_told(tmp_path: Path, index: str) -> None:
    """With what to do about it; also where nothing else is there."""
    birds = rows(tmp_path / "birds.jsonl", {"1": "A robin", "2": "Eine Eule"})
    lines = birds.read_text(encoding="utf-8").splitlines()
    birds.write_text("\n".join([lines[0], lines[1].replace('"en"', '"de"')]), encoding="utf-8")
    told = " ".join(index_into(index, birds).stderr.split())
    assert "Left out, since their captions are said to be in other languages: 1. A model that reads them" in told
    birds.write_text("\n".join(line.replace('"en"', '"de"') for line in lines), encoding="utf-8")
    refused = index_into(index, birds)
    assert refused.code == 2, refused.stderr
    assert "name the languages with --languages" in refused.stderr
