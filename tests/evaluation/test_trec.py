"""TREC files."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlsr_es.collection import Judgement
from mlsr_es.errors import InputError, StorageError
from mlsr_es.evaluation import Ranked, Run, read_qrels, read_run, write_run


def test_a_run_file_is_what_other_tools_read(tmp_path: Path) -> None:
    """A line has six columns, and the name has no blanks."""
    run = Run("BM25 title-boosted", {"s": [Ranked("b", 2.5), Ranked("a", 0.1)], "t": []})
    write_run(run, tmp_path / "run.txt")
    assert (tmp_path / "run.txt").read_text() == "s Q0 b 1 2.5 BM25-title-boosted\ns Q0 a 2 0.1 BM25-title-boosted\n"


def test_a_run_comes_back(tmp_path: Path) -> None:
    """Reading a written run gives the same order, also of equal scores, and exact single-precision scores."""
    rankings = {"s": [Ranked("z", 0.10000000149011612), Ranked("b", 0.0625), Ranked("a", 0.0625)]}
    write_run(Run("model", rankings), tmp_path / "run.txt")
    back = read_run(tmp_path / "run.txt")
    assert back.name == "model"
    assert [one.image_id for one in back.rankings["s"]] == ["z", "b", "a"]
    assert back.rankings["s"][0].score == pytest.approx(rankings["s"][0].score, rel=1e-8)


def test_the_scores_of_a_run_decide(tmp_path: Path) -> None:
    """The order of the lines and the column of ranks are ignored."""
    (tmp_path / "run.txt").write_text("s Q0 a 1 1.0 m\n\ns Q0 b 2 3.0 m\n")
    assert [one.image_id for one in read_run(tmp_path / "run.txt").rankings["s"]] == ["b", "a"]


def test_judgements_are_read(tmp_path: Path) -> None:
    """Judgements of relevance 0 are read too."""
    (tmp_path / "qrels.txt").write_text("s 0 a 1\ns 0 b 0\n")
    assert read_qrels(tmp_path / "qrels.txt") == [Judgement("s", "a"), Judgement("s", "b", 0)]


def test_all_bad_lines_are_said_at_once(tmp_path: Path) -> None:
    """The error gives the numbers of the bad lines and the expected form of a line."""
    (tmp_path / "qrels.txt").write_text("s 0 a 1\ns a 1\ns 0 b one\n")
    with pytest.raises(InputError, match=r"2 lines are not 'section 0 image relevance' \(line 2, 3\)"):
        read_qrels(tmp_path / "qrels.txt")


def test_files_that_are_not_there(tmp_path: Path) -> None:
    """Reading a missing file is an input error; writing to a missing folder is a storage error."""
    with pytest.raises(InputError, match="cannot be read"):
        read_run(tmp_path / "no.txt")
    with pytest.raises(StorageError, match="cannot be written"):
        write_run(Run("model", {}), tmp_path / "no" / "run.txt")
