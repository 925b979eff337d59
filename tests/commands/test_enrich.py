"""``mlsr-es enrich``: weights for somebody's index, and searching it then."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import orjson
import pytest
from elasticsearch import Elasticsearch

from mlsr_es.encoders import DocumentInput, save_pretrained
from tests.models import word_model
from tests.program import Ran, run_program
from tests.rows import png

BIRDS = {"1": "An owl on a branch", "2": "A heron in the reeds", "3": "A robin in the snow"}


@pytest.fixture
def index(
    cluster_url: str, client: Elasticsearch, index_name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> str:
    """Somebody's index with three birds; the program reaches its cluster, in a folder of its own."""
    monkeypatch.setenv("ES_URL", cluster_url)
    monkeypatch.chdir(tmp_path)
    client.indices.create(
        index=index_name,
        mappings={"properties": {"about": {"type": "text"}, "photo": {"type": "keyword", "doc_values": False}}},
    )
    for id_, about in BIRDS.items():
        client.index(index=index_name, id=id_, document={"about": about, "shelf": 7}, refresh=True)
    return index_name


@pytest.fixture(scope="module")
def image_model(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The folder of a small model that reads images and captions."""
    folder = tmp_path_factory.mktemp("models") / "images"
    save_pretrained(word_model(reads=DocumentInput.IMAGE_AND_CAPTION), folder)
    return str(folder)


def enrich(index: str, *options: str) -> Ran:
    return run_program("enrich", index, *options)


def test_an_index_is_enriched_and_searched(index: str) -> None:
    """The shipped model needs no images; the hits are the owner's documents, with their own fields as captions."""
    ran = enrich(index, "--caption-field", "about")
    assert ran.code == 0, ran.stderr
    assert [line.split()[-1] for line in ran.stdout.splitlines() if line.startswith(("read", "encoded"))] == [
        "3",
        "3",
    ]
    assert f"Searches of {index} read these weights from now on." in ran.stderr

    found = run_program("search", "an owl at night", "--index", index, "--json")
    first = found.json["hits"][0]
    assert (first["id"], first["source"]) == ("1", {"about": "An owl on a branch", "shelf": 7})
    shown = run_program("search", "an owl at night", "--index", index, "--explain", "--filter", "shelf=7")
    assert "An owl on a branch" in shown.stdout

    again = enrich(index, "--caption-field", "about", "--json").json
    assert (again["read"], again["encoded"], again["unchanged"], again["promoted"]) == (3, 0, 3, False)
    assert again["field"] == "mlsr.terms"


def test_an_index_that_requires_routing_and_has_nested_objects(index: str, client: Elasticsearch) -> None:
    """An unknown id is told as such, a known one is explained, and the list counts documents, not nested objects."""
    routed = f"{index}-routed"
    properties = {"about": {"type": "text"}, "offers": {"type": "nested", "properties": {"price": {"type": "double"}}}}
    client.indices.create(index=routed, mappings={"_routing": {"required": True}, "properties": properties})
    for id_, about in BIRDS.items():
        document = {"about": about, "offers": [{"price": 1.5}, {"price": 2.5}]}
        client.index(index=routed, id=id_, routing="aviary", document=document, refresh=True)
    assert enrich(routed, "--caption-field", "about").code == 0

    asked = ("search", "an owl at night", "--index", routed, "--why-not")
    unknown = run_program(*asked, "99")
    assert unknown.code == 2
    assert f"the index {routed} holds no image '99'." in unknown.stderr
    assert run_program(*asked, "1", "--json").json["reason"] == "shown"
    (listed,) = run_program("indices", "list", routed, "--json").json["indices"]
    assert listed["documents"] == len(BIRDS)


def test_the_fields_of_the_run_before_are_remembered(index: str) -> None:
    """Fields that are not named are those of the run before; other fields are told, by a dry run too."""
    assert enrich(index, "--caption-field", "about:title").code == 0
    again = enrich(index, "--json")
    assert (again.json["unchanged"], again.json["encoded"]) == (3, 0)
    assert "As in the run before: captions from about (title)." in again.stderr

    told = "The run before read captions from about (title). This one reads captions from about (description)"
    for options in (("--dry-run",), ()):
        other = enrich(index, "--caption-field", "about", "--json", *options)
        assert other.code == 0
        assert told in other.stderr
    assert (other.json["unchanged"], other.json["encoded"]) == (0, 3)


def test_a_field_that_a_run_switches_to_is_kept_only_when_the_run_has_ended(index: str, client: Elasticsearch) -> None:
    """The fields in the index are those that its weights were made from."""
    assert enrich(index, "--caption-field", "about:title").code == 0
    assert enrich(index, "--caption-field", "about", "--dry-run").code == 0
    meta = client.indices.get_mapping(index=index)[index]["mappings"]["_meta"]["mlsr"]
    assert meta["enriched"]["captions"] == [{"field": "about", "kind": "title"}]


def test_the_owners_pictures_are_shown_and_copies_are_shown_once(index: str, client: Elasticsearch) -> None:
    """A hit has its picture's URL; with --distinct each caption is shown once, and a page is as long as was asked."""
    for number in range(3):
        copy = {"about": BIRDS["1"], "photo": f"https://store.example/{number}.jpg"}
        client.index(index=index, id=f"copy {number}", document=copy, refresh=True)
    client.index(index=index, id="another", document={"about": "An owl and its nest"}, refresh=True)
    assert enrich(index, "--caption-field", "about", "--image-field", "photo").code == 0
    asked = ("search", "an owl on a branch", "--index", index)

    plain = run_program(*asked)
    assert plain.stdout.splitlines()[0].split("\t") == ["#", "score", "image", "caption", "picture"]
    assert "https://store.example/2.jpg" in plain.stdout
    once = run_program(*asked, "--distinct", "-n", "2").stdout.splitlines()[1:]
    assert [row.split("\t")[3] for row in once] == [f"{BIRDS['1']} (3 alike)", "An owl and its nest"]
    second = run_program(*asked, "--distinct", "-n", "1", "--from", "1").stdout.splitlines()[1:]
    assert [row.split("\t")[:4] for row in second] == [["2", *once[1].split("\t")[1:4]]]
    refused = run_program(*asked, "--distinct", "--why-not", "1")
    assert (refused.code, "Ask without them." in refused.stderr) == (2, True)


def test_an_index_beside_takes_fields_along(index: str, client: Elasticsearch) -> None:
    """Searches of it filter by them; the next run remembers them, and stores what has changed in them."""
    extra: dict[str, Any] = {"brand": {"type": "keyword"}, "made": {"properties": {"year": {"type": "integer"}}}}
    client.indices.put_mapping(index=index, properties=extra)
    client.update(index=index, id="1", doc={"brand": "night", "made": {"year": 1999}}, refresh=True)
    beside = f"{index}-beside"
    carried = ("--carry", "brand", "--carry", "made.year")
    shown = enrich(index, "--caption-field", "about", "--into", beside, *carried, "--dry-run", "--json")
    assert shown.json["mapping"]["mappings"]["properties"]["brand"] == {"type": "keyword"}
    assert enrich(index, "--caption-field", "about", "--into", beside, *carried).code == 0
    asked = ("search", "a bird on a branch in the reeds", "--index", beside, "--json", "--filter")
    (hit,) = run_program(*asked, "brand=night").json["hits"]
    assert (hit["source"]["brand"], hit["source"]["made"]) == ("night", {"year": 1999})

    client.update(index=index, id="2", doc={"made": {"year": 2001}}, refresh=True)
    again = enrich(index, "--into", beside, "--json")
    assert (again.json["encoded"], again.json["unchanged"]) == (1, 2)
    assert f"{beside} takes along: brand, made.year." in again.stderr
    assert [hit["id"] for hit in run_program(*asked, "made.year=2001").json["hits"]] == ["2"]


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--carry", "shelf"), "is for an index beside"),
        (("--carry", "page", "--into", "beside"), "mlsr-es has a field page of its own"),
        (("--carry", "brandname", "--into", "beside"), "has no field brandname in its mapping"),
    ],
)
def test_what_cannot_be_taken_along_is_refused(index: str, options: tuple[str, ...], why: str) -> None:
    """Before anything is encoded."""
    ran = enrich(index, "--caption-field", "about", *options)
    assert (ran.code, why in ran.stderr) == (2, True)


