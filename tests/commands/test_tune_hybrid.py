"""``mlsr-es tune hybrid``, as it is run."""

from __future__ import annotations

from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from mlsr_es.hybrid import Hybrid
from mlsr_es.suggestion import serving_version
from tests.program import Ran, run_program


@pytest.fixture
def index(cluster_url: str, index_name: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The sample in an index that may be changed; the program reaches its cluster."""
    monkeypatch.setenv("ES_URL", cluster_url)
    ran = run_program("index", "sample", "--index", index_name)
    assert ran.code == 0, ran.stderr
    return index_name


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    """The sample's topics and judgements."""
    assert run_program("collection", "export", "sample", "-o", str(tmp_path / "sample")).code == 0
    return tmp_path / "sample"


def tune(index: str, exported: Path, *arguments: str) -> Ran:
    return run_program("tune", "hybrid", "--index", index, "--topics", str(exported / "topics.jsonl"), *arguments)


def test_a_weight_is_found_and_stored(client: Elasticsearch, index: str, exported: Path) -> None:
    """With judgements there is a curve; --store makes auto take the weight, and a later run of index leaves it."""
    qrels = str(exported / "qrels.txt")
    found = tune(index, exported, "--qrels", qrels, "--store", "--json").json
    weights = [one["weight"] for one in found["curve"]]
    assert weights == sorted(weights)
    assert weights[0] == 0
    assert {found["balance"], found["best"], found["hybrid"]["weight"]} <= set(weights)
    values = {one["weight"]: one["nDCG@10"] for one in found["curve"]}
    assert values[found["best"]] == max(values.values())
    assert Hybrid.from_json(serving_version(client, index).meta.hybrid) == Hybrid.from_json(found["hybrid"])
    assert found["hybrid"]["kept"]
    table = tune(index, exported, "--qrels", qrels)
    assert "balanced" in table.stdout
    assert "Store it with --store." in table.stderr


def test_without_judgements_scores_are_balanced(index: str, exported: Path) -> None:
    """Also on another field; nothing is stored unasked."""
    ran = tune(index, exported, "--field", "caption_all")
    assert ran.stdout.startswith("caption_all:")
    found = tune(index, exported, "--json").json
    assert (found["curve"], found["best"], found["stored"]) == ([], None, False)
    assert found["hybrid"]["weight"] == found["balance"] > 0


def test_a_field_that_is_not_there_is_named(index: str, exported: Path) -> None:
    """With those that are."""
    ran = tune(index, exported, "--field", "captions")
    assert ran.code == 2
    assert "has no field captions. Fields of text: caption.alt" in ran.stderr
