"""``mlsr-es tune strategy``, as it is run."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from elasticsearch import Elasticsearch

from mlsr_es.elastic.search import Strategy
from mlsr_es.elastic.versions import store_strategy
from mlsr_es.errors import IndexMismatchError
from mlsr_es.suggestion import serving_version
from tests.elastic.leases import times_written
from tests.program import run_program

SECTIONS = [
    {"id": "s1", "text": "How is a rope tied to a post?", "page_title": "Knots"},
    {"id": "s2", "text": "Dark clouds bring rain.", "page_title": "Weather"},
]


@pytest.fixture
def topics(tmp_path: Path) -> Path:
    """Two sections."""
    file = tmp_path / "topics.jsonl"
    file.write_bytes(b"".join(orjson.dumps(section) + b"\n" for section in SECTIONS))
    return file


@pytest.fixture
def index(cluster_url: str, index_name: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The sample in an index that may be changed; the program reaches its cluster."""
    monkeypatch.setenv("ES_URL", cluster_url)
    ran = run_program("index", "sample", "--index", index_name)
    assert ran.code == 0, ran.stderr
    return index_name


def test_strategies_are_measured_and_one_is_stored(client: Elasticsearch, index: str, topics: Path) -> None:
    """A table says what each gives, the last line what to do; --store, under the lease, makes searches use it."""
    ran = run_program("tune", "strategy", "--index", index, "--topics", str(topics))
    assert ran.code == 0, ran.stderr
    rows = [line.split() for line in ran.stdout.splitlines() if "two-phase:" in line or "exhaustive" in line]
    assert len(rows) > 4
    assert ran.stdout.count("recommended") == 1
    assert "2 queries of " in ran.stderr
    assert "store it with --store" in ran.stderr
    before = serving_version(client, index).meta
    assert before.strategy == ""

    store_strategy(client, f"{index}-v0001", Strategy.parse("mass:0.5"))
    searched = run_program("search", "rope", "--index", index, "--json").json
    assert searched["strategy"] == "mass:0.5"
    written = times_written(client, index)
    again = run_program("tune", "strategy", "--index", index, "--topics", str(topics), "--store", "--json").json
    assert times_written(client, index) > written
    assert again["stored"] is True
    assert again["recommended"] in {one["strategy"] for one in again["strategies"]}
    after = serving_version(client, index).meta
    assert after.strategy == again["recommended"]
    assert (after.revision, after.hybrid, after.origins) == (before.revision, before.hybrid, before.origins)
    assert run_program("search", "rope", "--index", index, "--json").json["strategy"] == again["recommended"]


def test_a_strategy_is_not_written_into_what_is_not_ours(client: Elasticsearch, index_name: str) -> None:
    """And what its owner says of an index of ours stays."""
    client.indices.create(index=index_name, mappings={"_meta": {"owner": "somebody"}})
    with pytest.raises(IndexMismatchError, match=r"no _meta\.mlsr"):
        store_strategy(client, index_name, Strategy())


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--hybrid", "caption_all"), "is not FIELD:WEIGHT"),
        (("--topics", "gone.jsonl"), "gone.jsonl"),
        (("--index", "nowhere"), "there is no index nowhere"),
    ],
)
def test_what_is_wrong_is_told_first(
    cluster_url: str, sample_index: str, topics: Path, arguments: tuple[str, str], complaint: str
) -> None:
    """Before a model is loaded."""
    given = {"--index": sample_index, "--topics": str(topics), "--es-url": cluster_url}
    given |= {arguments[0]: arguments[1]}
    ran = run_program("tune", "strategy", *(part for option in given.items() for part in option))
    assert (ran.code, ran.stdout) == (2, "")
    assert complaint in ran.stderr
