"""``mlsr-es verify load``: every record of a source is accounted for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from tests.program import Ran, run_program

CAPTIONS = {"1": "An owl in a tree", "2": "A heron in the reeds", "3": "A red kite above the field", "4": ""}


@pytest.fixture
def birds(tmp_path: Path) -> Path:
    """A file of rows, one of which has no caption, and one no id."""
    file = tmp_path / "birds.jsonl"
    lines = [json.dumps({"id": id_, "title": title}) for id_, title in CAPTIONS.items()]
    file.write_text("\n".join([*lines, '{"title": "nobody"}']))
    return file


@pytest.fixture
def loaded(birds: Path, index_name: str, cluster_url: str, tmp_path: Path) -> str:
    """An index of them."""
    rejects = ("--rejects", str(tmp_path / "rejects.ndjson"))
    ran = run_program("index", str(birds), "--index", index_name, "--es-url", cluster_url, *rejects)
    assert ran.code == 3, ran.stderr
    return index_name


def verified(url: str, birds: Path, index: str, *options: str) -> Ran:
    return run_program("verify", "load", str(birds), "--index", index, "--es-url", url, *options)


def test_a_whole_load_is_proved(loaded: str, birds: Path, cluster_url: str) -> None:
    """Each record is in one state, the counts add up, all weights are those of the model."""
    ran = verified(cluster_url, birds, loaded, "--json")
    assert ran.code == 0, ran.stderr
    told = ran.json
    assert (told["held"], told["left_out"], told["rejected"], told["read"]) == (3, {"no caption": 1}, 1, 5)
    assert (told["compared"], told["wrong"], told["missing"], told["outdated"]) == (3, [], [], [])
    shown = verified(cluster_url, birds, loaded)
    assert "holds all of" in shown.stderr
    assert [line.split()[-1] for line in shown.stdout.splitlines() if "together" in line] == ["5"]


def test_what_is_not_as_it_should_be_is_named(
    loaded: str, birds: Path, cluster_url: str, client: Elasticsearch
) -> None:
    """A document that was removed, one that was changed in the source, weights that somebody changed, one too many."""
    client.delete(index=loaded, id="1", refresh=True)
    changed = client.get(index=loaded, id="3")["_source"]
    changed["mlsr"]["terms"] = [{name: 2 * weight for name, weight in changed["mlsr"]["terms"][0].items()}]
    client.index(index=loaded, id="3", document=changed, refresh=True)
    client.index(index=loaded, id="9", document=changed | {"image_id": "9"}, refresh=True)
    birds.write_text(birds.read_text().replace("in the reeds", "by the lake"))
    ran = verified(cluster_url, birds, loaded, "--json")
    assert ran.code == 1
    assert "does not hold all of" in ran.stderr
    told = ran.json
    assert (told["missing"], told["outdated"], told["wrong"]) == (["1"], ["2"], ["3"])
    assert told["not_in_source"] == ["9"]
    assert told["read"] == 5


def test_an_index_of_another_model_is_refused(loaded: str, birds: Path, cluster_url: str, other_model: Path) -> None:
    """It has no documents of it."""
    ran = verified(cluster_url, birds, loaded, "--model", str(other_model))
    assert ran.code == 2
    assert "has no documents of the model" in ran.stderr
