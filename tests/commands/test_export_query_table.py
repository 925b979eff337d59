"""``mlsr-es export-query-table``, and what asks by its tables; on the sample collection."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import orjson
import pytest

from mlsr_es.encoders import save_pretrained
from tests.models import word_model
from tests.program import run_program

TEXT = "How is a rope tied to a post?"


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory, sample_files: Path) -> Path:
    """The demo model's table."""
    file = tmp_path_factory.mktemp("table") / "table.json"
    ran = run_program("export-query-table", "--sections", str(sample_files / "topics.jsonl"), "-o", str(file))
    assert ran.code == 0, ran.stderr
    return file


def test_what_is_lost_is_printed(sample_files: Path, sample_vectors: Path, tmp_path: Path) -> None:
    """The model's figures are those of ``evaluate`` on the same pages."""
    asked = ("--qrels", str(sample_files / "qrels.txt"), "--vectors", str(sample_vectors))
    arguments = ("export-query-table", "--sections", "sample", "-o", str(tmp_path / "table.json"), *asked)
    told = run_program(*arguments, "--json").json
    evaluated = run_program(
        "evaluate", "--topics", str(sample_files / "topics.jsonl"), *asked, "--split", "test", "--json"
    ).json
    assert told["loss"]["topics"] == evaluated["topics"]
    assert told["loss"]["model"] == pytest.approx(evaluated["systems"]["exact"]["means"])
    assert told["loss"]["table"]["nDCG@10"] > 0.7 * told["loss"]["model"]["nDCG@10"]
    ran = run_program(*arguments)
    assert [line.strip()[:9] for line in ran.stdout.splitlines() if re.search(r"\d\.\d", line)] == [
        "the model",
        "the table",
    ]
    assert "nDCG@10: " in ran.stderr
    assert f"on {evaluated['topics']} topics of held-out pages" in ran.stderr


def test_an_index_may_say_what_is_lost(
    sample_files: Path, sample_vectors: Path, sample_index: str, cluster_url: str, tmp_path: Path
) -> None:
    """As the vectors in files do; and evaluation asks the cluster by the table."""
    written = ("--qrels", str(sample_files / "qrels.txt"))
    arguments = ("export-query-table", "--sections", "sample", "-o", str(tmp_path / "table.json"), *written, "--json")
    by_vectors = run_program(*arguments, "--vectors", str(sample_vectors)).json["loss"]["table"]
    index = ("--index", sample_index, "--es-url", cluster_url)
    assert run_program(*arguments, *index).json["loss"]["table"] == pytest.approx(by_vectors, abs=0.02)
    topics = ("--topics", str(sample_files / "topics.jsonl"), *written)
    ran = run_program("evaluate", *index, *topics, "--query-table", str(tmp_path / "table.json"), "--json")
    systems = ran.json["systems"]
    assert 0.7 * systems["sparse"]["means"]["nDCG@10"] < systems["table"]["means"]["nDCG@10"]
    assert systems["table"]["means"] != systems["sparse"]["means"]


@pytest.mark.parametrize("by_table", [False, True], ids=["model", "table"])
def test_a_search_needs_no_torch(table: Path, sample_index: str, cluster_url: str, *, by_table: bool) -> None:
    """Nor transformers, by the model or by a table; all that it explains adds up."""
    code = """
import sys
from mlsr_es.commands import run
try:
    run()
finally:
    sys.stderr.write(" ".join(sys.modules))
"""
    asked = ("search", TEXT, "--index", sample_index, "--es-url", cluster_url, "--explain", "--json")
    command = [sys.executable, "-c", code, *asked, *(("--query-table", str(table)) if by_table else ())]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    modules = set(ran.stderr.split())
    assert "tokenizers" in modules
    assert not {"torch", "transformers", "scipy"} & modules
    assert by_table or "onnxruntime" in modules
    found = orjson.loads(ran.stdout)
    assert "rope" in found["query"]
    for hit in found["hits"]:
        assert sum(hit["terms"].values()) == pytest.approx(hit["score"], rel=1e-4)


def test_a_table_belongs_to_its_model(table: Path, sample_index: str, cluster_url: str, tmp_path: Path) -> None:
    """One of another model, or of another vocabulary, is refused."""
    retrained, of_words = tmp_path / "retrained.json", tmp_path / "words.json"
    retrained.write_bytes(orjson.dumps(orjson.loads(table.read_bytes()) | {"revision": "0" * 16}))
    save_pretrained(word_model(), tmp_path / "words")
    arguments = ("export-query-table", "--sections", "sample", "--model", str(tmp_path / "words"), "-o", str(of_words))
    assert run_program(*arguments).code == 0
    asked = ("search", TEXT, "--index", sample_index, "--es-url", cluster_url)
    for other in (retrained, of_words):
        ran = run_program(*asked, "--query-table", str(other))
        assert (ran.code, ran.stdout) == (2, "")
        assert "was made with the model 'demo'" in ran.stderr
    ran = run_program(*asked, "--query-table", str(table), "--model", "demo")
    assert ran.code == 2
    assert "--model and --query-table are both given" in ran.stderr


@pytest.mark.parametrize(
    "arguments", [["--qrels", "q"], ["--vectors", "v"], ["--qrels", "q", "--vectors", "v", "--index", "i"]]
)
def test_judgements_and_images_go_together(arguments: list[str], tmp_path: Path) -> None:
    """Before anything is read."""
    ran = run_program("export-query-table", "--sections", "sample", "-o", str(tmp_path / "t.json"), *arguments)
    assert ran.code == 2
    assert "judgements and the images that they are of go together" in ran.stderr


def test_a_model_that_expands_is_refused(tmp_path: Path) -> None:
    """With a clear line, and no file."""
    package = find_spec("cognition")
    assert package is not None
    assert package.origin is not None
    splade = Path(package.origin).parent / "model"
    file = tmp_path / "table.json"
    ran = run_program("export-query-table", "--sections", "sample", "--model", str(splade), "-o", str(file))
    assert ran.code == 2
    assert "has an MLM query head" in ran.stderr
    assert not file.exists()


def test_words_are_boosted_and_vetoed_in_a_table_too(table: Path, sample_index: str, cluster_url: str) -> None:
    """Its tokenizer cuts them."""
    by_table = ("--query-table", str(table), "--index", sample_index, "--es-url", cluster_url)
    plain = run_program("search", TEXT, *by_table, "--json").json["query"]
    found = run_program("search", TEXT, *by_table, "--json", "--boost", "rope=2", "--veto", "post").json["query"]
    assert found["rope"] == pytest.approx(2 * plain["rope"])
    assert found.keys() == plain.keys() - {"post"}
