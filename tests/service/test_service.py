"""The service: the images of a suggester as JSON, errors as problems, and nothing that is not asked for."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

import mlsr_es
from mlsr_es.errors import InputError
from mlsr_es.service import SectionStore, ServiceSettings
from mlsr_es.shipped import shipped
from mlsr_es.sources import open_source
from tests.half_failing import half_failing_index
from tests.program import run_program
from tests.service.conftest import Client, Serve

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

TEXT = "How is a rope tied to a post?"
TOKEN = "0123456789abcdef0123"


def test_the_command_python_and_http_give_the_same_images(sample: Client, cluster_url: str, sample_index: str) -> None:
    """The same ids, scores and words for the same question."""
    told = run_program(
        "search", TEXT, "--index", sample_index, "--es-url", cluster_url, "--explain", "--hybrid", "auto", "--json"
    ).json
    by_command = [(hit["id"], hit["score"], hit["by_word"]) for hit in told["hits"]]
    with mlsr_es.Suggester(sample_index, es_url=cluster_url) as images:
        by_python = [(hit.id, hit.score, hit.words) for hit in images.suggest(TEXT, explain=True, hybrid="auto")]
    answer = sample.suggest(explain=True, hybrid="auto").json
    by_http = [(hit["id"], hit["score"], hit["words"]) for hit in answer["images"]]
    assert by_command == by_python == by_http
    assert answer["index"] == sample_index
    assert next(iter(answer["words"])) in {"rope", "post", "tied"}


def test_options_are_those_of_a_suggester(sample: Client) -> None:
    """Size, page, what is left out, words that count more or not at all, filters."""
    first = [hit["id"] for hit in sample.suggest(size=4).json["images"]]
    assert [hit["id"] for hit in sample.suggest(size=2, start=2).json["images"]] == first[2:]
    assert first[0] not in [hit["id"] for hit in sample.suggest(exclude=[first[0]]).json["images"]]
    assert "rope" not in sample.suggest(veto=["rope"]).json["words"]
    assert sample.suggest(filters={"collection": ["none"]}).json["images"] == []
    wide = sample.suggest(at_least={"width": 390}).json["images"]
    assert all(hit["width"] >= 390 for hit in wide)
    assert len(wide) < len(sample.suggest(size=63).json["images"])


def test_images_like_one_of_the_index(sample: Client, cluster_url: str, sample_index: str) -> None:
    """The same from the command line, from Python and over HTTP; the image itself is not among them."""
    image = sample.suggest(size=1).json["images"][0]["id"]
    reply = sample.ask("POST", "/v1/suggest", {"like": image, "size": 5, "explain": True}).json
    by_http = [(hit["id"], hit["score"]) for hit in reply["images"]]
    ran = run_program("search", "--like", image, "--index", sample_index, "--es-url", cluster_url, "-n", "5", "--json")
    with mlsr_es.Suggester(sample_index, es_url=cluster_url) as images:
        by_python = [(hit.id, hit.score) for hit in images.like(image, size=5)]
    assert by_http == by_python == [(hit["id"], hit["score"]) for hit in ran.json["hits"]]
    assert len(by_http) == 5
    assert image not in dict(by_http)
    assert all(hit["words"] for hit in reply["images"])
    unknown = sample.ask("POST", "/v1/suggest", {"like": "no such image"})
    assert (unknown.status, "holds no image" in unknown.json["detail"]) == (404, True)


def test_why_an_image_is_not_suggested(sample: Client, cluster_url: str, sample_index: str) -> None:
    """As the command says it: in a sentence, with its rank, its score and the words that it lacks."""
    ranked = sample.suggest(size=6).json["images"]
    asked = {"section": {"text": TEXT}, "size": 2, "id": ranked[5]["id"]}
    told = sample.ask("POST", "/v1/why-not", asked).json
    ran = run_program(
        "search", TEXT, "--index", sample_index, "--es-url", cluster_url, "-n", "2", "--why-not", ranked[5]["id"]
    )
    assert told["sentence"] in ran.stdout
    assert (told["reason"], told["score"]) == ("outranked", pytest.approx(ranked[5]["score"]))
    assert told["last_shown_score"] == pytest.approx(ranked[1]["score"])
    shown = sample.ask("POST", "/v1/why-not", {**asked, "id": ranked[0]["id"]}).json
    assert shown["sentence"] == "It is shown, as number 1."
    page = ranked[5]["page"]
    filtered = sample.ask("POST", "/v1/why-not", {**asked, "without": {"page": [page]}}).json
    assert filtered["reason"] == "filtered"
    for wrong in ({"distinct": True}, {"diverse": 0.5}, {"id": ""}):
        assert sample.ask("POST", "/v1/why-not", asked | wrong).status == 422
    assert sample.ask("POST", "/v1/why-not", asked | {"id": "none"}).status == 404


def test_filters_by_what_the_index_has(sample: Client) -> None:
    """The values of its fields with their numbers, and images that have or lack them."""
    values = sample.get("/v1/values").json
    assert set(values) == {"collection", "page", "language", "format"}
    assert sum(values["page"].values()) == 63
    page = sample.suggest(size=1).json["images"][0]["page"]
    on_it = sample.suggest(filters={"page": [page]}, size=63).json["images"]
    elsewhere = sample.suggest(without={"page": [page]}, size=63).json["images"]
    assert {hit["page"] for hit in on_it} == {page}
    assert page not in {hit["page"] for hit in elsewhere}
    assert len(on_it) + len(elsewhere) == len(sample.suggest(size=63).json["images"])


def test_a_section_of_a_collection_is_picked(serve: Serve, sample: Client, cluster_url: str, sample_index: str) -> None:
    """It is found by its titles, and asked as it is; a service without a collection has none."""
    assert sample.get("/v1/sections").json == []
    assert sample.get("/v1/sections/any").status == 404
    source = open_source("sample")
    client = serve(cluster_url, sample_index, sections=SectionStore(source.sections()))
    wanted = next(each for each in source.sections() if each.section_title)
    found = client.get(f"/v1/sections?titles={quote(wanted.section_title.upper())}").json
    assert wanted.id in [each["id"] for each in found]
    assert client.get("/v1/sections?titles=xyzzy").json == []
    picked = client.get(f"/v1/sections/{quote(wanted.id, safe='')}").json
    assert picked["page"] == wanted.page
    answer = client.ask("POST", "/v1/suggest", {"section": picked["section"]}).json
    with mlsr_es.Suggester(sample_index, es_url=cluster_url) as images:
        assert [hit["id"] for hit in answer["images"]] == [hit.id for hit in images.suggest(wanted)]


def test_a_batch_gives_each_section_its_answer(sample: Client) -> None:
    """One that cannot be asked has its problem in its place."""
    sections = [{"text": TEXT}, {"text": ""}, {"page_title": "Owls", "text": "at night"}]
    answers = sample.ask("POST", "/v1/suggest/batch", {"sections": sections, "size": 3}).json["answers"]
    assert [hit["id"] for hit in answers[0]["images"]] == [hit["id"] for hit in sample.suggest(size=3).json["images"]]
    assert answers[1]["status"] == 422
    assert answers[1]["detail"] == "the query is empty."
    assert len(answers[2]["images"]) == 3


def test_an_image_and_its_picture(serve: Serve, cluster_url: str, index_name: str) -> None:
    """The picture is the thumbnail of the index; the file where the service has the folder."""
    ran = run_program("index", "sample", "--index", index_name, "--thumbnails", "--es-url", cluster_url)
    assert ran.code == 0
    client = serve(cluster_url, index_name)
    (hit,) = client.suggest(size=1).json["images"]
    picture = client.get(hit["picture"])
    assert (picture.status, picture.headers["content-type"]) == (200, "image/jpeg")
    assert picture.content.startswith(b"\xff\xd8")
    image = client.get(f"/v1/images/{quote(hit['id'], safe='')}").json
    assert image["id"] == hit["id"]
    assert "thumbnail" not in image
    assert "terms" not in image["mlsr"]
    files = serve(cluster_url, index_name, images=shipped("sample"))
    drawing = files.get(hit["picture"])
    assert drawing.headers["content-type"] == "image/svg+xml"
    assert drawing.headers["content-security-policy"].endswith("sandbox")
    assert drawing.content == (shipped("sample") / image["image_path"]).read_bytes()


def test_what_is_served_and_whether_it_is_well(sample: Client, sample_index: str) -> None:
    """For people and for machines that watch."""
    (index,) = sample.get("/v1/indices").json
    assert (index["name"], index["model"], index["images"]) == (sample_index, "demo", 63)
    assert "width" in index["fields"]
    assert sample.get("/healthz").json == {"status": "alive"}
    assert sample.get("/readyz").json == {"status": "ready", "indices": [sample_index]}
    sample.suggest()
    told = sample.get("/metrics").content.decode()
    assert 'mlsr_es_requests_total{method="POST",route="/v1/suggest",status="200"}' in told
    assert sample.get("/openapi.json").json["paths"].keys() >= {"/v1/suggest", "/v1/suggest/batch", "/v1/indices"}


def test_many_ask_at_once(sample: Client) -> None:
    """Their queries are encoded together, and each gets its own answer, but for the last digits of a score."""
    texts = [TEXT, "an owl at night", "pruning roses", "a circuit with a battery"] * 10

    def asked(text: str) -> list[dict[str, Any]]:
        images = sample.suggest(text, size=3).json["images"]
        return [image | {"score": pytest.approx(image["score"], rel=1e-6)} for image in images]

    alone = {text: asked(text) for text in set(texts)}
    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(lambda text: sample.suggest(text, size=3).json["images"], texts))
    assert answers == [alone[text] for text in texts]


def test_more_than_may_wait_are_sent_away(serve: Serve, cluster_url: str, sample_index: str) -> None:
    """With a word on when to come again; health is told all the same."""
    client = serve(cluster_url, sample_index, waiting=1)
    client.suggest()
    with ThreadPoolExecutor(12) as threads:
        replies = list(threads.map(lambda _: client.suggest(), range(60)))
    assert {reply.status for reply in replies} == {200, 429}
    refused = next(reply for reply in replies if reply.status == 429)
    assert refused.headers["retry-after"] == "1"
    assert client.get("/healthz").status == 200


BAD: list[tuple[str, Any, int, str]] = [
    ("empty", {"section": {"text": ""}}, 422, "the query is empty"),
    ("blank", {"section": {"text": " \n "}}, 422, "the query is empty"),
    ("no section", {}, 422, "section"),
    ("two queries", {"section": {"text": TEXT}, "like": "owl"}, 422, "one of section and like"),
    ("diverse", {"section": {"text": TEXT}, "diverse": 2}, 422, "1"),
    ("foreign field left out", {"section": {"text": TEXT}, "without": {"_id": ["1"]}}, 422, "may filter by '_id'"),
    ("no object", [], 422, "body"),
    ("no JSON", b"{", 422, "JSON"),
    ("binary", b"\x00\xff\xfe", 422, "JSON"),
    ("lone surrogate", b'{"section": {"text": "\\ud800 rope"}}', 422, ""),
    ("long text", {"section": {"text": "rope " * 30_000}}, 422, "100000"),
    ("unknown field", {"section": {"text": TEXT}, "sise": 3}, 422, "sise"),
    ("unknown name", {"section": {"titel": TEXT}}, 422, "titel"),
    ("wrong type", {"section": {"text": 7}}, 422, "string"),
    ("size", {"section": {"text": TEXT}, "size": 100_000}, 422, "100"),
    ("foreign filter", {"section": {"text": TEXT}, "filters": {"_id": ["1"]}}, 422, "nobody may filter by '_id'"),
    ("many filters", {"section": {"text": TEXT}, "filters": {f"f{n}": ["1"] for n in range(10_000)}}, 422, "20"),
    ("factor", {"section": {"text": TEXT}, "boost": {"rope": -1}}, 422, "0.001"),
    ("veto", {"section": {"text": TEXT}, "veto": ["submarine"]}, 422, "submarine"),
    ("hybrid", {"section": {"text": TEXT}, "hybrid": "much"}, 422, "FIELD:WEIGHT"),
    ("strategy", {"section": {"text": TEXT}, "strategy": "quick"}, 422, "quick"),
    ("unknown index", {"section": {"text": TEXT}, "index": "none"}, 404, "not served"),
    ("unknown words", {"section": {"text": "🦉"}}, 422, "knows no word"),
]


@pytest.mark.parametrize(("body", "status", "told"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_what_cannot_be_asked_is_a_problem(body: Any, status: int, told: str, sample: Client) -> None:
    """RFC 9457: a status, and a detail that says what is wrong."""
    reply = sample.ask("POST", "/v1/suggest", body)
    assert (reply.status, reply.headers["content-type"]) == (status, "application/problem+json"), reply.content[:300]
    assert reply.json["status"] == status
    assert told in reply.json["detail"]
    assert "Traceback" not in reply.content.decode()


def test_a_body_that_is_not_said_to_be_json_is_refused(sample: Client) -> None:
    """A form of another site may send plain text without asking first; a type of its own that is JSON may be sent."""
    asked = {"section": {"text": TEXT}}
    reply = sample.ask("POST", "/v1/suggest", asked, Content_Type="text/plain")
    assert (reply.status, "application/json" in reply.json["detail"]) == (422, True)
    for kind in ("application/json; charset=utf-8", "application/ld+json"):
        assert sample.ask("POST", "/v1/suggest", asked, Content_Type=kind).status == 200


def test_a_body_that_is_too_large(serve: Serve, cluster_url: str, sample_index: str) -> None:
    """It is not read to its end, whether its length is said or not."""
    client = serve(cluster_url, sample_index, body=10_000)
    body = b'{"section": {"text": "' + b"rope " * 3_000 + b'"}}'
    assert client.ask("POST", "/v1/suggest", body).status == 413
    with socket.create_connection(("127.0.0.1", client.port), timeout=20) as parts:
        head = "POST /v1/suggest HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
        parts.sendall(head.encode() + f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n")
        assert parts.recv(4096).startswith(b"HTTP/1.1 413")


def test_a_body_that_does_not_come(serve: Serve, cluster_url: str, sample_index: str) -> None:
    """Its place is free again after some time; one that comes in parts is answered."""
    client = serve(cluster_url, sample_index, waiting=1, timeout_s=1.0)
    body = b'{"section": {"text": "How is a rope tied to a post?"}}'
    head = "POST /v1/suggest HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    head += f"Content-Length: {len(body)}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", client.port), timeout=20) as slow:
        slow.sendall(head.encode() + body[:20])
        assert slow.recv(4096).startswith(b"HTTP/1.1 408")
    with socket.create_connection(("127.0.0.1", client.port), timeout=20) as parts:
        for part in (head.encode(), body[:20], body[20:]):
            parts.sendall(part)
            time.sleep(0.1)
        assert parts.recv(4096).startswith(b"HTTP/1.1 200")
    with socket.create_connection(("127.0.0.1", client.port), timeout=20) as gone:
        gone.sendall(head.encode() + body[:20])
    counted, until = 'route="/v1/suggest",status="400"} 1.0', time.monotonic() + 10
    while counted not in client.get("/metrics").content.decode() and time.monotonic() < until:
        time.sleep(0.05)
    assert counted in client.get("/metrics").content.decode(), "and whoever goes away before the end"
    assert client.suggest().status == 200


def test_a_cluster_that_does_not_answer(serve: Serve) -> None:
    """Is told of in time."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        client = serve(f"http://127.0.0.1:{silent.getsockname()[1]}", "any", timeout_s=0.5)
        started = time.monotonic()
        assert client.suggest().status == 503
        assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    "path",
    [
        "../README.md",
        "..%2f..%2fetc%2fpasswd",
        "%2e%2e/%2e%2e/etc/passwd",
        "/etc/passwd",
        "no%20such%20image",
        "%00",
        "a" * 600,
    ],
)
def test_ids_are_no_paths(path: str, sample: Client) -> None:
    """Nothing but the index says where a file is."""
    for rest in ("", "/picture"):
        reply = sample.get(f"/v1/images/{path}{rest}")
        assert reply.status in {400, 404, 422}, reply.content
        assert b"root:" not in reply.content


