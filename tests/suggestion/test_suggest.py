"""From a section to images, on a real node."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np
import pytest
from elasticsearch import Elasticsearch

from mlsr_es.collection import Section
from mlsr_es.elastic.cluster import ClusterVersion, check
from mlsr_es.elastic.mapping import IndexMeta, State
from mlsr_es.elastic.search import Strategy
from mlsr_es.elastic.versions import Version, create_version
from mlsr_es.encoders import BiEncoder
from mlsr_es.errors import ClusterRefusedError, IndexMismatchError, InputError, ModelError, QueryError
from mlsr_es.suggestion import (
    SearchedIndex,
    Suggestions,
    SuggestOptions,
    exact_strategy_for,
    look_up,
    prepare,
    serving_version,
    strategy_for,
    suggest,
)
from mlsr_es.vectors import quantised
from tests.elastic.faults import FaultServer, Reply
from tests.models import word_model

KNOTS = Section("s", "Pass the end through the loop, and the rope holds.", "k.html", "Knots", "The bowline")
CLOUDS = Section("s", "Dark ones bring rain.", section_title="Clouds in the sky")

Ask: TypeAlias = Callable[..., Suggestions]


@pytest.fixture
def ask(client: Elasticsearch, sample_index: str, demo_model: BiEncoder) -> Ask:
    """Asks the sample collection."""
    known = look_up(client, sample_index)

    def asked(section: Section = KNOTS, **options: Any) -> Suggestions:
        return suggest(client, sample_index, section, SuggestOptions(**options), encoder=demo_model, known=known)

    return asked


NOBODY = Elasticsearch("http://127.0.0.1:9")
"""Where nothing answers: what is known of the index is enough."""


def searched(version: Version) -> SearchedIndex:
    """An index that needs no cluster."""
    return SearchedIndex("birds", version, {}, None)


def test_images_that_belong_in_the_section_come_first(ask: Ask) -> None:
    """Best first, as many as are asked for, with what is stored of them but the weights."""
    found = ask(size=5)
    assert len(found.images) == 5
    scores = [image.score for image in found.images]
    assert scores == sorted(scores, reverse=True)
    best = found.images[0]
    assert (best.source["collection"], best.source["page"]) == ("sample", "knots.html")
    assert "terms" not in best.source["mlsr"]
    assert best.terms is None


def test_the_terms_add_up_to_the_score(ask: Ask) -> None:
    """Each image's, heaviest first, and all of them the query's; the weights themselves are not shown."""
    found = ask(explain=True, size=20)
    for image in found.images:
        assert image.terms is not None
        assert sum(image.terms.values()) == pytest.approx(image.score, rel=1e-6)
        assert list(image.terms.values()) == sorted(image.terms.values(), reverse=True)
        assert image.terms.keys() <= found.request.terms.keys()
        assert "terms" not in image.source["mlsr"]


def test_the_score_is_the_dot_product_of_what_the_model_says(
    ask: Ask, client: Elasticsearch, sample_index: str, demo_model: BiEncoder
) -> None:
    """Of the query's weights and the stored ones, as the field keeps them."""
    (best,) = ask(size=1).images
    weights = client.get(index=sample_index, id=best.id)["_source"]["mlsr"]["terms"][0]
    query = demo_model.encode_sections([KNOTS]).named(0, demo_model.vocabulary)
    kept = {
        name.replace("%2E", "."): float(quantised(np.array([weight], np.float32))[0])
        for name, weight in weights.items()
    }
    assert best.score == pytest.approx(sum(query.get(name, 0.0) * weight for name, weight in kept.items()), rel=1e-5)


def test_explaining_changes_no_hit(ask: Ask) -> None:
    """The same images with the same scores."""
    explained, plain = ([(image.id, image.score) for image in ask(explain=explain).images] for explain in (True, False))
    assert explained == plain


@pytest.mark.parametrize("strategy", ["exhaustive", "dynamic", "two-phase:0.6/100", "two-phase:0.6/100+dynamic"])
def test_every_strategy_gives_the_same_images(ask: Ask, strategy: str) -> None:
    """How the cluster gets there is its affair."""
    found = ask(strategy=strategy)
    assert [image.id for image in found.images] == [image.id for image in ask().images]
    assert found.total == (None if "dynamic" in strategy else ask().total)


def test_a_strategy_never_finds_fewer_images(ask: Ask) -> None:
    """Where its heavy terms match fewer than are wanted, all terms are asked; and the total is of those."""
    plain = ask(size=30, explain=True)
    heaviest = next(iter(plain.request.terms))
    few = sum(1 for image in plain.images if heaviest in (image.terms or {}))
    assert 0 < few < 30
    found = ask(size=30, explain=True, strategy="top:1")
    assert (found.images, found.total) == (plain.images, plain.total)
    pruned = ask(size=few, explain=True, strategy="top:1")
    assert pruned.total is None
    assert [image.terms.keys() for image in pruned.images if image.terms] == [{heaviest}] * few


