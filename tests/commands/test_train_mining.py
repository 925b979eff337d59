"""``mlsr-es train --mine-index``: hard negatives from an index."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mlsr_es.encoders import PRESETS, assemble, save_pretrained
from tests.experiments.conftest import backbone
from tests.program import Ran, run_program

__all__ = ["backbone"]

PLAN = """
start = "{start}"
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


Train = Callable[..., Ran]


@pytest.fixture(scope="module")
def start(backbone: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny model, to be trained further."""
    folder = tmp_path_factory.mktemp("start")
    save_pretrained(assemble(PRESETS["m3"], text=backbone), folder)
    return folder


@pytest.fixture
def train(start: Path, tmp_path: Path) -> Train:
    """Trains the tiny model on the sample, with these negatives and options."""

    def run(negatives: str, *arguments: str) -> Ran:
        plan = tmp_path / "plan.toml"
        plan.write_text(PLAN.format(start=start, negatives=negatives))
        output = tmp_path / f"run-{len(list(tmp_path.iterdir()))}"
        return run_program("train", str(plan), "-o", str(output), "--device", "cpu", "--json", *arguments)

    return run


def test_negatives_come_from_where_the_configuration_says(train: Train, sample_index: str, cluster_url: str) -> None:
    """BM25 in memory, BM25 in the cluster and the model's own vectors there give three different models."""
    index = ("--mine-index", sample_index, "--es-url", cluster_url)
    model = "mined = 2\nmined_from = 10\nminer = "
    runs = [
        train(f"{model}'bm25'"),
        train(f"{model}'bm25'", *index),
        train(f"{model}'model'", *index),
        train(f"{model}'model'", *index),
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
    train: Train, negatives: str, arguments: tuple[str, ...], complaint: str
) -> None:
    """Before a cluster is asked or a model loaded."""
    ran = train(negatives, *arguments, "--es-url", "http://127.0.0.1:1")
    assert (ran.code, ran.stdout) == (2, "")
    assert complaint in ran.stderr


def test_an_index_of_something_else_is_no_place_to_mine(
    train: Train, tmp_path: Path, index_name: str, cluster_url: str
) -> None:
    """It holds no image that is trained on; one that is not there holds nothing."""
    url = ("--es-url", cluster_url)
    (tmp_path / "birds.jsonl").write_text('{"id": "1", "captions": ["an owl"]}\n')
    assert run_program("index", str(tmp_path / "birds.jsonl"), "--index", index_name, *url).code == 0
    for name, complaint in (
        (index_name, "no hard negative can be mined"),
        (f"{index_name}-gone", f"there is no index {index_name}-gone"),
    ):
        ran = train("mined = 2", "--mine-index", name, *url)
        assert (ran.code, ran.stdout) == (2, "")
        assert complaint in ran.stderr
