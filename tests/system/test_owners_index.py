"""An index that its owner made with defaults, enriched: each way to look at its weights tells the truth."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mlsr_es.elastic.client import ConnectionSettings, connect
from tests.conftest import new_name
from tests.program import Ran, run_program

pytestmark = pytest.mark.system

GAMES = {
    "1": "Game card with a picture of a heron",
    "2": "A wooden bird house",
    "3": "A knot board for sailors",
    "4": "A game of balls",
}
EXACT = "Game card with a picture of a heron"

Program = Callable[..., Ran]


@pytest.fixture(scope="module", params=["cluster_url", "newer_cluster_url"])
def owners(request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    """The cluster's address, and an index there that its owner made with defaults, enriched in place and ``--into``."""
    url: str = request.getfixturevalue(request.param)
    with new_name(url) as name:
        client = connect(ConnectionSettings(url=url))
        client.indices.create(index=name, mappings={"properties": {"name": {"type": "text"}}})
        for id_, text in GAMES.items():
            client.index(index=name, id=id_, document={"name": text}, refresh=True)
        client.close()
        for options in ((), ("--into", f"{name}-beside")):
            ran = run_program("enrich", name, "--caption-field", "name:title", *options, "--es-url", url)
            assert ran.code == 0, ran.stderr
        yield url, name


@pytest.fixture(params=["", "-beside"], ids=["in place", "into"])
def program(owners: tuple[str, str], request: pytest.FixtureRequest) -> Program:
    """Runs a command on the enriched index, or on the index beside it."""
    url, name = owners

    def run(*arguments: str) -> Ran:
        return run_program(*arguments, "--index", f"{name}{request.param}", "--es-url", url)

    return run


def by_id(found: Any) -> dict[str, Any]:
    """The hits by their ids."""
    return {hit["id"]: hit for hit in found["hits"]}


@pytest.mark.parametrize("strategy", ["exhaustive", "top:3", "two-phase:0.6/10"])
def test_an_explanation_adds_up(program: Program, strategy: str) -> None:
    """The terms of each hit add up to its score, and the exact match lacks no word."""
    hits = by_id(program("search", EXACT, "--explain", "--json", "--strategy", strategy).json)
    assert not hits["1"]["missing"]
    for hit in hits.values():
        assert hit["terms"]
        assert sum(hit["terms"].values()) == pytest.approx(hit["score"], rel=1e-5)
        assert "terms" not in hit["source"].get("mlsr", {})


def test_why_not_tells_what_an_image_has(program: Program) -> None:
    """The exact match is shown with all its words; another document has weights, and none of the words."""
    shown = program("search", EXACT, "--json", "--why-not", "1").json
    assert shown["reason"] == "shown"
    assert not shown["missing"]
    assert sum(shown["terms"].values()) == pytest.approx(shown["rank"]["score"], rel=1e-5)
    assert program("search", "balls", "--json", "--why-not", "3").json["reason"] == "unmatched"


def test_verify_and_doctor_compare_score_and_explanation(program: Program, tmp_path: Path) -> None:
    """Both find that the weights that are shown are those that are searched."""
    topics = tmp_path / "topics.jsonl"
    topics.write_text('{"id": "t", "text": "a game with a picture of a heron"}\n')
    verified = program("verify", "scores", "--topics", str(topics))
    assert verified.code == 0, verified.stdout + verified.stderr
    assert "ranks as its model says: it gives 100.00% of the best 10." in verified.stderr
    examined = program("doctor").stdout
    assert "green\texplanation\tthe score of " in examined
