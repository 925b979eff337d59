"""A suggester: the same images as the command's, by one request each, from what serves now."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from elastic_transport import Transport
from elasticsearch import Elasticsearch

import mlsr_es
from mlsr_es.elastic.versions import resolve
from mlsr_es.errors import ClusterRefusedError, ClusterUnreachableError, IndexMismatchError, InputError, QueryError
from mlsr_es.suggestion import SuggestOptions
from tests.program import run_program

TEXT = "How is a rope tied to a post?"
SECTION = {"page_title": "Knots and rope", "section_title": "The clove hitch", "text": TEXT}

Hits = list[tuple[str, float]]


def hits(found: mlsr_es.Suggestions) -> Hits:
    return [(image.id, image.score) for image in found]


@pytest.fixture
def images(cluster_url: str, sample_index: str) -> Iterator[mlsr_es.Suggester]:
    """A suggester of the sample's index."""
    with mlsr_es.Suggester(sample_index, es_url=cluster_url) as opened:
        yield opened


@pytest.fixture
def requests(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The path of each request that is sent."""
    sent, send = [], Transport.perform_request

    def noted(self: Transport, method: str, target: str, **options: Any) -> Any:
        sent.append(target.partition("?")[0])
        return send(self, method, target, **options)

    monkeypatch.setattr(Transport, "perform_request", noted)
    return sent


@pytest.fixture
def indexed(cluster_url: str, index_name: str) -> Callable[..., None]:
    """Indexes the sample under a name, by the demo model or another one."""

    def index(*options: str) -> None:
        ran = run_program("index", "sample", "--index", index_name, "--es-url", cluster_url, *options)
        assert ran.code == 0, ran.stderr

    return index


def test_the_same_images_as_the_command(images: mlsr_es.Suggester, sample_index: str, cluster_url: str) -> None:
    """In the same order, with the same scores and words."""
    options = ("--explain", "--hybrid", "auto", "--veto", "post", "--exclude", "sample/images/reef-knot.svg", "--json")
    told = run_program("search", TEXT, "--index", sample_index, "--es-url", cluster_url, *options).json["hits"]
    found = images.suggest(TEXT, explain=True, hybrid="auto", veto=["post"], exclude=["sample/images/reef-knot.svg"])
    assert hits(found) == [(hit["id"], hit["score"]) for hit in told]
    assert [image.words for image in found] == [hit["by_word"] for hit in told]
    assert len(found) == 10
    assert found[0].captions


def test_a_text_a_section_and_a_mapping_ask_the_same(images: mlsr_es.Suggester) -> None:
    """A mapping has the names of topics.jsonl."""
    section = mlsr_es.Section("any", TEXT, page_title=SECTION["page_title"], section_title=SECTION["section_title"])
    assert hits(images.suggest(section)) == hits(images.suggest(SECTION))
    assert hits(images.suggest(TEXT)) == hits(images.suggest({"text": TEXT}))
    assert hits(images.suggest(SECTION)) != hits(images.suggest(TEXT))


def test_the_first_suggestion_costs_two_requests_and_later_ones_cost_one(
    images: mlsr_es.Suggester, sample_index: str, requests: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After ten seconds the index is asked again what it says of itself."""
    look_up, search = f"/{sample_index},{sample_index}-v*", f"/{sample_index}/_search"
    images.suggest(TEXT)
    images.suggest(TEXT, size=3)
    assert requests == [look_up, search, search]
    now = monotonic()
    monkeypatch.setattr("mlsr_es.api.suggester.monotonic", lambda: now + 11)
    images.suggest(TEXT)
    assert requests[3:] == [look_up, search]


def test_a_promoted_version_is_noticed_by_its_images(
    indexed: Callable[..., None], index_name: str, cluster_url: str, other_model: Path
) -> None:
    """The query is encoded by its model then; back again as well."""
    indexed()
    with mlsr_es.Suggester(index_name, es_url=cluster_url) as images:
        before = hits(images.suggest(TEXT))
        indexed("--model", str(other_model))
        with mlsr_es.Suggester(index_name, es_url=cluster_url) as fresh:
            after = hits(fresh.suggest(TEXT))
        assert after != before
        assert hits(images.suggest(TEXT)) == after
        assert run_program("indices", "rollback", index_name, "--es-url", cluster_url).code == 0
        assert [hits(found) for found in images.suggest_many([TEXT])] == [before]  # type: ignore[arg-type]


def test_an_index_that_goes_and_comes_back(
    indexed: Callable[..., None], index_name: str, cluster_url: str, client: Elasticsearch
) -> None:
    """While it is gone, that is the error."""
    indexed()
    with mlsr_es.Suggester(index_name, es_url=cluster_url) as images:
        before = hits(images.suggest(TEXT))
        resolved = resolve(client, index_name)
        assert resolved
        assert resolved.serving
        client.indices.delete(index=resolved.serving.index)
        with pytest.raises(IndexMismatchError, match="there is no index"):
            images.suggest(TEXT)
        indexed()
        assert hits(images.suggest(TEXT)) == before


def test_many_texts_are_asked_as_one_would_be(images: mlsr_es.Suggester, requests: list[str]) -> None:
    """Fifty at a time; a text that cannot be asked has its error in its place."""
    texts = [TEXT, "", "an owl at night", "?!", "xyzzy"] * 21
    found = list(images.suggest_many(texts, size=4, explain=True))
    assert [path.rpartition("/")[2] for path in requests].count("_msearch") >= 3
    assert len(found) == len(texts)
    assert [isinstance(each, QueryError) for each in found[:3]] == [False, True, False]
    for text, each in zip(texts[:5], found[:5], strict=True):
        if isinstance(each, QueryError):
            with pytest.raises(QueryError, match=each.what[:20]):
                images.suggest(text, size=4)
        else:
            assert hits(each) == hits(images.suggest(text, size=4, explain=True))


def test_several_are_asked_together_each_with_its_own_options(images: mlsr_es.Suggester, requests: list[str]) -> None:
    """By one request; one that the cluster refuses has its error in its place."""
    wrong = {"range": {"width": {"gte": "wide"}}}
    queries = [
        (mlsr_es.Section("query", TEXT), SuggestOptions(size=2)),
        (mlsr_es.Section("query", TEXT), SuggestOptions(clauses=[wrong])),
        (mlsr_es.Section("query", ""), SuggestOptions()),
        (mlsr_es.Section("query", "an owl at night"), SuggestOptions(size=3, filters={"collection": ["sample"]})),
    ]
    images.suggest(TEXT)
    requests.clear()
    post, refused, empty, owl = images.ask_together(queries)
    assert [path.rpartition("/")[2] for path in requests] == ["_msearch"]
    assert isinstance(refused, ClusterRefusedError)
    assert isinstance(empty, QueryError)
    for found, text, size in ((post, TEXT, 2), (owl, "an owl at night", 3)):
        assert isinstance(found, mlsr_es.Suggestions)
        alone = images.suggest(text, size=size)
        assert [image.id for image in found] == [image.id for image in alone]
        assert [image.score for image in found] == pytest.approx([image.score for image in alone])


def test_many_texts_take_the_options_of_one(images: mlsr_es.Suggester) -> None:
    """An option that there is not is an error of Python's."""
    (found,) = images.suggest_many([TEXT], size=3, boost={"post": 3}, veto=["tied"], filters={"collection": ["sample"]})
    assert isinstance(found, mlsr_es.Suggestions)
    assert hits(found) == hits(images.suggest(TEXT, size=3, boost={"post": 3}, veto=["tied"]))
    with pytest.raises(TypeError, match="sise"):
        images.suggest_many([TEXT], sise=3)


def test_texts_are_taken_as_their_answers_are(images: mlsr_es.Suggester) -> None:
    """However many there are, fifty are waiting at most."""
    taken = 0

    def endless() -> Iterator[str]:
        nonlocal taken
        while True:
            taken += 1
            yield TEXT

    answers = images.suggest_many(endless(), size=1)
    for _ in range(120):
        next(answers)
    assert taken == 150


def test_several_threads_ask_one_suggester(images: mlsr_es.Suggester) -> None:
    """At its beginning, too."""
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: hits(images.suggest(TEXT)), range(40)))
    assert all(each == found[0] for each in found)


