"""One machine encodes, another loads: the index is the one that ``index`` makes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from elasticsearch import Elasticsearch

from tests.faults.figures import reached
from tests.program import run_program
from tests.rows import rows


@pytest.fixture(autouse=True)
def _at_the_cluster(cluster_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ES_URL", cluster_url)
    monkeypatch.chdir(tmp_path)


def stored(client: Elasticsearch, name: str) -> dict[str, Any]:
    """The documents of an index, by id."""
    return dict(reached(client, name))


def test_the_index_is_the_same(client: Elasticsearch, index_name: str) -> None:
    """Weights, thumbnails, fingerprints and all; each finds the other's documents unchanged."""
    encoded = run_program("encode", "sample", "-o", "vectors", "--thumbnails")
    assert encoded.code == 0, encoded.stderr
    dry = run_program("load", "vectors", "--index", index_name, "--dry-run")
    assert dry.stdout == "63 images of sample, encoded by demo: a new version of the index will be built\n"
    loaded = run_program("load", "vectors", "--index", index_name, "--json")
    assert loaded.code == 0, loaded.stderr
    assert (loaded.json["encoded"], loaded.json["promoted"]) == (63, True)
    assert run_program("index", "sample", "--index", f"{index_name}-direct", "--thumbnails").code == 0
    assert stored(client, index_name) == stored(client, f"{index_name}-direct")
    again = run_program("load", "vectors", "--index", index_name, "--json").json
    assert (again["encoded"], again["unchanged"]) == (0, 63)
    other = run_program("load", "vectors", "--index", f"{index_name}-direct", "--json").json
    assert (other["encoded"], other["unchanged"]) == (0, 63)
    assert "overhand-knot" in run_program("search", "How do I tie an overhand knot?", "--index", index_name).stdout


def test_what_left_the_source_is_pruned_when_that_is_said(client: Elasticsearch, index_name: str) -> None:
    """And what belongs to another collection is rejected."""
    birds = rows(Path("birds.jsonl"), {"1": "An owl in a tree", "2": "A heron in the reeds"})
    assert run_program("encode", str(birds), "-o", "vectors").code == 0
    assert run_program("load", "vectors", "--index", index_name).code == 0
    rows(birds, {"2": "A heron in the reeds", "3": "A robin"})
    assert run_program("encode", str(birds), "-o", "vectors").code == 0
    told = run_program("load", "vectors", "--index", index_name, "--prune-missing", "--json").json
    assert (told["encoded"], told["unchanged"], told["pruned"]) == (1, 1, 1)
    assert stored(client, index_name).keys() == {"2", "3"}
    others = rows(Path("others.jsonl"), {"3": "A boat", "4": "A boat with a sail"})
    assert run_program("encode", str(others), "-o", "others", "--collection", "boats").code == 0
    ran = run_program("load", "others", "--index", index_name, "--json")
    assert (ran.code, ran.json["encoded"], ran.json["rejected"]) == (3, 1, {"index": 1})
    assert [stored(client, index_name)[id_]["collection"] for id_ in ("3", "4")] == ["birds", "boats"]


def test_images_that_could_not_be_encoded_are_not_pruned(client: Elasticsearch, index_name: str) -> None:
    """The folder does not have them, and the source does."""
    birds = rows(Path("birds.jsonl"), {"1": "An owl in a tree", "2": "A heron in the reeds"})
    assert run_program("index", str(birds), "--index", index_name).code == 0
    rows(birds, {"1": "An owl in a tree", "2": "A heron in the reeds"}, **{"1": b"torn"})
    assert run_program("encode", str(birds), "-o", "vectors").code == 3
    ran = run_program("load", "vectors", "--index", index_name, "--prune-missing")
    assert (ran.code, "images that could not be encoded" in ran.stderr) == (2, True)
    assert run_program("load", "vectors", "--index", index_name).code == 0
    assert stored(client, index_name).keys() == {"1", "2"}


def test_a_row_that_was_changed_is_rejected(client: Elasticsearch, index_name: str) -> None:
    """The others are loaded."""
    birds = rows(Path("birds.jsonl"), {"1": "An owl in a tree", "2": "A heron in the reeds"})
    assert run_program("encode", str(birds), "-o", "vectors").code == 0
    table = pq.read_table("vectors/documents.parquet")
    texts = table.column("stored").to_pylist()
    changed = table.set_column(4, "stored", pa.array(["{}", texts[1]]))
    pq.write_table(changed.replace_schema_metadata(table.schema.metadata), "vectors/documents.parquet")
    ran = run_program("load", "vectors", "--index", index_name, "--json")
    assert (ran.code, ran.json["encoded"], ran.json["rejected"]) == (3, 1, {"read": 1})
    assert "what an index stores of it was changed" in Path(f"{index_name}-rejects.ndjson").read_text()
    assert stored(client, index_name).keys() == {"2"}


def test_a_folder_without_vectors_is_told(index_name: str) -> None:
    """With what makes one."""
    ran = run_program("load", "nothing", "--index", index_name)
    assert ran.code == 2
    assert "Make it: mlsr-es encode SOURCE -o DIR" in ran.stderr
