"""``mlsr-es search``: what is printed, and the exit codes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import orjson
import pytest
from elastic_transport import Transport
from elasticsearch import Elasticsearch

from mlsr_es.elastic.mapping import IndexMeta
from mlsr_es.elastic.versions import create_version, promote
from tests.elastic.faults import FaultServer, Reply
from tests.program import Ran, run_program

TEXT = "How is a rope tied to a post?"


@pytest.fixture
def index(cluster_url: str, sample_index: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The sample's index; the program reaches its cluster."""
    monkeypatch.setenv("ES_URL", cluster_url)
    return sample_index


def search(index: str, *arguments: str, stdin: str = "") -> Ran:
    return run_program("search", *arguments, "--index", index, stdin=stdin)


def test_a_table_of_images(index: str) -> None:
    """Rank, score, id and caption on stdout, a line each, apart by tabs; on stderr how many match."""
    ran = search(index, TEXT, "--size", "3")
    assert ran.code == 0
    header, *rows = (line.split("\t") for line in ran.stdout.splitlines())
    assert header == ["#", "score", "image", "caption"]
    assert [row[0] for row in rows] == ["1", "2", "3"]
    assert all(row[2].startswith("sample/images/") for row in rows)
    assert "3 images of " in ran.stderr
    assert "query terms" in ran.stderr


def test_json_is_one_object(index: str) -> None:
    """The query's terms, and the hits."""
    found = search(index, TEXT, "--json", "--size", "2").json
    assert found.keys() >= {"query", "hits", "total", "took_ms", "dropped_terms"}
    assert all(isinstance(weight, float) and weight > 0 for weight in found["query"].values())
    assert [hit.keys() for hit in found["hits"]] == [{"id", "score", "source"}] * 2
    assert found["hits"][0]["source"]["image_id"] == found["hits"][0]["id"]


def test_reasons_to_doubt_the_images_stand_below_them(index: str) -> None:
    """In JSON, too; a usual question has none."""
    ran = search(index, "Wie bindet man ein Seil an einen Pfahl?")
    assert ran.code == 0
    assert ran.stderr.splitlines()[-1].startswith("The query seems to be German, the model reads English")
    assert search(index, "xyzzyqqq").stderr.splitlines()[-1].startswith("No word of the query is known")
    assert search(index, "xyzzyqqq", "--json").json["doubts"].keys() == {"known_by_pieces_only"}
    assert search(index, TEXT, "--json").json["doubts"] == {}
    assert search(index, TEXT).stderr.splitlines()[-1].startswith("Next: ")


def test_an_explanation_adds_up(index: str) -> None:
    """Each hit's terms to its score."""
    for hit in search(index, TEXT, "--json", "--explain").json["hits"]:
        assert sum(hit["terms"].values()) == pytest.approx(hit["score"], rel=1e-4)
    table = search(index, TEXT, "--explain").stdout
    assert table.splitlines()[0].endswith("\twords")
    assert "rope " in table


def test_a_hybrid_explanation_adds_up_too(index: str) -> None:
    """What BM25 gave is said beside the terms, and is never passed off as theirs."""
    plain = {hit["id"]: hit for hit in search(index, TEXT, "--json", "--explain", "--size", "50").json["hits"]}
    hybrid = search(index, TEXT, "--json", "--explain", "--hybrid", "caption_all:0.5").json["hits"]
    for hit in hybrid:
        assert sum(hit["terms"].values()) + hit["bm25"] == pytest.approx(hit["score"], rel=1e-4)
        assert hit["terms"] == plain[hit["id"]]["terms"]
    assert hybrid[0]["bm25"] > 0
    assert "BM25 " in search(index, TEXT, "--explain", "--hybrid", "caption_all:0.5").stdout
    assert "bm25" not in plain[hybrid[0]["id"]]


