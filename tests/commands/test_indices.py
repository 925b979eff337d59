"""``mlsr-es indices``: the life of an index, through the program."""

from __future__ import annotations

from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from tests.program import Ran, run_program


@pytest.fixture
def name(cluster_url: str, index_name: str, tmp_path: Path, other_model: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An index of two versions: the demo model's is searched, and another model's is complete and waits."""
    monkeypatch.setenv("ES_URL", cluster_url)
    monkeypatch.chdir(tmp_path)
    assert run_program("index", "sample", "--index", index_name).code == 0
    ran = run_program("index", "sample", "--index", index_name, "--model", str(other_model), "--no-promote")
    assert ran.code == 0
    assert f"{index_name}-v0002 is complete, and waits: mlsr-es indices promote {index_name}" in ran.stderr
    return index_name


@pytest.fixture
def judged(sample_files: Path) -> tuple[str, ...]:
    """The options for the sample's topics and judgements."""
    return "--topics", str(sample_files / "topics.jsonl"), "--qrels", str(sample_files / "qrels.txt")


def indices(*arguments: str) -> Ran:
    return run_program("indices", *arguments)


def roles(name: str) -> dict[str, str]:
    """Number of a version to what it is."""
    return {
        one["index"].removeprefix(f"{name}-"): one["role"] for one in indices("list", name, "--json").json["indices"]
    }


def test_the_life_of_an_index(name: str, client: Elasticsearch) -> None:
    """A version waits, takes over, is left again, and is removed when that is said."""
    assert roles(name) == {"v0001": "serving", "v0002": "ready"}
    ran = indices("promote", name)
    assert (ran.code, ran.stdout) == (0, "")
    assert f"{name} is {name}-v0002 from now on." in ran.stderr
    assert roles(name) == {"v0001": "previous", "v0002": "serving"}
    ran = indices("rollback", name)
    assert f"{name} is {name}-v0001 again" in ran.stderr
    assert roles(name) == {"v0001": "serving", "v0002": "left behind"}
    assert indices("promote", f"{name}-v0002", "--json").json == {
        "index": name,
        "version": f"{name}-v0002",
        "before": f"{name}-v0001",
        "promoted": True,
    }
    ran = indices("delete", f"{name}-v0001", "--yes")
    assert f"Removed: {name}-v0001." in ran.stderr
    assert roles(name) == {"v0002": "serving"}
    assert client.indices.exists_alias(name=name)
    ran = indices("rollback", name)
    assert ran.code == 2
    assert f"{name} has nothing to go back to: {name}-v0001 has been removed" in ran.stderr


def test_versions_are_listed_with_what_they_hold(name: str) -> None:
    """A row a version; another index's are not among them."""
    ran = indices("list", name)
    assert ran.code == 0
    first, second = (line.split() for line in ran.stdout.splitlines() if line.startswith(name))
    assert first[:5] == [name, f"{name}-v0001", "serving", "demo", "63"]
    assert second[:3] == [name, f"{name}-v0002", "ready"]
    assert {f"{name}-v0001", f"{name}-v0002"} <= {one["index"] for one in indices("list", "--json").json["indices"]}
    assert "There is no index nothing-of-that-name." in indices("list", "nothing-of-that-name").stderr


def test_what_is_searched_is_not_removed(name: str) -> None:
    """Nor anything else of the same call; and nothing without a yes."""
    ran = indices("delete", f"{name}-v0002", f"{name}-v0001", "--yes")
    assert (ran.code, ran.stderr.startswith(f"error: {name}-v0001 is searched, as {name}.")) == (2, True)
    ran = indices("delete", f"{name}-v0002")
    assert (ran.code, ran.stderr) == (2, "error: nobody is there to be asked. Say it beforehand: --yes.\n")
    assert roles(name) == {"v0001": "serving", "v0002": "ready"}


def test_only_a_model_that_is_not_significantly_worse_takes_over(name: str, judged: tuple[str, ...]) -> None:
    """Both are asked the topics. A model that weighs words the wrong way round is worse than the demo model."""
    ran = indices("promote", name, "--if-better", *judged)
    assert ran.code == 1
    assert f"Nothing was changed: {name}-v0002 is significantly worse than {name}-v0001." in ran.stderr
    assert "nDCG@10" in ran.stdout
    assert roles(name) == {"v0001": "serving", "v0002": "ready"}
    assert indices("promote", name).code == 0
    told = indices("promote", f"{name}-v0001", "--if-better", *judged, "--json").json
    assert (told["promoted"], told["before"]) == (True, f"{name}-v0002")
    assert told["differences"]["nDCG@10"]["mean"] > 0
    assert told["means"]["candidate"]["nDCG@10"] > told["means"]["serving"]["nDCG@10"]
    assert told["topics"] > 2
    assert roles(name) == {"v0001": "serving", "v0002": "previous"}


def test_images_that_would_be_missing_are_told_first(name: str, client: Elasticsearch) -> None:
    """And are promoted only when that is said."""
    client.delete_by_query(index=f"{name}-v0002", query={"match_all": {}}, refresh=True)
    ran = indices("promote", name)
    assert ran.code == 2
    assert "Searches would no longer find the collections sample." in ran.stderr
    assert indices("promote", name, "--yes").code == 0
    assert roles(name)["v0002"] == "serving"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("promote", "nothing-of-that-name"), "there is no index nothing-of-that-name"),
        (("promote", "NAME-v0001"), "NAME-v0001 is searched already"),
        (("promote", "NAME-v0009"), "NAME-v0009 has no version that is complete and waits"),
        (("promote", "NAME", "--if-better"), "--if-better, --topics and --qrels go together"),
        (("rollback", "nothing-of-that-name"), "no version of nothing-of-that-name is searched"),
        (("delete", "NAME", "--yes"), "NAME is no version of an index"),
        (("delete", "NAME*", "--yes"), "cannot be the name of an index"),
    ],
)
def test_what_cannot_be_done_is_said(
    sample_index: str, cluster_url: str, arguments: tuple[str, ...], said: str
) -> None:
    """The exit code is 2."""
    given = [argument.replace("NAME", sample_index) for argument in arguments]
    ran = indices(*given, "--es-url", cluster_url)
    assert (ran.code, ran.stdout) == (2, "")
    assert said.replace("NAME", sample_index) in ran.stderr
