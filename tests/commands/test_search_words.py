"""``mlsr-es search`` with --boost and --veto."""

from __future__ import annotations

import pytest

from tests.program import Ran, run_program

TEXT = "How is a rope tied to a post?"


@pytest.fixture
def index(cluster_url: str, sample_index: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The sample's index; the program reaches its cluster."""
    monkeypatch.setenv("ES_URL", cluster_url)
    return sample_index


def search(index: str, *arguments: str) -> Ran:
    return run_program("search", TEXT, *arguments, "--index", index)


def test_a_boosted_word_adds_so_many_times_as_much(index: str) -> None:
    """To the query, and to the score of each hit that has it."""
    plain = search(index, "--json", "--explain", "--size", "50").json
    found = search(index, "--json", "--explain", "--size", "50", "--boost", "rope=3").json
    assert found["query"] == {**plain["query"], "rope": pytest.approx(3 * plain["query"]["rope"])}
    before = {hit["id"]: hit["terms"].get("rope", 0) for hit in plain["hits"]}
    assert any(before.values())
    for hit in found["hits"]:
        assert hit["terms"].get("rope", 0) == pytest.approx(3 * before[hit["id"]])
        assert sum(hit["terms"].values()) == pytest.approx(hit["score"], rel=1e-5)


def test_a_vetoed_word_finds_nothing(index: str) -> None:
    """Neither as a term nor as a word of BM25."""
    found = search(index, "--json", "--explain", "--hybrid", "caption_all:0.5", "--veto", "rope").json
    assert "rope" not in found["query"]
    assert found["hits"]
    assert all("rope" not in hit["terms"] for hit in found["hits"])
    shown = search(index, "--show-query", "--hybrid", "caption_all:0.5", "--veto", "rope").stdout
    assert '"post"' in shown
    assert "rope" not in shown


def test_a_word_that_the_query_lacks_is_added_and_told(index: str) -> None:
    """With the word of the query that may have been meant."""
    ran = search(index, "--json", "--boost", "robin=2")
    assert "robin" in ran.json["query"]
    weight = ran.json["query"]["robin"]
    assert f"robin is no word of the query, and was added with a weight of {weight:.2f}." in ran.stderr
    assert "Was rope meant?" in search(index, "--json", "--boost", "ropes=2").stderr


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--boost", "rope"), "--boost takes WORD=FACTOR, not 'rope'."),
        (("--boost", "rope=2", "--veto", "rope"), "'rope' is boosted and vetoed."),
        (("--veto", "rpe"), "the query has no 'rpe' to veto. Was rope meant?"),
        (("--boost", "☃=2"), "the model knows no part of '☃', which was to be boosted."),
    ],
)
def test_what_cannot_be_changed_is_the_users_error(index: str, arguments: tuple[str, ...], complaint: str) -> None:
    """One line, and the exit code 2."""
    ran = search(index, *arguments)
    assert (ran.code, ran.stdout) == (2, "")
    assert ran.stderr.startswith(f"error: {complaint}")
    assert ran.stderr.count("\n") == 1
