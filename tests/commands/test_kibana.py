"""``mlsr-es kibana``: what is printed, and the exit codes; a stand-in answers in Kibana's place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from tests.kibana.standin import StandIn, running
from tests.program import run_program


@pytest.fixture
def kibana(cluster_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    """A stand-in that the environment names."""
    with running() as stand_in:
        stand_in.replies["/api/data_views/data_view"] = (200, {"data_view": {}})
        stand_in.replies["/api/saved_objects/_import"] = (200, {"success": True})
        monkeypatch.setenv("KIBANA_URL", stand_in.url)
        monkeypatch.setenv("ES_URL", cluster_url)
        yield stand_in


def test_the_address_to_open_is_printed(kibana: StandIn, sample_index: str) -> None:
    """On stdout alone."""
    ran = run_program("kibana", "import", "--index", sample_index)
    assert (ran.code, ran.stdout) == (0, f"{kibana.url}/app/discover#/view/mlsr-es-{sample_index}\n")
    told = run_program("kibana", "import", "--index", sample_index, "--json").json
    view = f"mlsr-es-{sample_index}"
    assert told == {"data_view": view, "saved_search": view, "url": ran.stdout.strip()}


def test_credentials_come_from_the_clusters_variables(
    kibana: StandIn, sample_index: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files with them too."""
    (tmp_path / "key").write_text("a2V5\n")
    monkeypatch.setenv("ES_API_KEY_FILE", str(tmp_path / "key"))
    assert run_program("kibana", "import", "--index", sample_index).code == 0
    assert kibana.asked[0].headers["authorization"] == "ApiKey a2V5"


def test_what_kibana_refuses_fails(kibana: StandIn, sample_index: str) -> None:
    """One line, exit code 1; a wrong address is the user's error."""
    kibana.replies["/api/saved_objects/_import"] = (200, {"success": False})
    ran = run_program("kibana", "import", "--index", sample_index)
    assert (ran.code, ran.stdout) == (1, "")
    assert ran.stderr.startswith("error: http://127.0.0.1:")
    assert ran.stderr.count("\n") == 1
    assert run_program("kibana", "import", "--index", sample_index, "--kibana-url", "kibana").code == 2


def test_an_owners_fields_are_shown(kibana: StandIn, index_name: str, client: Elasticsearch) -> None:
    """Of an enriched index the fields with captions, and pictures where the image field has URLs."""
    properties = {"name": {"type": "text"}, "photo": {"type": "keyword"}}
    client.indices.create(index=index_name, mappings={"properties": properties})
    client.index(
        index=index_name, id="1", document={"name": "an owl", "photo": "https://store.example/1.jpg"}, refresh=True
    )
    assert run_program("enrich", index_name, "--caption-field", "name", "--image-field", "photo").code == 0
    assert run_program("kibana", "import", "--index", index_name).code == 0
    view, search = (asked.body for asked in kibana.asked)
    assert list(view["data_view"]["fieldFormats"]) == ["photo"]
    assert view["data_view"]["sourceFilters"] == [{"value": "mlsr.terms"}, {"value": "mlsr.second.terms"}]
    assert search[0]["attributes"]["columns"] == ["photo", "name", "mlsr.top_terms", "_score"]


def test_an_index_without_weights_is_refused(kibana: StandIn, index_name: str, client: Elasticsearch) -> None:
    """Nothing is sent to Kibana for an index that does not exist, or that has no weights."""
    missing = run_program("kibana", "import", "--index", index_name)
    assert (missing.code, f"there is no index {index_name}" in missing.stderr) == (2, True)
    client.indices.create(index=index_name)
    without = run_program("kibana", "import", "--index", index_name)
    assert (without.code, "was not made by mlsr-es" in without.stderr) == (2, True)
    assert not kibana.asked