def test_the_request_can_be_sent_as_it_is_shown(index: str, client: Elasticsearch) -> None:
    """Kibana's Dev Tools take it, and give the same hits; this program sends nothing."""
    ran = search(index, TEXT, "--show-query", "--filter", "collection=sample", "--size", "5")
    head, _, body = ran.stdout.partition("\n")
    assert head == f"GET /{index}/_search"
    sent = client.perform_request(
        "POST", f"/{index}/_search", headers={"Content-Type": "application/json"}, body=orjson.loads(body)
    )
    hits = [(hit["_id"], hit["_score"]) for hit in sent.body["hits"]["hits"]]
    shown = search(index, TEXT, "--json", "--filter", "collection=sample", "--size", "5").json["hits"]
    assert hits == [(hit["id"], hit["score"]) for hit in shown]


def test_a_section_comes_from_a_file_or_from_standard_input(index: str, tmp_path: Path) -> None:
    """As JSON or as plain text, and is the same query each time."""
    section = {"text": TEXT, "page_title": "Knots", "section_title": "To a post"}
    file = tmp_path / "section.json"
    file.write_bytes(orjson.dumps(section))
    typed = search(index, TEXT, "--page-title", "Knots", "--section-title", "To a post", "--json").json["query"]
    assert search(index, "--section-file", str(file), "--json").json["query"] == typed
    assert search(index, "--section-file", "-", "--json", stdin=file.read_text()).json["query"] == typed
    (tmp_path / "plain.txt").write_text(TEXT)
    (tmp_path / "marked.json").write_bytes(b"\xef\xbb\xbf" + orjson.dumps({**section, "titel": "Knots"}))
    marked = search(index, "--section-file", str(tmp_path / "marked.json"), "--json")
    assert marked.json["query"] == typed
    assert "marked.json: names that are not read: titel. Those that are: id, text," in marked.stderr
    plain = search(index, "--section-file", str(tmp_path / "plain.txt"), "--json").json["query"]
    assert plain == search(index, TEXT, "--json").json["query"]


def test_filters_hold_together(index: str) -> None:
    """Where they leave nothing, that is no failure, and it is said."""
    hits = search(index, TEXT, "--filter", "page=knots.html", "--filter", "collection=sample", "--json").json["hits"]
    assert {hit["source"]["page"] for hit in hits} == {"knots.html"}
    none = search(index, TEXT, "--filter", "page=nowhere.html")
    assert (none.code, none.stdout) == (0, "")
    assert "No image matches." in none.stderr
    assert search(index, TEXT, "--filter", "page=nowhere.html", "--json").json["hits"] == []


def test_pages_follow_one_another(index: str) -> None:
    """The second begins where the first ended, and its ranks go on."""
    first, second = (search(index, TEXT, "--size", "3", "--from", start, "--json").json["hits"] for start in "03")
    assert [*first, *second] == search(index, TEXT, "--size", "6", "--json").json["hits"]
    rows = search(index, TEXT, "--size", "2", "--from", "3").stdout.split()
    assert {"4", "5"} <= set(rows)
    far = search(index, TEXT, "--from", "9995")
    assert (far.code, far.stdout) == (2, "")
    assert "out of reach" in far.stderr


def test_any_clause_filters(index: str, tmp_path: Path) -> None:
    """Typed or from a file, one or several."""
    clause = {"bool": {"must_not": [{"term": {"page": "knots.html"}}]}}
    (tmp_path / "filter.json").write_bytes(orjson.dumps([clause, {"exists": {"field": "width"}}]))
    for given in (orjson.dumps(clause).decode(), str(tmp_path / "filter.json")):
        pages = {hit["source"]["page"] for hit in search(index, TEXT, "--filter-json", given, "--json").json["hits"]}
        assert pages
        assert "knots.html" not in pages


def test_a_value_is_shown_once(index: str) -> None:
    """By its best image; a strategy of two phases gives way."""
    collapsed = search(index, TEXT, "--collapse", "page", "--strategy", "two-phase:0.6/100", "--json").json["hits"]
    pages = [hit["source"]["page"] for hit in collapsed]
    assert len(pages) == len(set(pages)) > 1
    assert collapsed[0]["id"] == search(index, TEXT, "--json").json["hits"][0]["id"]