def test_a_document_cannot_name_a_file_outside(
    serve: Serve, cluster_url: str, index_name: str, client: Elasticsearch, tmp_path: Path
) -> None:
    """By no path, and by no link."""
    folder = tmp_path / "images"
    folder.mkdir()
    (tmp_path / "secret.png").write_bytes(b"secret")
    (folder / "link.png").symlink_to(tmp_path / "secret.png")
    assert run_program("index", "sample", "--index", index_name, "--es-url", cluster_url).code == 0
    asked = serve(cluster_url, index_name, images=folder)
    (hit,) = asked.suggest(size=1).json["images"]
    for path in ("../secret.png", str(tmp_path / "secret.png"), "link.png", "", "x\x00.png", "." * 5_000 + ".png"):
        client.update(index=index_name, id=hit["id"], doc={"image_path": path}, refresh=True)
        assert asked.get(hit["picture"]).status == 404, path


def test_a_token_is_asked_for(serve: Serve, cluster_url: str, sample_index: str) -> None:
    """Of everything but the page and the sign of life."""
    client = serve(cluster_url, sample_index, token=TOKEN)
    body = {"section": {"text": TEXT}}
    for header in (
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": TOKEN},
        {"Authorization": f"Bearer {TOKEN}x"},
    ):
        reply = client.ask("POST", "/v1/suggest", body, **header)
        assert (reply.status, reply.headers["www-authenticate"]) == (401, "Bearer")
    assert client.ask("POST", "/v1/suggest", body, Authorization=f"Bearer {TOKEN}").status == 200
    assert (
        client.get("/metrics").status == client.get("/v1/indices").status == client.get("/openapi.json").status == 401
    )
    assert client.get("/healthz").status == client.get("/").status == 200


