"""``mlsr-es encode`` and ``mlsr-es evaluate``, on the sample collection."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlsr_es.evaluation import read_run, read_vectors
from tests.program import Ran, run_program


def evaluate(sample_files: Path, *arguments: str | Path) -> Ran:
    topics, qrels = str(sample_files / "topics.jsonl"), str(sample_files / "qrels.txt")
    return run_program("evaluate", "--topics", topics, "--qrels", qrels, *map(str, arguments))


def test_the_cluster_and_this_machine_agree(
    sample_files: Path, sample_vectors: Path, sample_index: str, cluster_url: str, tmp_path: Path
) -> None:
    """One table has them all, and the vectors in files are those in the index."""
    run_file = tmp_path / "run.txt"
    ran = evaluate(
        sample_files, "--index", sample_index, "--es-url", cluster_url, "--hybrid", "caption_all:0.2",
        "--run-out", run_file, "--compare", "sparse", "bm25s", "--json",
    )  # fmt: skip
    assert ran.code == 0, ran.stderr
    systems = ran.json["systems"]
    assert list(systems) == ["sparse", "exact", "hybrid", "words", "bm25", "bm25s", "titles"]
    assert systems["sparse"]["means"] == pytest.approx(systems["exact"]["means"], abs=0.02)
    assert systems["exact"]["query_terms"] > 1
    alone = evaluate(sample_files, "--vectors", sample_vectors, "--json").json
    assert alone["systems"]["exact"]["means"] == pytest.approx(systems["exact"]["means"])
    assert alone["systems"]["titles"] == systems["titles"]
    assert alone["topics"] == ran.json["topics"] == len(read_run(run_file).rankings)
    assert all(0 < one["means"]["nDCG@10"] <= 1 for one in systems.values())
    assert ran.json["differences"]["nDCG@10"].keys() >= {"mean", "low", "high", "effect", "p", "corrected_p"}


def test_a_run_file_is_compared_like_a_system(sample_files: Path, sample_vectors: Path, tmp_path: Path) -> None:
    """A run does not differ from itself, and tables say so."""
    run_file = tmp_path / "run.txt"
    ran = evaluate(sample_files, "--vectors", sample_vectors, "--run-out", run_file)
    assert "topics" in ran.stderr
    assert [line.split()[0] for line in ran.stdout.splitlines() if "0." in line] == ["exact", "bm25s", "titles"]
    ran = evaluate(sample_files, "--vectors", sample_vectors, "--compare", "exact", run_file)
    assert ran.code == 0
    assert "+0.000 to +0.000" in ran.stdout


def test_a_split_is_a_part(sample_files: Path, sample_vectors: Path) -> None:
    """Train and test are all; the baseline's constants are found on the training pages alone."""
    counts = {
        split: evaluate(sample_files, "--vectors", sample_vectors, "--split", split, "--json").json
        for split in ("all", "train", "test")
    }
    assert counts["train"]["topics"] + counts["test"]["topics"] == counts["all"]["topics"]
    assert counts["test"]["training_topics"] == counts["train"]["topics"]
    assert counts["all"]["training_topics"] == counts["train"]["training_topics"] == 0


def test_the_text_alone_is_another_query(
    sample_files: Path, sample_vectors: Path, sample_index: str, cluster_url: str, tmp_path: Path
) -> None:
    """Of the model and of the baselines, and the same from an index and from vectors; the topics stay."""
    ran = run_program("encode", "sample", "-o", str(tmp_path), "--device", "cpu", "--query-fields", "text")
    assert ran.code == 0, ran.stderr
    alone = evaluate(sample_files, "--vectors", tmp_path, "--json").json
    index = ("--index", sample_index, "--es-url", cluster_url)
    asked = evaluate(sample_files, *index, "--query-fields", "text", "--json").json
    whole = evaluate(sample_files, "--vectors", sample_vectors, "--json").json
    assert alone["query_fields"] == asked["query_fields"] == ["text"]
    assert alone["revision"] == asked["revision"] == whole["revision"]
    assert alone["topics"] == asked["topics"] == whole["topics"]
    for system in ("exact", "bm25s", "titles"):
        assert alone["systems"][system]["means"] == pytest.approx(asked["systems"][system]["means"])
        assert alone["systems"][system]["query_terms"] < whole["systems"][system]["query_terms"]
    ran = evaluate(sample_files, "--vectors", tmp_path)
    assert "Asked of each section: text alone." in ran.stderr


