"""``mlsr-es tune hybrid``, as it is run."""

from __future__ import annotations

import shutil
from pathlib import Path

import orjson
import pytest
from elasticsearch import Elasticsearch

from mlsr_es import Suggester
from mlsr_es.hybrid import Hybrid
from mlsr_es.shipped import shipped
from mlsr_es.sources import read_topics
from mlsr_es.suggestion import serving_version
from tests.elastic.leases import times_written
from tests.program import Ran, run_program


@pytest.fixture
def index(cluster_url: str, index_name: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The sample in an index that may be changed; the program reaches its cluster."""
    monkeypatch.setenv("ES_URL", cluster_url)
    ran = run_program("index", "sample", "--index", index_name)
    assert ran.code == 0, ran.stderr
    return index_name


def tune(index: str, sample_files: Path, *arguments: str) -> Ran:
    return run_program("tune", "hybrid", "--index", index, "--topics", str(sample_files / "topics.jsonl"), *arguments)


def test_a_weight_is_found_and_stored(client: Elasticsearch, index: str, sample_files: Path) -> None:
    """With judgements there is a curve; --store makes auto take the weight, and takes the lease for it."""
    qrels = str(sample_files / "qrels.txt")
    written = times_written(client, index)
    found = tune(index, sample_files, "--qrels", qrels, "--store", "--json").json
    assert times_written(client, index) > written
    weights = [one["weight"] for one in found["curve"]]
    assert weights == sorted(weights)
    assert weights[0] == 0
    assert {found["balance"], found["best"], found["hybrid"]["weight"]} <= set(weights)
    values = {one["weight"]: one["nDCG@10"] for one in found["curve"]}
    assert values[found["best"]] == max(values.values())
    assert Hybrid.from_json(serving_version(client, index).meta.hybrid) == Hybrid.from_json(found["hybrid"])
    assert found["hybrid"]["kept"]
    assert 0 < found["bm25"]["nDCG@10"] < 1
    table = tune(index, sample_files, "--qrels", qrels)
    assert "balanced" in table.stdout
    assert f"{found['bm25']['nDCG@10']:.3f}" in next(line for line in table.stdout.splitlines() if "BM25 alone" in line)
    assert "BM25 alone is better" not in table.stderr
    assert "Store it with --store." in table.stderr


def test_without_judgements_scores_are_balanced(index: str, sample_files: Path) -> None:
    """Also on another field; nothing is stored unasked."""
    ran = tune(index, sample_files, "--field", "caption_all")
    assert ran.stdout.startswith("caption_all:")
    found = tune(index, sample_files, "--json").json
    assert (found["curve"], found["best"], found["stored"]) == ([], None, False)
    assert found["hybrid"]["weight"] == found["balance"] > 0


def test_where_bm25_alone_is_better_it_decides(
    client: Elasticsearch, index: str, sample_files: Path, tmp_path: Path
) -> None:
    """Each section is judged to want what BM25 ranks first for it: with the balanced weight, auto would lose."""
    sections = read_topics(sample_files / "topics.jsonl", print)
    by_words = Suggester(index, client=client)
    first = {one.id: by_words.suggest(one, size=1, hybrid="caption_stems:1e9") for one in sections}
    qrels = tmp_path / "qrels.txt"
    qrels.write_text("".join(f"{topic} 0 {hit.id} 1\n" for topic, hits in first.items() for hit in hits))
    ran = tune(index, sample_files, "--qrels", str(qrels), "--store")
    assert "warning: BM25 alone is better on these pages, so the terms hardly count beside it." in ran.stderr
    assert "train --from-collection" in ran.stderr
    advised = Suggester(index, client=client)  # the other one still knows the weight before
    together = {one.id: advised.suggest(one, size=1, hybrid="auto") for one in sections}
    assert {id_: hits[0].id for id_, hits in together.items()} == {id_: hits[0].id for id_, hits in first.items()}


def test_pages_that_the_model_was_trained_on_are_warned_of(index: str, sample_files: Path) -> None:
    """On stderr and in JSON; where nobody knows which they are, for --split train alone."""
    qrels = ("--qrels", str(sample_files / "qrels.txt"))
    ran = tune(index, sample_files, *qrels, "--split", "train")
    (line,) = [line for line in ran.stderr.splitlines() if line.startswith("warning: ")]
    assert "knows such pages too well" in line
    assert "--split test" in line
    assert "--hybrid auto" in line
    told = tune(index, sample_files, *qrels, "--split", "train", "--json").json["warning"]
    assert told == line.removeprefix("warning: ")
    assert tune(index, sample_files, *qrels, "--json").json["warning"] is None
    assert tune(index, sample_files, "--split", "train", "--json").json["warning"] is None


def test_a_models_own_training_says_which_pages_it_knows(
    cluster_url: str, index_name: str, sample_files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the collections that are in the index: all but the fold that it held out."""
    monkeypatch.setenv("ES_URL", cluster_url)
    model = tmp_path / "model"
    shutil.copytree(shipped("models", "demo"), model)
    (model / "training.json").write_text('{"collection": {"source": "sample"}, "folds": {"test": 1}}')
    assert run_program("index", "sample", "--index", index_name, "--model", str(model)).code == 0

    def warning(*options: str) -> str | None:
        qrels = str(sample_files / "qrels.txt")
        said: str | None = tune(index_name, sample_files, "--qrels", qrels, *options, "--json").json["warning"]
        return said

    assert "--split test --fold 1" in (warning() or "")
    assert warning("--split", "test", "--fold", "0")
    assert warning("--split", "test", "--fold", "1") is None
    further = tmp_path / "further"
    shutil.copytree(model, further)
    plan = {"start": str(model), "collection": {"source": "sample"}, "folds": {"test": 2}}
    (further / "training.json").write_bytes(orjson.dumps(plan))
    assert "store nothing" in (warning("--split", "test", "--fold", "2", "--model", str(further)) or "").lower()


def test_a_field_that_is_not_there_is_named(index: str, sample_files: Path) -> None:
    """With those that are."""
    ran = tune(index, sample_files, "--field", "captions")
    assert ran.code == 2
    assert "has no field captions. Fields of text: caption.alt" in ran.stderr
