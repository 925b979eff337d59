"""``mlsr-es search --why-not``, and the words that hit nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from elasticsearch import Elasticsearch

from tests.program import Ran, run_program

TEXT = "How is a rope tied to a post?"
STRATEGIES = ("exhaustive", "dynamic", "top:2", "mass:0.5", "two-phase:0.5/50", "two-phase:0.3/5+dynamic")


@pytest.fixture
def index(cluster_url: str, sample_index: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The sample's index; the program reaches its cluster."""
    monkeypatch.setenv("ES_URL", cluster_url)
    return sample_index


def search(index: str, *arguments: str) -> Ran:
    ran = run_program("search", TEXT, *arguments, "--index", index)
    assert ran.code == 0, ran.stderr
    return ran


def hits(index: str, *arguments: str) -> list[Any]:
    found: list[Any] = search(index, *arguments, "--json", "--explain").json["hits"]
    return found


def why_not(index: str, image: str, *arguments: str) -> Any:
    return search(index, *arguments, "--json", "--why-not", image).json


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_an_explanation_adds_up_under_every_strategy(index: str, strategy: str) -> None:
    """To the score; what a hit has and what it lacks are the terms that were asked."""
    found = search(index, "--json", "--explain", "--size", "4", "--strategy", strategy).json
    assert len(found["hits"]) == 4
    asked = found["query"].keys() - set(found["unasked_terms"])
    for hit in found["hits"]:
        assert sum(hit["terms"].values()) == pytest.approx(hit["score"], rel=1e-5)
        assert hit["terms"].keys() | hit["missing"].keys() == asked
        assert not hit["terms"].keys() & hit["missing"].keys()


def test_words_that_hit_nothing_are_shown(index: str, client: Elasticsearch) -> None:
    """With their weights, and the number of images that have them all the same; the cluster counts."""
    ran = search(index, "--json", "--explain", "--size", "1", "--boost", "robin=2", "--boost", "zebra=2")
    found = ran.json
    missed = {each["term"]: each for each in found["missed"]}
    assert missed.keys() == found["query"].keys() - found["hits"][0]["terms"].keys()
    assert missed["zebra"] == {"term": "zebra", "weight": found["query"]["zebra"], "images": 0}
    clause = {"rank_feature": {"field": "mlsr.terms.robin", "linear": {}}}
    assert missed["robin"]["images"] == client.count(index=index, query=clause)["count"] > 0
    shown = search(index, "--explain", "--size", "1", "--boost", "zebra=2").stdout
    assert "lacks " in shown
    assert "In no image shown: " in shown
    assert (
        f"zebra {found['query']['zebra']:.2f} (no image has it)"
        in search(index, "--explain", "--size", "1", "--boost", "robin=2", "--boost", "zebra=2").stdout
    )
    assert "top:1 does not ask for: " in search(index, "--explain", "--size", "1", "--strategy", "top:1").stdout


@pytest.mark.parametrize("strategy", ["exhaustive", "dynamic", "top:2", "two-phase:0.9/60"])
def test_rank_and_score_are_those_of_a_longer_search(index: str, strategy: str) -> None:
    """Of which the image is a hit; its terms add up to the score, and the others are lacking."""
    options = ("--strategy", strategy)
    image = hits(index, *options, "--size", "3")[-1]
    told = why_not(index, image["id"], *options, "--size", "1")
    assert told["reason"] == "outranked"
    standing = told["rank"]
    assert standing["score"] == pytest.approx(image["score"])
    assert standing["rank"] <= 3 < standing["rank"] + standing["tied"]
    assert sum(told["terms"].values()) == pytest.approx(standing["score"], rel=1e-5)
    assert told["last_shown_score"] == pytest.approx(hits(index, *options, "--size", "1")[-1]["score"])
    unasked = set(told["unasked"])
    assert told["terms"].keys() | told["missing"].keys() | unasked == told["query"].keys()


def test_the_reason_is_told_in_a_sentence_and_a_sum(index: str) -> None:
    """On stdout."""
    image = hits(index, "--size", "9")[-1]
    shown = search(index, "--why-not", image["id"], "--size", "1").stdout
    assert f"with a score of {image['score']:.2f}; the one that is shown has " in shown
    assert f"sum                 {image['score']:.2f}".split() in [line.split() for line in shown.splitlines()]
    assert "lacking" in shown
    assert "It is shown, as number 1." in search(index, "--why-not", hits(index)[0]["id"]).stdout