@pytest.mark.parametrize(
    "strategy", ["dynamic", "top:3", "mass:0.5+dynamic", "two-phase:0.3/1", "two-phase:0.3/5+dynamic"]
)
@pytest.mark.parametrize("hybrid", ["", "caption_all:0.4"])
def test_the_terms_add_up_to_the_score_under_every_strategy(ask: Ask, strategy: str, hybrid: str) -> None:
    """Terms that were not asked count for nothing; those of a second phase do, also behind a small window."""
    found = ask(explain=True, size=2, strategy=strategy, hybrid=hybrid)
    assert len(found.images) == 2
    for image in found.images:
        assert image.terms is not None
        assert sum(image.terms.values()) + (image.bm25 or 0) == pytest.approx(image.score, rel=1e-5)
        assert image.terms.keys() <= found.request.asked.keys()


def test_a_filter_leaves_only_what_has_the_value(ask: Ask) -> None:
    """Or one of the values; fields hold together."""
    weather = ask(CLOUDS, filters={"page": ["weather.html"]}, size=50)
    assert {image.source["page"] for image in weather.images} == {"weather.html"}
    either = ask(Section("s", "rain, or a rope"), filters={"page": ["weather.html", "knots.html"]}, size=50)
    assert {image.source["page"] for image in either.images} == {"weather.html", "knots.html"}
    both = ask(filters={"page": ["knots.html"], "collection": ["sample"]}, size=50)
    assert both.images
    assert ask(filters={"page": ["knots.html"], "collection": ["birds"]}).images == ()


def test_the_titles_are_a_part_of_the_query(ask: Ask) -> None:
    """They stay apart down to the encoder, and change what is found."""
    assert ask(replace(KNOTS, page_title="", section_title="")).request.terms != ask().request.terms
    assert ask(replace(CLOUDS, text="")).images[0].source["page"] == "weather.html"


def test_nothing_is_sent_before_it_is_asked_for(
    client: Elasticsearch, sample_index: str, demo_model: BiEncoder
) -> None:
    """A request is data: the weights, heaviest first, and the body."""
    request = prepare(client, sample_index, KNOTS, SuggestOptions(size=3), encoder=demo_model)
    assert list(request.terms.values()) == sorted(request.terms.values(), reverse=True)
    assert request.body["size"] == 3
    assert len(request.body["query"]["bool"]["should"]) == len(request.terms)


def test_a_model_that_the_index_was_not_made_with_is_refused(client: Elasticsearch, sample_index: str) -> None:
    """Its terms would mean something else; the right one is named."""
    with pytest.raises(ModelError, match=r"made with the model 'demo'.*--model demo"):
        suggest(client, sample_index, KNOTS, encoder=word_model())


@pytest.mark.parametrize(
    ("text", "complaint"),
    [("", "the query is empty"), (" \n\t", "the query is empty"), ("🦉 🦆", "knows no word of the query")],
)
def test_a_query_that_cannot_be_asked_is_refused(ask: Ask, text: str, complaint: str) -> None:
    """Before anything is sent."""
    with pytest.raises(QueryError, match=complaint):
        ask(Section("s", text))


def test_a_query_without_any_weight_is_refused() -> None:
    """The model knows its words, and finds none of them worth a search."""
    model = word_model(-1.0)
    digest = model.vocabulary.digest
    version = Version("birds-v0001", IndexMeta("words", model.revision, digest, "mlp", "mlp", state=State.SERVING))
    with pytest.raises(QueryError, match="gives no word of the query any weight"):
        prepare(NOBODY, "birds", Section("s", "an owl"), encoder=model, known=searched(version))


def test_another_vocabulary_is_refused() -> None:
    """Whatever the revisions say: a query table is a file that anybody can change."""
    model = word_model()
    version = Version("birds-v0001", IndexMeta("words", model.revision, "v", "mlp", "mlp", state=State.SERVING))
    with pytest.raises(ModelError, match="was made with another vocabulary"):
        prepare(NOBODY, "birds", Section("s", "an owl"), encoder=model, known=searched(version))


def test_a_long_query_keeps_its_heaviest_terms(ask: Ask, demo_model: BiEncoder) -> None:
    """As many as the model's configuration says, however long the section is."""
    found = ask(Section("s", " ".join([KNOTS.text] * 300)))
    assert found.images[0].id.startswith("sample/images/")
    assert len(found.request.terms) <= (demo_model.config.query_terms or len(demo_model.vocabulary))


