"""``mlsr-es experiment``: a tiny study from end to end."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import orjson
import pytest

from tests.experiments.conftest import backbone, study_file
from tests.program import run_program
from tests.shared import torch_threads

__all__ = ["backbone", "study_file"]


def test_a_study_runs_and_what_is_done_is_left(study_file: Callable[..., Path], tmp_path: Path) -> None:
    """Until its recipe changes: then its cells are stale, which is said, and the baselines are not."""
    study, output = str(study_file()), str(tmp_path / "results")
    asked = ("experiment", "run", study, "-o", output, "--json")
    first = run_program(*asked, "--fold", "0")
    assert first.code == 0, first.stderr
    units = [{"cell": cell, "fold": 0} for cell in ("bm25s", "titles", "both-mlp", "mlm-query")]
    assert first.json["done"] == units
    result = orjson.loads((tmp_path / "results" / "tiny" / "mlm-query" / "fold0.json").read_bytes())
    assert {len(values) for values in result["values"].values()} == {len(result["topics"])}
    assert len(result["examples"]) == 3
    assert result["config"]["regularisation"] == {"query": 1e-3}

    second = run_program(*asked, "--cell", "both-mlp")
    assert second.json["done"] == [{"cell": "both-mlp", "fold": 1}]
    assert "1 units are done, 1 are to do" in second.stderr

    study_file(epochs=2)
    dry = run_program(*asked, "--dry-run")
    assert (dry.json["done"], dry.json["stale"], dry.json["missing"]) == (2, 3, 3)
    assert dry.json["seconds"] > 0
    assert "stale: mlm-query, fold 0" in dry.stderr


@pytest.fixture
def one_thread() -> Iterator[None]:
    """For torch, whose sums depend on how many it has; a unit beside others has one."""
    with torch_threads(1):
        yield


@pytest.mark.usefixtures("one_thread")
def test_units_may_run_beside_each_other(study_file: Callable[..., Path], tmp_path: Path) -> None:
    """Each in a process of its own, with the same results."""
    results = {}
    only = ("--fold", "0", "--cell", "both-mlp", "--cell", "mlm-query")
    for jobs in ("1", "2"):
        ran = run_program("experiment", "run", str(study_file()), "-o", str(tmp_path / jobs), "--jobs", jobs, *only)
        assert ran.code == 0, ran.stderr
        found = [orjson.loads(file.read_bytes()) for file in sorted((tmp_path / jobs).rglob("*.json"))]
        results[jobs] = [{key: value for key, value in one.items() if key != "seconds"} for one in found]
    assert len(results["1"]) == 2
    assert results["1"] == results["2"]


def test_a_report_is_made_from_the_results_alone(study_file: Callable[..., Path], tmp_path: Path) -> None:
    """Twice the same, byte for byte; the document around the marks stays as it is."""
    study, output, document = str(study_file()), tmp_path / "results", tmp_path / "findings.md"
    document.write_text("Before.\n<!-- experiment tiny: begin -->\n<!-- experiment tiny: end -->\nAfter.\n")
    assert run_program("experiment", "run", study, "-o", str(output), "--fold", "1").code == 0
    shutil.rmtree(output / "tiny" / "bm25s")
    asked = ("experiment", "report", study, "-o", str(output), "--findings", str(document))
    first = run_program(*asked)
    assert first.code == 0, first.stderr
    assert "Which query head? The paper: an MLP head makes queries less co-activated." in first.stdout
    assert "not whole: 5 units are not done" in first.stderr
    text = document.read_text()
    assert text.startswith("Before.\n<!-- experiment tiny: begin -->\n## A tiny study")
    assert text.endswith("<!-- experiment tiny: end -->\nAfter.\n")
    assert "(results/tiny/quality.svg)" in text
    made = [
        output / "tiny" / name for name in ("quality.svg", "differences.svg", "vectors.svg", "table.md", "summary.json")
    ]
    before = [file.read_bytes() for file in (*made, document)]
    second = run_program(*asked, "--json")
    assert [file.read_bytes() for file in (*made, document)] == before
    assert second.json == orjson.loads((output / "tiny" / "summary.json").read_bytes())
    assert {name: system["folds"] for name, system in second.json["systems"].items()} == {
        "titles": [1],
        "both-mlp": [1],
        "mlm-query": [1],
    }
    assert len(second.json["questions"]["query-head"]["comparisons"]) == 2


def test_variants_are_measured_with_their_cell_and_told(study_file: Callable[..., Path], tmp_path: Path) -> None:
    """Fewer captions, fewer words of the query, fewer terms, and each choice of components, in tables of their own."""
    file, output, document = study_file(), tmp_path / "results", tmp_path / "findings.md"
    added = """