def test_a_client_of_ones_own_is_used_and_left_open(client: Elasticsearch, sample_index: str) -> None:
    """It is for other things, too."""
    with mlsr_es.Suggester(sample_index, client=client) as images:
        assert len(images.suggest(TEXT, size=2)) == 2
    assert client.ping()


@pytest.mark.parametrize(
    ("asked", "error", "told"),
    [
        ({"query": ""}, QueryError, "empty"),
        ({"query": {"titel": "Knots"}}, InputError, "holds no section"),
        ({"query": {"text": TEXT, "titel": "Knots"}}, InputError, "names that are not read: titel"),
        ({"query": {"text": 7}}, InputError, "text is not of the type"),
        ({"query": TEXT, "size": 10_001}, InputError, "out of reach"),
        ({"query": TEXT, "hybrid": "much"}, InputError, "FIELD:WEIGHT"),
        ({"query": TEXT, "filters": {"colour": ["red"]}}, InputError, "colour"),
        ({"query": TEXT, "strategy": "quick"}, InputError, "quick"),
    ],
)
def test_what_cannot_be_asked_is_an_error_of_the_package(
    asked: dict[str, Any], error: type[Exception], told: str, images: mlsr_es.Suggester
) -> None:
    """Each says what is wrong."""
    with pytest.raises(error, match=told):
        images.suggest(**asked)


def test_a_cluster_that_does_not_answer_is_an_error_of_the_package(closed_port: int) -> None:
    """A suggester is made before anything is sent."""
    address = f"http://127.0.0.1:{closed_port}"
    with mlsr_es.Suggester("any", es_url=address) as images, pytest.raises(ClusterUnreachableError):
        images.suggest(TEXT)


def test_a_notebook_shows_a_strip_in_which_nothing_is_run(
    client: Elasticsearch, cluster_url: str, index_name: str
) -> None:
    """Whatever stands in captions, ids and addresses."""
    client.indices.create(index=index_name, mappings={"properties": {"name": {"type": "text"}}})
    bad = "<script>alert('rope')</script> rope & post"
    client.index(index=index_name, id="<b>1</b>", document={"name": bad, "url": "javascript:alert(1)"}, refresh=True)
    assert run_program("enrich", index_name, "--caption-field", "name", "--es-url", cluster_url).code == 0
    with mlsr_es.Suggester(index_name, es_url=cluster_url) as images:
        shown = images.suggest("rope", explain=True)._repr_html_()
    assert "&lt;script&gt;" in shown
    assert "&lt;b&gt;1&lt;/b&gt;" in shown
    assert "<script" not in shown
    assert "javascript" not in shown
    assert "for <i>rope</i>" in shown