def test_the_version_that_serves_is_found_by_its_alias(client: Elasticsearch, sample_index: str) -> None:
    """And by its own name."""
    version = serving_version(client, sample_index)
    assert version.index == f"{sample_index}-v0001"
    assert serving_version(client, version.index) == version


def test_an_index_that_cannot_be_searched_is_said_to_be_so(client: Elasticsearch, index_name: str) -> None:
    """Missing, or not complete yet."""
    with pytest.raises(IndexMismatchError, match=f"there is no index {index_name}.*mlsr-es index SOURCE"):
        serving_version(client, index_name)
    create_version(client, index_name, IndexMeta("m", "r", "v", "mlp", "mlp"))
    with pytest.raises(
        IndexMismatchError, match=f"{index_name} is not complete yet: {index_name}-v0001 is being built"
    ):
        serving_version(client, index_name)


def test_the_strategy_follows_the_clusters_version(client: Elasticsearch, sample_index: str) -> None:
    """Every posting on Lucene 8, where nobody has stored another one."""
    major = int(client.info()["version"]["number"].split(".")[0])
    version = serving_version(client, sample_index)
    cluster = check(client)
    assert exact_strategy_for(client) == strategy_for(version, cluster) == Strategy(dynamic=major >= 9)
    stored = replace(version, meta=replace(version.meta, strategy="two-phase:0.7/300"))
    assert strategy_for(stored, cluster) == Strategy(mass=0.7, window=300)


def test_a_stored_strategy_that_is_none_is_the_indexs_fault(client: Elasticsearch, sample_index: str) -> None:
    """It says how a good one is stored."""
    version = serving_version(client, sample_index)
    broken = replace(version, meta=replace(version.meta, strategy="warp:9"))
    with pytest.raises(IndexMismatchError, match=r"strategy 'warp:9' is none.*tune strategy"):
        strategy_for(broken, None)


def test_an_index_is_looked_up_once(client: Elasticsearch, sample_index: str, demo_model: BiEncoder) -> None:
    """What is known of it may be kept: the version, its fields, and what it was created with."""
    known = look_up(client, sample_index)
    assert known.name == sample_index
    assert known.version == serving_version(client, sample_index)
    assert (known.fields["page"], known.fields["caption_all"]) == ("keyword", "text")
    assert known.created_by is not None
    assert known.created_by.major == check(client)[0]  # type: ignore[index]
    given: list[IndexMeta] = []

    def encoder(meta: IndexMeta) -> BiEncoder:
        given.append(meta)
        return demo_model

    assert suggest(client, sample_index, KNOTS, encoder=encoder, known=known).images
    assert given == [known.version.meta]


def test_what_is_wrong_is_told_before_a_model_is_loaded(client: Elasticsearch, sample_index: str) -> None:
    """A model takes seconds."""

    def encoder(_: IndexMeta) -> BiEncoder:
        raise AssertionError

    for options, complaint in (
        (SuggestOptions(filters={"colour": "red"}), "has no field colour"),
        (SuggestOptions(collapse="caption.alt"), "is cut into words"),
        (SuggestOptions(hybrid="captions:0.3"), "has no field captions"),
    ):
        with pytest.raises(InputError, match=complaint):
            suggest(client, sample_index, KNOTS, options, encoder=encoder)
    with pytest.raises(QueryError, match="the query is empty"):
        suggest(client, sample_index, Section("s", ""), encoder=encoder)


@pytest.mark.parametrize(
    "wrong",
    [{"size": 20_000}, {"hybrid": "much"}, {"strategy": "warp:9"}, {"own": {"sort": ["page"]}}],
)
def test_options_that_no_index_could_answer_cannot_be_made(wrong: dict[str, Any]) -> None:
    """Whoever makes them."""
    with pytest.raises(InputError):
        SuggestOptions(**wrong)


def test_an_index_of_an_old_cluster_is_looked_at_closer(
    fault_server: FaultServer, client_of: Callable[..., Elasticsearch], client: Elasticsearch, sample_index: str
) -> None:
    """The cluster may be too old still, or upgraded since."""
    described = client.indices.get(index=sample_index).body
    for about in described.values():
        about["settings"]["index"]["version"]["created"] = "7160399"
    old = client_of(fault_server.url)
    fault_server.replies.extend([Reply(200, described), Reply(200, {"version": {"number": "7.16.3"}})])
    with pytest.raises(ClusterRefusedError, match=r"is Elasticsearch 7\.16\.3, and 7\.17 is the oldest"):
        look_up(old, sample_index)
    fault_server.replies.extend([Reply(200, described), Reply(200, {"version": {"number": "8.19.0"}})])
    assert look_up(old, sample_index).created_by == ClusterVersion(7, 16)