def test_words_are_marked(index: str) -> None:
    """In JSON as the cluster marks them, in the table by stars."""
    hits = search(index, TEXT, "--highlight", "--json").json["hits"]
    assert "<em>rope</em>" in str(hits[0]["highlight"]).lower()
    assert "*rope*" in search(index, TEXT, "--highlight").stdout.lower()


def test_an_own_search_body_is_wrapped(index: str, tmp_path: Path) -> None:
    """Its query decides what is found, both scores add up, and its aggregations are answered."""
    file = tmp_path / "query.json"
    own = {"constant_score": {"filter": {"term": {"page": "knots.html"}}, "boost": 100}}
    file.write_bytes(orjson.dumps({"query": own, "aggs": {"by": {"terms": {"field": "page"}}}, "size": 4}))
    found = search(index, TEXT, "--wrap", str(file), "--explain", "--json").json
    assert [bucket["key"] for bucket in found["aggregations"]["by"]["buckets"]] == ["knots.html"]
    assert len(found["hits"]) == 4
    for hit in found["hits"]:
        assert hit["bm25"] == pytest.approx(100, rel=1e-4)
        assert sum(hit["terms"].values()) + 100 == pytest.approx(hit["score"], rel=1e-4)
    file.write_text('{"query": {"match_all": {}}, "sort": ["page"]}')
    assert "something else than their scores: sort" in search(index, TEXT, "--wrap", str(file)).stderr


def test_pictures_are_sent_only_where_they_are_wanted(index: str) -> None:
    """A data URI fills a screen."""
    body = search(index, TEXT, "--show-query").stdout
    assert '"thumbnail"' in body
    assert '"thumbnail"' not in search(index, TEXT, "--show-query", "--thumbnails").stdout