def test_folds_are_parts(sample_files: Path, sample_vectors: Path) -> None:
    """Each is held out in turn, and together they are all."""
    arguments = ("--vectors", sample_vectors, "--split", "test", "--json")
    topics = []
    for fold in range(5):
        ran = evaluate(sample_files, *arguments, "--fold", str(fold))
        topics.append(ran.json["topics"] if ran.code == 0 else 0)
    assert sum(topics) == evaluate(sample_files, "--vectors", sample_vectors, "--json").json["topics"]
    assert max(topics) < sum(topics)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "an index or a folder of vectors"),
        (["--index", "a", "--vectors", "b"], "an index or a folder of vectors"),
        (["--vectors", "b", "--hybrid", "caption_all:1"], "belong to an index"),
        (["--vectors", "b", "--query-fields", "text"], "belong to an index"),
        (["--index", "a", "--query-fields", "title"], "no field 'title'. It has page_title, section_title"),
        (["--index", "a", "--hybrid", "caption_all"], "is not FIELD:WEIGHT"),
        (["--vectors", "nowhere"], "there is no nowhere"),
    ],
)
def test_usage_is_checked_before_anything_is_done(sample_files: Path, arguments: list[str], complaint: str) -> None:
    """With the exit code of the user's mistakes; no cluster is needed to say it."""
    ran = evaluate(sample_files, *arguments)
    assert ran.code == 2
    assert complaint in ran.stderr


def test_an_unknown_system_is_named(sample_files: Path, sample_vectors: Path) -> None:
    """With those that there are."""
    ran = evaluate(sample_files, "--vectors", sample_vectors, "--compare", "exact", "splade")
    assert ran.code == 2
    assert "'splade'" in ran.stderr
    assert "exact, bm25s, titles" in ran.stderr


def test_topics_of_another_collection_are_no_topics(sample_files: Path, sample_vectors: Path, tmp_path: Path) -> None:
    """Figures over nothing would be 0 for everybody."""
    (tmp_path / "qrels.txt").write_text("s 0 elsewhere 1\n")
    ran = evaluate(sample_files, "--vectors", sample_vectors, "--qrels", tmp_path / "qrels.txt")
    assert ran.code == 2
    assert "no section is a topic" in ran.stderr


def test_vectors_say_what_made_them(sample_vectors: Path) -> None:
    """The model by name and revision, the collection and its origin, and what an index of them says of itself."""
    found = read_vectors(sample_vectors)
    said = {"model", "revision", "vocabulary", "collection", "query_fields", "describe", "origin", "made_with"}
    assert found.meta.keys() == said
    assert (found.meta["model"], found.meta["collection"]) == ("demo", "sample")
    assert len(found.image_ids) == len(found.captions) > 50


def test_bad_records_are_counted(tmp_path: Path) -> None:
    """The others are encoded, and the exit code says it."""
    (tmp_path / "birds.jsonl").write_text('{"id": "1", "captions": [{"text": "An owl", "kind": "alt"}]}\nno json\n')
    ran = run_program("encode", str(tmp_path / "birds.jsonl"), "-o", str(tmp_path / "out"), "--device", "cpu")
    assert ran.code == 3
    assert "1 documents, 0 sections" in ran.stderr
    assert "rejected: read: birds.jsonl:2" in ran.stderr