def test_a_hybrids_part_is_told(index: str) -> None:
    """What BM25 gave, beside the terms."""
    options = ("--hybrid", "caption_all:0.5")
    image = hits(index, *options, "--size", "5")[-1]
    told = why_not(index, image["id"], *options, "--size", "1")
    assert told["bm25"] == pytest.approx(image["bm25"], abs=1e-4)
    assert sum(told["terms"].values()) + told["bm25"] == pytest.approx(told["rank"]["score"], rel=1e-5)


def test_filters_that_leave_it_out_are_named(index: str) -> None:
    """They alone, in either form; and where it would stand without them."""
    image = hits(index, "--size", "1")[0]["id"]
    wide = {"range": {"width": {"gte": 100_000}}}
    options = (
        "--filter",
        "page=nowhere.html",
        "--filter",
        "collection=sample",
        "--filter-json",
        orjson.dumps(wide).decode(),
    )
    told = why_not(index, image, *options)
    assert (told["reason"], told["rank"]["rank"]) == ("filtered", 1)
    assert sorted(told["excluded_by"], key=str) == [wide, {"term": {"page": "nowhere.html"}}]
    shown = search(index, "--why-not", image, *options).stdout
    assert "It is left out by the filters " in shown
    assert "page=nowhere.html" in shown
    assert "Without that it would be number 1." in shown


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_an_image_that_is_not_there_is_the_users_error(index: str, options: tuple[str, ...]) -> None:
    """Those like it are named: the path before a file's name is easily forgotten."""
    image = hits(index, "--size", "1")[0]["id"]
    for given, advice in (
        (image.rpartition("/")[2], f"Was {image} meant?"),
        ("nowhere.png", "An image's id is what search shows of it."),
    ):
        ran = run_program("search", TEXT, "--index", index, "--why-not", given, *options)
        told = f"error: the index {index} holds no image '{given}'. {advice}\n"
        assert (ran.code, ran.stdout, ran.stderr) == (2, "", told)


def test_what_a_strategy_does_not_reach_is_told(index: str) -> None:
    """With the place that all terms would give it."""
    both = hits(index, "--size", "50")
    heaviest = next(iter(search(index, "--json").json["query"]))
    rank, image = next((rank, hit) for rank, hit in enumerate(both, 1) if heaviest not in hit["terms"])
    told = why_not(index, image["id"], "--strategy", "top:1", "--size", "1")
    assert (told["reason"], told["rank"]) == ("left-out", None)
    whole = told["rank_with_all_terms"]
    assert whole["rank"] <= rank < whole["rank"] + whole["tied"]
    assert (
        "The strategy top:1 does not reach it. With all terms"
        in search(index, "--why-not", image["id"], "--strategy", "top:1", "--size", "1").stdout
    )


def test_no_term_in_common_is_told(index: str) -> None:
    """And so is an image without weights; function words, which most captions have, are left out of the query."""
    content = [option for word in ("how", "is", "a", "to") for option in ("--veto", word)]
    nothing = run_program("search", "robin sings", "--index", index, "--json", "--size", "50").json["hits"]
    known = {hit["id"] for hit in hits(index, "--size", "100", *content)}
    image = next(hit["id"] for hit in nothing if hit["id"] not in known)
    told = why_not(index, image, *content)
    assert (told["reason"], told["terms"], told["rank"]) == ("unmatched", {}, None)
    assert told["missing"] == told["query"]


def test_what_is_collapsed_is_told(index: str, tmp_path: Path) -> None:
    """By the id of what is shown in its place; and the user's own query is a filter."""
    first, second = (hit["id"] for hit in hits(index, "--size", "2", "--filter", "page=knots.html"))
    told = why_not(index, second, "--collapse", "page", "--filter", "page=knots.html")
    assert (told["reason"], told["shown_instead"]) == ("collapsed", first)
    own = {"query": {"term": {"page": "nowhere.html"}}}
    (tmp_path / "own.json").write_bytes(orjson.dumps(own))
    told = why_not(index, first, "--wrap", str(tmp_path / "own.json"))
    assert (told["reason"], told["excluded_by"]) == ("filtered", [own["query"]])


def test_a_request_is_shown_or_asked_about(index: str) -> None:
    """Not both."""
    ran = run_program("search", TEXT, "--index", index, "--show-query", "--why-not", "a")
    assert (ran.code, ran.stdout) == (2, "")
    assert "--show-query sends nothing, and --why-not asks the cluster." in ran.stderr