def test_another_name_of_this_machine_is_refused(sample: Client) -> None:
    """A page elsewhere could ask by one, if its name leads to this machine."""
    assert sample.get("/v1/indices", Host="evil.example").status == 421
    assert sample.get("/v1/indices", Host=f"localhost:{sample.port}").status == 200


def test_scripts_of_other_sites_are_answered_only_where_they_are_named(
    serve: Serve, sample: Client, cluster_url: str, sample_index: str
) -> None:
    """No header allows it otherwise."""
    assert "access-control-allow-origin" not in sample.get("/v1/indices", Origin="https://cms.example").headers
    named = serve(cluster_url, sample_index, origins=("https://cms.example",))
    allowed = named.get("/v1/indices", Origin="https://cms.example").headers
    assert allowed["access-control-allow-origin"] == "https://cms.example"
    assert "access-control-allow-origin" not in named.get("/v1/indices", Origin="https://other.example").headers


def test_a_browser_is_told_to_run_nothing_of_others(sample: Client) -> None:
    """Every answer has a policy."""
    for path in ("/", "/v1/indices", "/no/such/path"):
        headers = sample.get(path).headers
        assert "script-src 'self'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


def test_a_cluster_that_is_gone_is_told_without_its_address(serve: Serve, closed_port: int) -> None:
    """The service's owner is told all of it."""
    client = serve(f"http://127.0.0.1:{closed_port}", "any")
    for reply in (client.suggest(), client.get("/readyz")):
        assert reply.status == 503
        assert str(closed_port) not in reply.content.decode()
    assert any(str(closed_port) in line for line in client.said)
    assert client.get("/healthz").status == 200


