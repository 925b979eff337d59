"""``mlsr-es kibana``: what is printed, and the exit codes; a stand-in answers in Kibana's place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kibana.standin import StandIn, running
from tests.program import run_program


@pytest.fixture
def kibana(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    """A stand-in that the environment names."""
    with running() as stand_in:
        stand_in.replies["/api/data_views/data_view"] = (200, {"data_view": {}})
        stand_in.replies["/api/saved_objects/_import"] = (200, {"success": True})
        monkeypatch.setenv("KIBANA_URL", stand_in.url)
        yield stand_in


def test_the_address_to_open_is_printed(kibana: StandIn) -> None:
    """On stdout alone."""
    ran = run_program("kibana", "import", "--index", "photos")
    assert (ran.code, ran.stdout) == (0, f"{kibana.url}/app/discover#/view/mlsr-es-photos\n")
    told = run_program("kibana", "import", "--index", "photos", "--json").json
    assert told == {"data_view": "mlsr-es-photos", "saved_search": "mlsr-es-photos", "url": ran.stdout.strip()}


def test_credentials_come_from_the_clusters_variables(
    kibana: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files with them too."""
    (tmp_path / "key").write_text("a2V5\n")
    monkeypatch.setenv("ES_API_KEY_FILE", str(tmp_path / "key"))
    assert run_program("kibana", "import", "--index", "photos").code == 0
    assert kibana.asked[0].headers["authorization"] == "ApiKey a2V5"


def test_what_kibana_refuses_fails(kibana: StandIn) -> None:
    """One line, exit code 1; a wrong address is the user's error."""
    kibana.replies["/api/saved_objects/_import"] = (200, {"success": False})
    ran = run_program("kibana", "import", "--index", "photos")
    assert (ran.code, ran.stdout) == (1, "")
    assert ran.stderr.startswith("error: http://127.0.0.1:")
    assert ran.stderr.count("\n") == 1
    assert run_program("kibana", "import", "--index", "photos", "--kibana-url", "kibana").code == 2
