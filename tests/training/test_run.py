"""A training run from end to end, on tiny random backbones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from mlsr_es.encoders import load_model, save_pretrained
from mlsr_es.encoders.heads import MlpHead
from mlsr_es.errors import InputError, StorageError
from mlsr_es.evaluation import CLUSTER_UNIT, TITLE_BOOSTED, Run, baseline_run, caption_text
from mlsr_es.training import Trained, TrainingConfig, held_out
from mlsr_es.training.losses import distillation
from mlsr_es.training.teaching import Teacher
from tests.disks import files_of_at_most

Backbone = Callable[[str, str], Path]
CONFIGS = Path(__file__).resolve().parents[2] / "configs"
SHIPPED = sorted(file for file in CONFIGS.rglob("*.toml") if file.parent.name != "experiments")  # those are studies


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: str(file.relative_to(CONFIGS)))
def test_every_shipped_configuration_is_right(file: Path) -> None:
    """All keys known, all values possible, all choices fit."""
    TrainingConfig.read(file).bi_encoder()


@pytest.mark.parametrize("name", ["m1", "m2", "m3", "m4"])
def test_each_atomic_configuration_trains_on_its_schema(
    name: str, trained: Callable[..., Trained], tmp_path: Path
) -> None:
    """One epoch; the checkpoint loads, and gives the vectors of the model that was trained."""
    result = trained(f"atomic/{name}.toml", tmp_path / "run")
    assert result.best is not None
    again = load_model(tmp_path / "run", device="cpu")
    sections = result.data.test.sections
    first, second = (model.encode_sections(sections).to_scipy().toarray() for model in (result.model, again))
    assert np.array_equal(first, second)


@pytest.mark.parametrize(
    ("name", "backbones"),
    [
        ("splade-v3", ("bert", "vit")),
        ("opensearch-doc", ("distilbert", "vit")),
        ("bert", ("bert", "vit")),
        ("vit", ("bert", "vit")),
        ("clip", ("bert", "clip")),
        ("siglip", ("bert", "siglip")),
    ],
)
def test_each_hub_configuration_trains_on_folders_of_its_architectures(
    name: str, backbones: tuple[str, str], trained: Callable[..., Trained], backbone: Backbone, tmp_path: Path
) -> None:
    """Where there is no hub, a folder is named in its place."""
    text, image = backbones
    result = trained(f"hub/{name}.toml", tmp_path / "run", text=backbone("text", text), image=backbone("image", image))
    assert result.run is not None


def test_a_seed_gives_the_same_model_twice(trained: Callable[..., Trained], tmp_path: Path) -> None:
    """Weight for weight, on a CPU."""
    first, second = (trained("atomic/m3.toml", tmp_path / name).model for name in ("first", "second"))
    assert first.revision == second.revision


def test_a_resumed_run_ends_as_the_whole_one(trained: Callable[..., Trained], tmp_path: Path) -> None:
    """The last epoch is done again from the checkpoint before it."""
    whole = trained("atomic/m3.toml", tmp_path / "run", epochs=2)
    expected = whole.model.state_dict()
    checkpoints = sorted((tmp_path / "run" / "checkpoints").iterdir(), key=lambda path: int(path.name.split("-")[1]))
    for file in checkpoints[-1].iterdir():
        file.unlink()
    checkpoints[-1].rmdir()
    resumed = trained("atomic/m3.toml", tmp_path / "run", epochs=2, resume=True).model.state_dict()
    assert all(torch.equal(value, resumed[name]) for name, value in expected.items())


def test_frequencies_come_from_the_captions_that_are_trained_on(
    trained: Callable[..., Trained], tmp_path: Path
) -> None:
    """A word that only held-out pages' images have is as rare as one that nobody has."""
    result = trained("demo/m3.toml", tmp_path / "run")
    model, data = result.model, result.data
    known = frozenset().union(*(model.caption_terms(image) for image in data.documents))
    assert len(data.documents) < len(data.images)
    for head in (model.query.head, model.document.head):
        assert isinstance(head, MlpHead)
        assert {term_id for term_id, rarity in enumerate(head.rarity.tolist()) if rarity < 1} == known


def test_a_teacher_is_listened_to(trained: Callable[..., Trained], tmp_path: Path) -> None:
    """The more it counts, the nearer the model's choices are to BM25's."""

    def distance(name: str, weight: float) -> float:
        result = trained("demo/m3.toml", tmp_path / name, epochs=4, distillation={"weight": weight})
        data = result.data
        sections = result.model.encode_sections(data.sections)
        images = result.model.encode_documents(data.documents)
        taught = Teacher(data.documents).scores(data.sections, range(len(data.documents)))
        return distillation(torch.from_numpy(sections.dot(images).toarray()).float(), taught, 2.0).item()

    assert distance("listens", 0.9) < distance("does not", 0.0)


