"""The rejects file is a source: what was rejected is mended, and loaded without reading the whole collection again."""

from __future__ import annotations

import base64
from pathlib import Path

import orjson
import pytest
from elasticsearch import Elasticsearch

from tests.program import run_program
from tests.rows import png, rows


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_mended_records_are_loaded(cluster_url: str, index_name: str, client: Elasticsearch, tmp_path: Path) -> None:
    """Two images that were torn and a row with a fault; afterwards the source itself has nothing new."""
    source = rows(tmp_path / "birds.jsonl", {"1": "An owl in a tree", "2": "A heron in the reeds"}, **{"1": b"torn"})
    (tmp_path / "robin.png").write_bytes(b"torn")
    with source.open("ab") as file:
        file.write(orjson.dumps({"id": "3", "title": "A robin", "image": "robin.png", "width": 60}) + b"\n")
        file.write(orjson.dumps({"id": "4", "title": "A crane", "width": "wide"}) + b"\n")
    where = ("--index", index_name, "--es-url", cluster_url)
    assert run_program("index", str(source), *where).code == 3
    rejected = Path(f"{index_name}-rejects.ndjson")

    lines = {row["id"]: row for row in map(orjson.loads, rejected.read_bytes().splitlines())}
    again = run_program("index", str(rejected), *where)  # nobody has mended anything yet
    assert again.code == 3
    assert {row["id"]: row for row in map(orjson.loads, rejected.read_bytes().splitlines())} == lines

    picture = base64.b64encode(png()).decode()
    assert base64.b64decode(lines["1"]["record"]["image"]["bytes"]) == b"torn"
    lines["1"]["record"]["image"]["bytes"] = picture
    Path(lines["3"]["file"]).write_bytes(png())
    lines["4"]["record"]["width"] = 640
    rejected.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in lines.values()))
    ran = run_program("index", str(rejected), *where, "--json")
    assert ran.code == 0, ran.stderr
    assert ran.json["encoded"] == 3
    assert not rejected.exists()
    assert client.count(index=index_name)["count"] == 4

    torn = base64.b64encode(b"torn")
    source.write_bytes(source.read_bytes().replace(b'"wide"', b"640").replace(torn, picture.encode()))
    told = run_program("index", str(source), *where, "--json").json
    assert (told["encoded"], told["unchanged"]) == (0, 4)


def test_it_never_takes_the_place_of_its_collection(cluster_url: str, index_name: str, tmp_path: Path) -> None:
    """An index without the collection is refused, and so is --prune-missing."""
    row = {"id": "1", "stage": "load", "reason": "torn", "collection": "birds", "record": {"id": "1", "title": "Owl"}}
    rejected = tmp_path / "r.ndjson"
    rejected.write_bytes(orjson.dumps(row))
    ran = run_program("index", str(rejected), "--index", index_name, "--es-url", cluster_url)
    assert ran.code == 2
    assert f"{index_name} does not serve the collection birds" in ran.stderr
    ran = run_program("index", str(rejected), "--index", index_name, "--es-url", cluster_url, "--prune-missing")
    assert ran.code == 2
    assert "--prune-missing would remove all of birds but what was rejected" in ran.stderr
