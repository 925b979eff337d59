"""A whole training run: read, split, mine, train, keep the best epoch, write the checkpoint."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

import torch
from torch import nn
from transformers import EarlyStoppingCallback, TrainerCallback
from transformers.integrations.integration_utils import TensorBoardCallback
from transformers.trainer_utils import get_last_checkpoint

from mlsr_es.encoders import (
    BiEncoder,
    assemble,
    check_replaceable,
    choose_device,
    holds_model,
    load_model,
    save_pretrained,
    writing,
)
from mlsr_es.errors import InputError
from mlsr_es.evaluation import Run
from mlsr_es.extras import extra
from mlsr_es.progress import Progress, Silent, say_nothing
from mlsr_es.sources import Source
from mlsr_es.training.backbones import resolved
from mlsr_es.training.balancing import balanced
from mlsr_es.training.batches import Batches, Pixels
from mlsr_es.training.config import TrainingConfig
from mlsr_es.training.contrast import Contrast
from mlsr_es.training.data import TrainingData, read_training_data
from mlsr_es.training.mining import Miner, hard_negatives
from mlsr_es.training.pictures import Features, Pictures
from mlsr_es.training.ranking import Metric, Ranker, Validation, ranked
from mlsr_es.training.reporting import EpochReport
from mlsr_es.training.teaching import Teacher
from mlsr_es.training.trainer import ContrastTrainer, arguments
from mlsr_es.vectors import SparseVectors

with extra("research"):  # before a folder is made or anything is read
    import accelerate  # noqa: F401  (the trainer's)
    from torch.utils.tensorboard import SummaryWriter

if TYPE_CHECKING:
    from transformers import TrainerState


@dataclass(frozen=True)
class Watch:
    """The receivers of a run's reports.

    Args:
        progress: Shows the stages.
        say: Called with each line.
    """

    progress: Progress = field(default_factory=Silent)
    say: Callable[[str], None] = say_nothing


@dataclass(frozen=True)
class Trained:
    """The result of a training run.

    Args:
        model: The model of the best epoch.
        data: The training data, with the held-out topics.
        run: The model's run on the test topics, among all images; None if nothing was held out.
        queries: The vectors of the test topics' sections; without rows if nothing was held out.
        documents: The vectors of all images; without rows if nothing was held out.
        ranker: Ranks other images, or for other topics, with the model.
        best: The validation metric of the best epoch; None without validation.
        epochs: The number of epochs done.
        seconds: The time they took, in seconds.
    """

    model: BiEncoder
    data: TrainingData
    run: Run | None
    queries: SparseVectors
    documents: SparseVectors
    ranker: Ranker
    best: float | None
    epochs: float
    seconds: float


def train(
    config: TrainingConfig,
    source: Source,
    output: Path,
    *,
    mine: Miner,
    metric: Metric,
    also: Sequence[Source] = (),
    device: str = "auto",
    resume: bool = False,
    features: Path | None = None,
    watch: Watch = Watch(),
) -> Trained:
    """Train a model by a configuration, and write the checkpoint into a folder.

    On a CPU, the same configuration always gives the same model.

    Args:
        config: The configuration of the run.
        source: The configuration's collection, opened.
        output: The folder for the checkpoint; its subfolders hold the trainer's checkpoints and TensorBoard's files.
        mine: Ranks images for hard negatives; called only if the configuration has mined negatives.
        metric: The measure by which the best epoch is chosen.
        also: The configuration's further collections, opened.
        device: "auto", "cuda", "mps" or "cpu".
        resume: Whether to continue from the last checkpoint in the folder.
        features: The folder for features of frozen image backbones, which runs on the same images can share; None for
            the run's own folder.
        watch: The receivers of reports.

    Raises:
        InputError: The folder holds another run or something else, or there is nothing to train on.
        ModelError: A backbone cannot be loaded.
        StorageError: The folder cannot be written.
    """
    last = _begun(output, config, resume=resume)
    place = choose_device(device)
    torch.manual_seed(config.seed)
    model = prepared(config).to(place)
    data = read_training_data(source, model.config, config, also)
    watch.say(_counts(data))
    trained = train_model(
        model, data, config, output, mine=mine, metric=metric, resume_from=last, features=features, watch=watch
    )
    save_pretrained(trained.model, output)
    return trained


def prepared(config: TrainingConfig) -> BiEncoder:
    """Build the model as it is before the first step.

    Raises:
        ModelError: A backbone cannot be loaded, or the parts do not fit.
    """
    if config.start:
        model = load_model(config.start, device="cpu")
        limits = config.limits
        model.config = replace(model.config, query_terms=limits.query_terms, document_terms=limits.document_terms)
        return model
    names = config.backbones
    if names is None:
        raise ValueError("a configuration names backbones or a start")
    return assemble(
        config.bi_encoder(),
        text=resolved(names.text),
        document_text=resolved(names.document_text) if names.document_text else None,
        image=resolved(names.image) if names.image else None,
        text_layers=names.text_layers,
    )


def train_model(
    model: BiEncoder,
    data: TrainingData,
    config: TrainingConfig,
    folder: Path,
    *,
    mine: Miner,
    metric: Metric,
    resume_from: str | None = None,
    features: Path | None = None,
    watch: Watch = Watch(),
) -> Trained:
    """Train a loaded model on loaded data, for ``train``.

    Args:
        model: The model; changed in place, and in evaluation mode afterwards.
        data: The data, from ``read_training_data``.
        config: The configuration; its collection, model, backbones and folds are already applied to ``model`` and
            ``data``.
        folder: The folder for checkpoints, features and logs.
        mine: Ranks images for hard negatives; called only if the configuration has mined negatives.
        metric: The measure by which the best epoch is chosen.
        resume_from: A checkpoint of the same run, to continue from; None to begin.
        features: The folder for features of frozen image backbones; None for the run's own folder.
        watch: The receivers of reports.
    """
    freeze = bool(config.backbones and config.backbones.freeze_image)
    pixels = _pixels(
        model, data, features or folder / "features", freeze=freeze, fresh=config.start is None, watch=watch
    )
    negatives = config.negatives
    hard = hard_negatives(data, mine, most=negatives.mined_from) if negatives.mined else []
    if model.config.frequencies:
        model.count_terms(data.documents)
    teacher = Teacher(data.documents) if config.distillation.weight else None
    batches = Batches(data, model, config, hard=hard, pixels=pixels, teacher=teacher)
    contrast = Contrast(
        model,
        temperature=config.loss.temperature,
        learned=config.loss.learned,
        freeze_image=freeze,
        dropout=config.optimisation.dropout,
    )
    ranker = Ranker(model, data, config, pixels)
    validation = Validation(ranker, data, config, metric) if data.validation.sections else None
    callbacks: list[TrainerCallback] = [EpochReport(watch.progress, watch.say), _tensorboard(folder)]
    if validation and config.optimisation.patience:
        callbacks.append(EarlyStoppingCallback(config.optimisation.patience))
    trainer = ContrastTrainer(
        contrast,
        arguments(config, folder / "checkpoints", device=model.device, validates=validation is not None),
        batches=batches,
        sections=len(data.sections),
        config=config,
        validate=validation,
        callbacks=callbacks,
    )
    begun = time.perf_counter()
    trainer.train(resume_from_checkpoint=resume_from)
    trainer.finish()
    state: TrainerState = trainer.state
    model.eval()
    model.__dict__.pop("revision", None)  # cached before training changed the weights
    seconds = time.perf_counter() - begun
    model.hybrid = balanced(ranker, data, config)
    queries, documents = ranker.vectors(data.test, data.images if data.test.sections else ())
    return Trained(
        model=model,
        data=data,
        run=ranked("model", data.test, queries, data.images, documents) if data.test.sections else None,
        queries=queries,
        documents=documents,
        ranker=ranker,
        best=state.best_metric,
        epochs=state.epoch or 0.0,
        seconds=seconds,
    )


def _pixels(
    model: BiEncoder, data: TrainingData, folder: Path, *, freeze: bool, fresh: bool, watch: Watch
) -> Pixels | None:
    if model.image_processor is None:
        return None
    pictures = Pictures(model.image_processor, lambda error: watch.say(f"rejected: {error}"))
    if not freeze:
        return pictures
    features = Features(data.images, model, pictures, folder, watch.progress)
    if fresh and model.document.image is not None:
        features.standardise(cast("nn.Linear", model.document.image.project[0]), data.documents)
    return features


def _tensorboard(folder: Path) -> TrainerCallback:
    return TensorBoardCallback(SummaryWriter(str(folder / "logs")))


def _counts(data: TrainingData) -> str:
    held_out = len(data.validation.sections), len(data.test.sections)
    return (
        f"{len(data.sections):,} sections to train on with {len(data.documents):,} images; held out {held_out[0]:,} "
        f"for validation, {held_out[1]:,} for the test; {data.shared_images:,} images stand on both sides."
    )


def _check_ours(folder: Path, *, is_run: bool) -> None:
    """See that a folder is new or empty, or holds a run or a model and nothing that a model would replace."""
    others = sorted(path.name for path in folder.iterdir()) if folder.exists() else []
    if others and not is_run and not holds_model(folder):
        raise InputError(
            f"{folder} holds other files ({others[0]}).", advice="Name an empty folder, or one that does not exist."
        )
    check_replaceable(folder)


def _begun(folder: Path, config: TrainingConfig, *, resume: bool) -> str | None:
    """Claim the folder for this run; returns the checkpoint to continue from, if ``resume`` is set and there is one."""
    plan = folder / "training.json"
    said = config.model_dump_json(indent=2) + "\n"
    with writing(folder):
        before = plan.read_text() if plan.exists() else None
        _check_ours(folder, is_run=before is not None)
        if before is not None and not resume:
            raise InputError(f"{folder} holds a training run.", advice="Go on with --resume, or name another folder.")
        if before not in (None, said):
            raise InputError(
                f"{folder} holds a run of another configuration.",
                advice="Resume it with its own (training.json in the folder has it), or name another folder.",
            )
        folder.mkdir(parents=True, exist_ok=True)
        plan.write_text(said)
    checkpoints = folder / "checkpoints"
    return get_last_checkpoint(str(checkpoints)) if resume and checkpoints.is_dir() else None