def test_an_index_that_goes_and_comes_back(
    serve: Serve, cluster_url: str, index_name: str, client: Elasticsearch, other_model: Path
) -> None:
    """And one that has another model meanwhile."""
    index: Callable[..., Any] = lambda *options: run_program(  # noqa: E731
        "index", "sample", "--index", index_name, "--es-url", cluster_url, *options
    )
    assert index().code == 0
    served = serve(cluster_url, index_name)
    before = served.suggest().json["images"]
    assert index("--model", str(other_model)).code == 0
    assert served.suggest().json["images"] != before
    for version in client.indices.get(index=f"{index_name}-v*"):
        client.indices.delete(index=version)
    assert served.suggest().status == 503
    assert index().code == 0
    assert served.suggest().json["images"] == before


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"indices": ()}, "no index is named"),
        ({"host": "0.0.0.0"}, "no token is set"),
        ({"host": "search.example"}, "no token is set"),
        ({"token": "short"}, "fewer than 16"),
        ({"images": Path("/no/such/folder")}, "there is no folder"),
    ],
)
def test_settings_that_would_be_wrong_are_refused(options: dict[str, Any], told: str) -> None:
    """Before anything listens."""
    with pytest.raises(InputError, match=told):
        ServiceSettings(**{"indices": ("any",), **options})


def test_an_answer_says_what_it_lacks(client: Elasticsearch, cluster_url: str, index_name: str, serve: Serve) -> None:
    """Where that was allowed, and without the cluster's words, which are its owner's."""
    service = serve(cluster_url, half_failing_index(client, index_name, cluster_url))
    assert service.suggest("an owl", highlight=True).status in {502, 503}
    found = service.suggest("an owl", highlight=True, allow_partial=True)
    assert (found.status, found.json["partial"]) == (200, "the answer is partial: 1 of 2 shards failed")
    assert "partial" not in service.suggest("an owl", allow_partial=True).json