[variants]
terse = { of = "both-mlp", terms = 1 }
by-title = { of = "both-mlp", fields = ["page_title"] }
titles-nouns = { of = "titles", captions = { words = "nouns" } }
[subsets]
of = ["both-mlp"]
kinds = ["title", "alt"]
[[questions]]
name = "fewer"
title = "Is less enough?"
pairs = [["terse", "both-mlp"], ["titles-nouns", "titles"]]
measures = { "nDCG@10" = "either way" }
[recipe]
"""
    file.write_text(file.read_text().replace("[recipe]\n", added))
    document.write_text("<!-- experiment tiny: begin -->\n<!-- experiment tiny: end -->\n")
    asked = (str(file), "-o", str(output))
    cells = [part for cell in ("titles", "both-mlp") for part in ("--cell", cell)]
    ran = run_program("experiment", "run", *asked, *cells)
    assert ran.code == 0, ran.stderr
    told = orjson.loads((output / "tiny" / "both-mlp" / "fold0.json").read_bytes())
    assert set(told["variants"]) == {"terse", "by-title", "both-mlp: title", "both-mlp: alt"}
    assert told["variants"]["terse"]["documents"]["terms"] <= 1 < told["documents"]["terms"]
    ran = run_program("experiment", "report", *asked, "--findings", str(document))
    assert ran.code == 0, ran.stderr
    text = document.read_text()
    assert "The paper (a paper) leaves this open." in text
    assert "| terse | both-mlp | nDCG@10 |" in text
    assert "### What each component is worth" in text
    assert "| mlp | mlp | both-mlp: 1 terms an image |" in text
    summary = orjson.loads((output / "tiny" / "summary.json").read_bytes())["systems"]
    by_kind = {
        line.split(" | ")[1]: line.split(" | ") for line in text.splitlines() if line.startswith("| both-mlp | ")
    }
    for kind, other in (("title", "alt"), ("alt", "title")):
        alone, others = (f"{summary[f'both-mlp: {one}']['means']['nDCG@10']:.3f}" for one in (kind, other))
        assert by_kind[kind][2:4] == [alone, others]


def test_a_document_without_marks_is_left_as_it_is(study_file: Callable[..., Path], tmp_path: Path) -> None:
    """And that is said."""
    study, document = str(study_file()), tmp_path / "findings.md"
    document.write_text("Nothing.\n")
    assert run_program("experiment", "run", study, "-o", str(tmp_path), "--fold", "1", "--cell", "both-mlp").code == 0
    ran = run_program("experiment", "report", study, "-o", str(tmp_path), "--findings", str(document))
    assert "no marks for the findings of tiny" in ran.stderr
    assert document.read_text() == "Nothing.\n"


def test_the_shipped_studies_are_listed(tmp_path: Path) -> None:
    """With how much of each is done."""
    ran = run_program("experiment", "list", "-o", str(tmp_path), "--json")
    assert ran.json["first-three"]["done"] == 0


@pytest.mark.parametrize(
    ("options", "said"), [(["--fold", "7"], "no fold 7"), (["--cell", "m9"], "no cell 'm9'"), ([], "cannot be read")]
)
def test_what_the_study_has_not_is_refused(
    options: list[str], said: str, study_file: Callable[..., Path], tmp_path: Path
) -> None:
    """As usage."""
    study = str(study_file()) if options else "nowhere.toml"
    ran = run_program("experiment", "run", study, "-o", str(tmp_path), *options)
    assert ran.code == 2
    assert said in ran.stderr


def test_a_unit_that_fails_does_not_stop_the_others(study_file: Callable[..., Path], tmp_path: Path) -> None:
    """It is said, and the command fails in the end."""
    file = study_file()
    file.write_text(file.read_text().replace("[[adjustments]]", '[[adjustments]]\nrecipe.backbones.text = "/nowhere"'))
    ran = run_program("experiment", "run", str(file), "-o", str(tmp_path), "--fold", "0", "--json")
    assert ran.code == 1
    assert ran.json["failed"] == [{"cell": "mlm-query", "fold": 0}]
    assert len(ran.json["done"]) == 3
    assert "1 of 4 units failed" in ran.stderr


def test_a_file_that_is_no_result_is_said(study_file: Callable[..., Path], tmp_path: Path) -> None:
    """And not overwritten."""
    file = tmp_path / "tiny" / "both-mlp" / "fold0.json"
    file.parent.mkdir(parents=True)
    file.write_text("{}")
    ran = run_program("experiment", "run", str(study_file()), "-o", str(tmp_path))
    assert ran.code == 2
    assert "is no result of a unit" in ran.stderr
