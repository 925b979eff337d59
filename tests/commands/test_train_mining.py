"""``mlsr-es train --mine-index``: hard negatives from an index."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.program import Ran, run_program

PLAN = """
start = "demo"
[collection]
source = "sample"
least_text = 0
[negatives]
{negatives}
[optimisation]
epochs = 1
batch_size = 8
body_rate = 1e-4
head_rate = 1e-3
[folds]
test = 0
validation_share = 0.0
"""


def train(folder: Path, negatives: str, *arguments: str) -> Ran:
    plan = folder / "plan.toml"
    plan.write_text(PLAN.format(negatives=negatives))
    output = folder / f"run-{len(list(folder.iterdir()))}"
    return run_program("train", str(plan), "-o", str(output), "--device", "cpu", "--json", *arguments)


def test_negatives_come_from_where_the_configuration_says(tmp_path: Path, sample_index: str, cluster_url: str) -> None:
    """BM25 in memory, BM25 in the cluster and the model's own vectors there give three different models."""
    index = ("--mine-index", sample_index, "--es-url", cluster_url)
    model = "mined = 2\nmined_from = 10\nminer = "
    runs = [
        train(tmp_path, f"{model}'bm25'"),
        train(tmp_path, f"{model}'bm25'", *index),
        train(tmp_path, f"{model}'model'", *index),
        train(tmp_path, f"{model}'model'", *index),
    ]
    assert [ran.code for ran in runs] == [0] * 4, runs[0].stderr
    revisions = [ran.json["revision"] for ran in runs]
    assert len(set(revisions)) == 3
    assert revisions[2] == revisions[3]


@pytest.mark.parametrize(
    ("negatives", "arguments", "complaint"),
    [
        ("mined = 2\nminer = 'model'", (), "no index holds a model's vectors. Name one"),
        ("mined = 0", ("--mine-index", "site"), "nothing is mined, negatives.mined is 0"),
        ("miner = 'model'", ("--mine-index", "site"), "negatives.miner: nothing is mined"),
        ("mined = 2\nminer = 'splade'", ("--mine-index", "site"), "negatives.miner: input should be 'bm25' or 'model'"),
    ],
)
def test_what_does_not_go_together_is_said_first(
    tmp_path: Path, negatives: str, arguments: tuple[str, ...], complaint: str
) -> None:
    """Before a cluster is asked or a model loaded."""
    ran = train(tmp_path, negatives, *arguments, "--es-url", "http://127.0.0.1:1")
    assert (ran.code, ran.stdout) == (2, "")
    assert complaint in ran.stderr


def test_an_index_of_something_else_is_no_place_to_mine(tmp_path: Path, index_name: str, cluster_url: str) -> None:
    """It holds no image that is trained on; one that is not there holds nothing."""
    url = ("--es-url", cluster_url)
    (tmp_path / "birds.jsonl").write_text('{"id": "1", "captions": ["an owl"]}\n')
    assert run_program("index", str(tmp_path / "birds.jsonl"), "--index", index_name, *url).code == 0
    for name, complaint in (
        (index_name, "no hard negative can be mined"),
        (f"{index_name}-gone", f"there is no index {index_name}-gone"),
    ):
        ran = train(tmp_path, "mined = 2", "--mine-index", name, *url)
        assert (ran.code, ran.stdout) == (2, "")
        assert complaint in ran.stderr