def test_auto_is_what_the_index_holds(index: str) -> None:
    """What training brought or indexing found; each hit's BM25 part is said."""
    hits = search(index, TEXT, "--hybrid", "auto", "--explain", "--json").json["hits"]
    assert hits[0]["bm25"] > 0
    assert '"caption_stems"' in search(index, TEXT, "--hybrid", "auto", "--show-query").stdout


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--hybrid", "auto"),
        ("--strategy", "dynamic"),
        ("--filter", "page=knots.html", "--collapse", "page", "--hybrid", "caption_all:0.3"),
    ],
)
def test_a_search_asks_the_cluster_twice(index: str, options: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """What the index says of itself, and for the hits; whoever keeps the first answer asks once."""
    asked: list[str] = []
    send = Transport.perform_request

    def counted(transport: Transport, method: str, target: str, **rest: Any) -> Any:
        asked.append(target.partition("?")[0])
        return send(transport, method, target, **rest)

    monkeypatch.setattr(Transport, "perform_request", counted)
    assert search(index, TEXT, *options).code == 0
    assert asked == [f"/{index},{index}-v*", f"/{index}/_search"]
    asked.clear()
    assert search(index, TEXT, *options, "--explain").code == 0
    assert asked[0] == f"/{index},{index}-v*"
    assert asked[1:] in ([f"/{index}/_search"], 2 * [f"/{index}/_search"])  # the second counts what was missed


def test_values_of_one_field_are_alternatives(index: str) -> None:
    """And are said so, where they leave an image out."""
    both = ("--filter", "page=knots.html", "--filter", "page=weather.html")
    found = search(index, "rain, or a rope", *both, "--size", "50", "--json").json["hits"]
    assert {hit["source"]["page"] for hit in found} == {"knots.html", "weather.html"}
    other = search(index, "a bicycle", "--size", "1", "--json").json["hits"][0]["id"]
    shown = search(index, "a bicycle", *both, "--why-not", other).stdout
    assert "It is left out by the filter page=knots.html or page=weather.html." in shown


def test_an_own_source_is_kept_and_explained(index: str, tmp_path: Path) -> None:
    """The weights come all the same, and what is shown of a document is what was asked for."""
    file = tmp_path / "query.json"
    plain = search(index, TEXT, "--explain", "--json", "--size", "3").json["hits"]
    for own, shown in ((["page"], {"page"}), (False, set()), ({"excludes": ["mlsr*", "caption*"]}, None)):
        file.write_bytes(orjson.dumps({"_source": own, "fields": ["language"]}))
        hits = search(index, TEXT, "--wrap", str(file), "--explain", "--json", "--size", "3").json["hits"]
        assert [hit["terms"] for hit in hits] == [hit["terms"] for hit in plain]
        assert all(hit["missing"] == other["missing"] for hit, other in zip(hits, plain, strict=True))
        assert all(hit["bm25"] == pytest.approx(0, abs=1e-4) for hit in hits)
        assert all(hit["fields"].keys() == {"language"} for hit in hits)
        if shown is not None:
            assert all(hit["source"].keys() == shown for hit in hits)
        else:
            assert all(not any(name.startswith(("mlsr", "caption")) for name in hit["source"]) for hit in hits)
        told = search(index, TEXT, "--wrap", str(file), "--why-not", plain[2]["id"], "--json", "--size", "1").json
        assert told["terms"] == plain[2]["terms"]


def test_people_read_words(index: str) -> None:
    """Whatever the model cuts them into; --pieces shows that, and JSON has both."""
    text = "How do I sharpen a lasso or a saw?"
    shown = search(index, text, "--explain", "--size", "2").stdout
    assert "lacks lasso" in shown
    assert "sharpen " in shown
    assert "##" not in shown
    assert "##n" in search(index, text, "--explain", "--pieces", "--size", "2").stdout
    found = search(index, text, "--explain", "--json").json
    assert found["words"]["lasso"] == ["lass", "##o"]
    for hit in found["hits"]:
        assert sum(hit["by_word"].values()) == pytest.approx(sum(hit["terms"].values()))
    assert {"term": "lasso", "images": 0}.items() <= found["missed_words"][0].items()
    best = found["hits"][0]["id"]
    assert "##" not in search(index, text, "--why-not", best).stdout
    told = search(index, text, "--why-not", best, "--json").json
    assert (told["words"], told["by_word"]) == (found["words"], found["hits"][0]["by_word"])
    assert "The query has, heaviest first: lasso" in search(index, text, "--veto", "zebra").stderr
    assert "Was sharpen meant?" in search(index, text, "--veto", "charpen").stderr


def test_the_heaviest_of_what_is_missing_is_shown(index: str) -> None:
    """Not a wall of words; all of them on request."""
    text = "zebra yacht xenon walrus violin umbrella trumpet guitar lemon potato camel rope"
    (line,) = (line for line in search(index, text, "--explain").stdout.splitlines() if line.startswith("In no image"))
    assert line.count("(") - line.count("(--pieces)") == 5
    assert "lighter ones (--pieces)" in line
    assert "lighter ones" not in search(index, text, "--explain", "--pieces").stdout


def test_what_to_do_next_is_told(index: str) -> None:
    """In the last line of stderr; a program that reads JSON is told nothing."""
    plain, explained, hybrid = (
        search(index, TEXT, *options).stderr.splitlines()[-1]
        for options in ((), ("--explain",), ("--explain", "--hybrid", "auto"))
    )
    assert plain.startswith("Next: --explain ")
    assert "--hybrid auto adds BM25" in plain
    assert "--why-not ID" in explained
    assert "--boost WORD=2" in explained
    assert "--hybrid" not in hybrid
    assert search(index, TEXT, "--json").stderr == ""


def test_the_only_index_needs_no_name(fault_server: FaultServer, client: Elasticsearch, sample_index: str) -> None:
    """It is named on stderr, and asked for once."""
    described = client.indices.get(index=sample_index).body
    others: dict[str, Any] = {"logs": {"aliases": {}, "mappings": {}, "settings": {}}}
    nothing = {"took": 1, "hits": {"total": {"value": 0}, "hits": []}}
    fault_server.replies.extend([Reply(200, described | others), Reply(200, nothing)])
    ran = run_program("search", TEXT, "--es-url", fault_server.url)
    assert (ran.code, ran.stdout) == (0, "")
    assert f"Searching {sample_index}, the only index of this cluster." in ran.stderr
    fault_server.replies.append(Reply(200, others))
    none = run_program("search", TEXT, "--es-url", fault_server.url)
    assert (none.code, none.stderr.count("\n")) == (2, 1)
    assert "has no index of mlsr-es that is searched. Make one: mlsr-es index SOURCE" in none.stderr


def test_of_several_indices_one_is_to_be_named(index: str, index_name: str, client: Elasticsearch) -> None:
    """They are listed."""
    meta = IndexMeta("demo", "r", "v", "mlp", "mlp")
    promote(client, index_name, create_version(client, index_name, meta))
    ran = run_program("search", TEXT)
    assert (ran.code, ran.stdout) == (2, "")
    assert {index, index_name} <= set(re.findall(r"[\w-]+", ran.stderr))
    assert ran.stderr.endswith("Name one: --index NAME\n")


@pytest.mark.usefixtures("index")
def test_a_model_that_the_index_alone_names_is_not_downloaded(index_name: str, client: Elasticsearch) -> None:
    """The index's owner is not the searcher."""
    meta = IndexMeta("somebody/model", "r", "v", "mlp", "mlp")
    promote(client, index_name, create_version(client, index_name, meta))
    ran = search(index_name, TEXT)
    assert (ran.code, ran.stdout, ran.stderr.count("\n")) == (2, "", 1)
    assert "the model 'somebody/model' is not on this machine" in ran.stderr
    assert "--model somebody/model" in ran.stderr


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ((TEXT, "--filter", "knots.html"), "--filter takes FIELD=VALUE, not 'knots.html'. For example: "),
        ((TEXT, "--filter", "=knots.html"), "takes FIELD=VALUE"),
        ((TEXT, "--filter", "colour=red"), "has no field colour. Fields that it has: "),
        ((TEXT, "--filter", "caption.alt=rope"), "the field caption.alt of "),
        ((TEXT, "--collapse", "colour"), "has no field colour."),
        ((TEXT, "--hybrid", "captions:0.3"), "has no field captions. Fields of text: caption.alt"),
        ((TEXT, "--hybrid", "much"), "'much' is not FIELD:WEIGHT"),
        ((TEXT, "--filter-json", "[]"), "is no clause of the query language"),
        ((TEXT, "--filter-json", "{'a'}"), "is no JSON"),
        ((TEXT, "--filter-json", "gone.json"), "gone.json cannot be read"),
        ((TEXT, "--wrap", "gone.json"), "gone.json cannot be read"),
        ((TEXT, "--section-file", "-"), "a text and a file are given. Give the section one way."),
        (("--section-file", "gone.json"), "gone.json cannot be read: "),
        (("--section-file", "-"), "the query is empty."),
        (("--page-title", " "), "the query is empty."),
        ((TEXT, "--model", "nothing"), "there is no model 'nothing'"),
        ((TEXT, "--device", "abacus"), "there is no device 'abacus' here"),
    ],
)
def test_what_cannot_be_asked_is_the_users_error(index: str, arguments: tuple[str, ...], complaint: str) -> None:
    """One line, and the exit code 2."""
    ran = search(index, *arguments)
    assert (ran.code, ran.stdout) == (2, "")
    assert ran.stderr.startswith("error: ")
    assert complaint in ran.stderr
    assert ran.stderr.count("\n") == 1


def test_a_section_in_another_encoding_is_refused_with_the_likely_one(index: str, tmp_path: Path) -> None:
    """Its letters would be wrong, and its words would find nothing."""
    (tmp_path / "section.txt").write_bytes("Große Knoten für müde Füße".encode("latin-1"))
    ran = search(index, "--section-file", str(tmp_path / "section.txt"))
    assert ran.code == 2
    assert "section.txt is no UTF-8 text, but likely cp1252. Save it as UTF-8." in ran.stderr


@pytest.mark.parametrize("arguments", [("--size", "0"), ("--size", "10001"), ("--size", "many"), ("--nonsense",)])
def test_wrong_usage_is_told_by_the_parser(index: str, arguments: tuple[str, ...]) -> None:
    """With the exit code 2."""
    ran = search(index, TEXT, *arguments)
    assert (ran.code, ran.stdout) == (2, "")
    assert "Usage: mlsr-es search" in ran.stderr