def test_df_flops_takes_weight_from_terms_of_many_images(trained: Callable[..., Trained], tmp_path: Path) -> None:
    """And far less from the terms of few."""

    def common_and_rare(name: str, weight: float) -> tuple[float, float]:
        regularisation = {"kind": "df-flops", "document": weight}
        result = trained("demo/m3.toml", tmp_path / name, epochs=4, regularisation=regularisation)
        vectors = result.model.encode_documents(result.data.documents).to_scipy()
        shares = np.asarray((vectors > 0).mean(axis=0)).ravel()
        means = np.asarray(vectors.mean(axis=0)).ravel()
        return float(means[shares > 0.3].sum()), float(means[(shares > 0) & (shares < 0.12)].sum())

    common, rare = common_and_rare("none", 0.0)
    fewer_common, still_rare = common_and_rare("much", 3.0)
    assert fewer_common / common < 0.85 * still_rare / rare


def test_a_folder_with_a_run_is_not_overwritten(trained: Callable[..., Trained], tmp_path: Path) -> None:
    """Unless it is asked to be resumed, with the same configuration."""
    trained("atomic/m3.toml", tmp_path / "run")
    with pytest.raises(InputError, match="holds a training run"):
        trained("atomic/m3.toml", tmp_path / "run")
    with pytest.raises(InputError, match="another configuration"):
        trained("atomic/m3.toml", tmp_path / "run", resume=True, epochs=3)


def test_a_folder_with_other_files_is_left_as_it_is(trained: Callable[..., Trained], tmp_path: Path) -> None:
    """As that of somebody's project, which ``-o .`` names; it is refused before anything is read."""
    (tmp_path / "README.md").write_text("Mine.")
    with pytest.raises(InputError, match=r"holds other files \(README\.md\)"):
        trained("atomic/m3.toml", tmp_path)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("README.md", "Mine.")]


def test_a_file_that_the_model_would_replace_stops_a_resumed_run(
    trained: Callable[..., Trained], tmp_path: Path
) -> None:
    """Before it has taken its time."""
    trained("atomic/m3.toml", tmp_path / "run")
    (tmp_path / "run" / "config.json").write_text("{}")
    with pytest.raises(InputError, match="no model of mlsr-es"):
        trained("atomic/m3.toml", tmp_path / "run", resume=True)


def test_a_model_may_be_replaced(trained: Callable[..., Trained], tmp_path: Path) -> None:
    """By one that is trained into its folder."""
    save_pretrained(trained("atomic/m3.toml", tmp_path / "run").model, tmp_path / "model", query_graph=False)
    result = trained("atomic/m3.toml", tmp_path / "model", epochs=2)
    assert load_model(tmp_path / "model", device="cpu").revision == result.model.revision


def test_a_disk_that_is_full_is_told(trained: Callable[..., Trained], tmp_path: Path) -> None:
    """At the first checkpoint, in a line."""
    with files_of_at_most(10 * 1024), pytest.raises(StorageError, match=r"checkpoints cannot be written"):
        trained("atomic/m3.toml", tmp_path / "run")


def test_a_run_says_its_splits_and_every_epoch(trained: Callable[..., Trained], tmp_path: Path) -> None:
    """Sections on either side, images on both, loss and validation."""
    said: list[str] = []
    trained("atomic/m3.toml", tmp_path / "run", said=said)
    assert "sections to train on" in said[0]
    assert any("loss" in line and "query terms" in line for line in said)
    assert any("validation" in line for line in said[1:])
    assert list((tmp_path / "run" / "logs").iterdir())


def test_the_model_stands_beside_bm25_on_the_pages_it_never_saw(
    trained: Callable[..., Trained], tmp_path: Path
) -> None:
    """Alone and with BM25 added, on the same topics."""
    result = trained("atomic/m3.toml", tmp_path / "run")
    systems = held_out(result)
    assert [one.run.name for one in systems] == ["model", "hybrid", "bm25s", "titles"]
    assert {one.figures.section_ids for one in systems} == {tuple(section.id for section in result.data.test.sections)}


def test_what_is_added_is_bm25_at_the_weight_that_the_model_keeps(
    trained: Callable[..., Trained], tmp_path: Path
) -> None:
    """Every score is the model's plus so much of the usual BM25's: what one request to a cluster would give."""
    result = trained("atomic/m3.toml", tmp_path / "run")
    data, hybrid = result.data, result.model.hybrid
    assert result.run is not None
    assert hybrid is not None
    captions, ids = [caption_text(image) for image in data.images], [image.id for image in data.images]
    added = scores(baseline_run(TITLE_BOOSTED, data.test.sections, captions, ids))
    alone, together = scores(result.run), scores(held_out(result)[1].run)
    assert together.keys() == alone.keys() | added.keys()
    assert together == pytest.approx(
        {one: alone.get(one, 0.0) + hybrid.weight * CLUSTER_UNIT * added.get(one, 0.0) for one in together}, rel=1e-5
    )


def test_without_a_weight_nothing_is_added(trained: Callable[..., Trained], tmp_path: Path) -> None:
    """As where captions and sections share no word."""
    result = trained("atomic/m3.toml", tmp_path / "run")
    result.model.hybrid = None
    assert [one.run.name for one in held_out(result)] == ["model", "bm25s", "titles"]


def scores(run: Run) -> dict[tuple[str, str], float]:
    """Of each section and image."""
    return {(section, one.image_id): one.score for section, ranking in run.rankings.items() for one in ranking}