def test_bm25_reads_the_owners_field_of_text(index: str, tmp_path: Path) -> None:
    """The weight is found on the first field with captions, stored and used; before that, advice names the field."""
    assert enrich(index, "--caption-field", "about").code == 0
    asked = ("search", "an owl on a branch", "--index", index, "--hybrid", "auto", "--explain", "--json")
    before = run_program(*asked)
    assert before.code == 2
    assert (
        f"mlsr-es tune hybrid --index {index} --topics FILE --store. Or give it: --hybrid about:WEIGHT" in before.stderr
    )
    topics = tmp_path / "topics.jsonl"
    topics.write_text('{"id": "t", "text": "a heron in the snow"}\n')
    tuned = run_program("tune", "hybrid", "--index", index, "--topics", str(topics), "--store", "--json")
    assert tuned.json["hybrid"]["field"] == "about"
    assert run_program(*asked).json["hits"][0]["bm25"] > 0


def test_an_index_of_its_own_has_the_kind_of_field_that_is_asked_for(index: str) -> None:
    """As the dry run says: a cluster that lacks the kind refuses it, where another one was made before in silence."""
    asked = ("--caption-field", "about", "--into", f"{index}-beside", "--field-kind", "sparse_vector")
    shown = enrich(index, *asked, "--dry-run", "--json").json
    assert shown["mapping"]["mappings"]["properties"]["mlsr"]["properties"]["terms"]["type"] == "sparse_vector"
    ran = enrich(index, *asked)
    assert (ran.code, "has no fields of the type sparse_vector" in ran.stderr) == (1, True)


