"""``mlsr-es doctor``, through the program."""

from __future__ import annotations

from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from tests.program import run_program


@pytest.fixture
def name(cluster_url: str, index_name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The sample, indexed with the demo model, and free to be spoilt."""
    monkeypatch.setenv("ES_URL", cluster_url)
    monkeypatch.chdir(tmp_path)
    assert run_program("index", "sample", "--index", index_name).code == 0
    return index_name


def levels(*arguments: str) -> tuple[int, dict[str, str]]:
    """Exit code, and what was looked at with its level."""
    ran = run_program("doctor", *arguments, "--json")
    return ran.code, {one["about"]: one["level"] for one in ran.json["findings"]}


def says(about: str, *arguments: str) -> str:
    """What stands in a line, with what to do."""
    findings = run_program("doctor", *arguments, "--json").json["findings"]
    return next(f"{one['says']} {one['advice']}" for one in findings if one["about"] == about)


def test_an_index_that_is_well(name: str) -> None:
    """All lines are green, or unknown, and each says what was looked at."""
    code, found = levels("--index", name)
    assert code == 0
    assert {"connection", "version", "disks", "mapping", "writing", "model", "clause limit"} <= found.keys()
    assert {"documents without weights", "features that match nothing", "versions left behind"} <= found.keys()
    assert set(found.values()) <= {"green", "unknown", "amber"}
    assert found["model"] == found["mapping"] == found["features that match nothing"] == "green"
    shown = run_program("doctor", "--index", name).stdout
    assert f"green\tmapping\t{name}-v0001 has its weights in mlsr.terms" in shown


def test_what_is_not_well_is_said_with_what_to_do(name: str, client: Elasticsearch) -> None:
    """Documents without weights, names that are never asked, a block, a version that nothing leads to."""
    client.index(index=name, id="bare", document={"image_id": "bare"})
    strange = {"terms": [{"a.b": 1.0, "owl": 1.0}], "term_count": 2}
    client.index(index=name, id="strange", document={"mlsr": strange}, refresh=True)
    client.indices.put_settings(index=name, settings={"index.blocks.read_only_allow_delete": True})
    try:
        code, found = levels("--index", name)
        assert (code, found["documents without weights"]) == (1, "amber")
        assert says("documents without weights", "--index", name).startswith("1 of 65:")
        assert found["features that match nothing"] == found["writing"] == "red"
        assert "as a.b: no query of demo has them" in says("features that match nothing", "--index", name)
        assert "index.blocks.read_only_allow_delete" in says("writing", "--index", name)
    finally:
        client.indices.put_settings(index=name, settings={"index.blocks.read_only_allow_delete": None})


def test_versions_that_nothing_leads_to_are_named(name: str, other_model: Path) -> None:
    """With the command that removes them."""
    assert run_program("index", "sample", "--index", name, "--model", str(other_model)).code == 0
    assert run_program("indices", "rollback", name).code == 0
    assert levels("--index", name)[1]["versions left behind"] == "amber"
    assert f"mlsr-es indices delete {name}-v0002" in says("versions left behind", "--index", name)


def test_another_model_than_the_index_was_made_with(name: str, client: Elasticsearch) -> None:
    """As where a model's folder was trained again: searches refuse it, and so the line is red."""
    meta = client.indices.get_mapping(index=name).body[f"{name}-v0001"]["mappings"]["_meta"]
    meta["mlsr"]["revision"] = "another"
    client.indices.put_mapping(index=name, meta=meta)
    code, found = levels("--index", name)
    assert (code, found["model"]) == (1, "red")
    assert "documents without weights" in found


def test_a_cluster_alone(cluster_url: str, closed_port: int) -> None:
    """Without an index the cluster is looked at; where nothing answers, that is the one line."""
    code, found = levels("--es-url", cluster_url)
    assert (code, found["connection"]) == (0, "green")
    assert "mapping" not in found
    code, found = levels("--es-url", f"http://127.0.0.1:{closed_port}")
    assert (code, found) == (1, {"connection": "red"})


def test_an_index_that_is_not_there(cluster_url: str) -> None:
    """It is red, and how to make it is said."""
    code, found = levels("--es-url", cluster_url, "--index", "nothing-of-that-name")
    assert (code, found["mapping"]) == (1, "red")
    assert "model" not in found