def test_images_are_read_where_a_model_reads_them(
    index: str, client: Elasticsearch, image_model: str, tmp_path: Path
) -> None:
    """From a folder and out of the documents; what is bad, or not fetched, is told, and the exit code is 3."""
    (tmp_path / "img").mkdir()
    (tmp_path / "img" / "owl.png").write_bytes(png())
    photos = {
        "1": "owl.png",
        "2": f"data:image/png;base64,{base64.b64encode(png()).decode()}",
        "3": "http://127.0.0.1/robin.png",
        "4": "../secret.png",
    }
    client.index(index=index, id="4", document={"about": "A knot"})
    for id_, photo in photos.items():
        client.update(index=index, id=id_, doc={"photo": photo}, refresh=True)
    options = ["--caption-field", "about", "--image-field", "photo", "--image-folder", "img", "--model", image_model]
    ran = enrich(index, *options)
    assert ran.code == 3, ran.stderr
    file = Path(f"{index}-rejects.ndjson")
    reasons = {row["id"]: (row["stage"], row["reason"]) for row in map(orjson.loads, file.read_bytes().splitlines())}
    assert reasons["3"] == (
        "fetch",
        "http://127.0.0.1/robin.png is a URL, and nothing is fetched unless it is asked for",
    )
    assert reasons["4"] == ("read", "its path leaves the source's folder: ../secret.png")
    fetching = enrich(index, *options, "--fetch-urls", "--json")
    assert (fetching.code, fetching.json["unchanged"]) == (3, 2)
    assert b"which is not on the open internet" in file.read_bytes()
    found = run_program("search", "an owl", "--index", index, "--json", "--device", "cpu")
    assert [hit["id"] for hit in found.json["hits"]] == ["1"]


def test_a_dry_run_shows_what_would_be_sent(index: str, client: Elasticsearch) -> None:
    """An update with its condition; nothing is written."""
    shown = enrich(index, "--caption-field", "about", "--dry-run", "--json").json
    assert shown["action"]["update"].keys() == {"_id", "if_seq_no", "if_primary_term"}
    assert shown["document"]["doc"]["mlsr"]["term_count"] > 0
    told = enrich(index, "--caption-field", "about", "--dry-run")
    assert "# added to the mapping" in told.stdout
    assert "Nothing was written. Of 3 documents" in told.stderr
    assert "mlsr" not in client.indices.get_mapping(index=index)[index]["mappings"]["properties"]


def test_an_index_of_its_own_is_written_to(index: str, client: Elasticsearch) -> None:
    """The other one's documents stay as they are."""
    ran = enrich(index, "--caption-field", "about", "--into", f"{index}-images")
    assert ran.code == 0, ran.stderr
    assert client.get(index=index, id="1")["_source"] == {"about": BIRDS["1"], "shelf": 7}
    found = run_program("search", "an owl at night", "--index", f"{index}-images", "--json")
    assert found.json["hits"][0]["id"] == "1"


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ([], "the model reads captions. Name the fields that they are in: --caption-field."),
        (["--caption-field", "abuot"], "has no field abuot. Did you mean about?"),
        (["--caption-field", "about:headline"], "The kinds are description, title, alt, attribution"),
        (["--caption-field", "about", "--image-folder", "."], "Name the field: --image-field."),
        (["--caption-field", "about", "--image-field", "photo", "--image-folder", "none"], "none is no folder."),
        (["--caption-field", "about", "--image-field", "photo", "--url-headers", "x"], "Add --fetch-urls."),
        (["--caption-field", "about", "--image-field", "about.photo"], "has no field about.photo"),
    ],
)
def test_what_cannot_be_done_is_said_at_once(index: str, options: list[str], why: str) -> None:
    """With what to do."""
    ran = enrich(index, *options)
    assert (ran.code, ran.stdout) == (2, "")
    assert why in ran.stderr


def test_headers_are_read_from_a_file(index: str, tmp_path: Path) -> None:
    """A wrong one is refused, and what is in it is not repeated."""
    file = tmp_path / "headers.json"
    options = ["--caption-field", "about", "--image-field", "photo", "--fetch-urls", "--url-headers", str(file)]
    for content in ('{"store.example": {"Authorization": "secret"}}', '{"https://a.b": "secret"}', "secret", "[]"):
        file.write_text(content)
        ran = enrich(index, *options)
        assert ran.code == 2
        assert "secret" not in ran.stderr
    file.write_text('{"https://store.example": {"Authorization": "secret"}}')
    assert enrich(index, *options, "--dry-run").code == 0
