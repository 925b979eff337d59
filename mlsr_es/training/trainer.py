"""The training loop: ``transformers.Trainer`` with this project's loss, optimiser, validation and checkpoints."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Any, cast

import torch
from safetensors.torch import load_model as load_weights
from safetensors.torch import save_model as save_weights
from torch import Tensor, nn
from transformers import PrinterCallback, Trainer, TrainerCallback, TrainerControl, TrainerState, TrainingArguments
from transformers.utils import SAFE_WEIGHTS_NAME

from mlsr_es.encoders import writing
from mlsr_es.training.averaging import Average
from mlsr_es.training.batches import Batches
from mlsr_es.training.config import Regularisation, TrainingConfig
from mlsr_es.training.contrast import Contrast, Encoded
from mlsr_es.training.gathering import first_row, gathered
from mlsr_es.training.losses import distillation, info_nce, known_relevant
from mlsr_es.training.regularisers import df_flops, flops, l1, warmed_up

METRIC = "validation"
"""The name of the validation metric in the logs."""


def arguments(config: TrainingConfig, folder: Path, *, device: torch.device, validates: bool) -> TrainingArguments:
    """Make the trainer's settings from a configuration.

    Args:
        config: The configuration of the run.
        folder: The folder for checkpoints.
        device: The device of the model.
        validates: Whether the best epoch is chosen by validation.
    """
    settings = config.optimisation
    return TrainingArguments(
        output_dir=str(folder),
        num_train_epochs=settings.epochs,
        per_device_train_batch_size=settings.batch_size,
        gradient_accumulation_steps=settings.accumulation,
        learning_rate=settings.body_rate,
        weight_decay=settings.weight_decay,
        warmup_steps=settings.warmup_share,
        lr_scheduler_type="linear",
        bf16=settings.precision == "bf16",
        fp16=settings.precision == "fp16",
        seed=config.seed,
        data_seed=config.seed,
        use_cpu=device.type == "cpu",
        eval_strategy="epoch" if validates else "no",
        save_strategy="epoch",
        save_total_limit=2,
        load_best_model_at_end=validates,
        metric_for_best_model=METRIC if validates else None,
        greater_is_better=True if validates else None,
        logging_strategy="epoch",
        remove_unused_columns=False,
        label_names=[],
        dataloader_num_workers=settings.workers,
        dataloader_pin_memory=device.type == "cuda",
        report_to="none",
        disable_tqdm=True,
    )


class ContrastTrainer(Trainer):
    """Trains a ``Contrast`` on ``Batches``.

    Args:
        model: The model to train.
        settings: The trainer's settings, from ``arguments``.
        batches: The collator.
        sections: The number of training sections.
        config: The configuration of the run.
        validate: Computes the validation metric with the model's current weights; None for no validation.
        callbacks: Further callbacks of ``transformers``.
    """

    def __init__(
        self,
        model: Contrast,
        settings: TrainingArguments,
        *,
        batches: Batches,
        sections: int,
        config: TrainingConfig,
        validate: Callable[[], float] | None = None,
        callbacks: list[TrainerCallback] | None = None,
    ) -> None:
        self._contrast = model
        self._config = config
        self._validate = validate
        decay = config.optimisation.averaging
        self._average = Average(model, decay) if decay else None
        self._seen: dict[str, Tensor] = {}
        super().__init__(
            model=model,
            args=settings,
            data_collator=batches,
            train_dataset=cast("Any", range(sections)),
            eval_dataset=cast("Any", range(1)) if validate else None,
            callbacks=[EpochOf(batches), *([self._average] if self._average else []), *(callbacks or [])],
        )
        self.remove_callback(PrinterCallback)  # it prints to stdout, which is for data
        self.model_accepts_loss_kwargs = False  # the loss is a mean over the batch

    def compute_loss(self, model: nn.Module, inputs: dict[str, Any], *_: Any, **__: Any) -> Tensor:
        """InfoNCE over the candidates of all devices, the teacher's loss over this device's, and the regularisers."""
        teacher = self._config.distillation
        encoded: Encoded = model(inputs["sections"], inputs["documents"])
        with torch.autocast(encoded.queries.device.type, enabled=False):
            candidates = gathered(encoded.documents)
            numbers = gathered(inputs["candidates"].to(candidates.device))
            positives = inputs["positives"].to(candidates.device) + first_row(len(encoded.documents))
            masked = known_relevant(numbers, inputs["relevant"].to(candidates.device))
            scores = encoded.queries @ candidates.T / encoded.temperature
            loss = info_nce(scores, positives, masked)
            if teacher.weight:
                own = encoded.queries @ encoded.documents.T / encoded.temperature
                taught = distillation(own, inputs["taught"].to(own.device), teacher.temperature)
                loss = (1 - teacher.weight) * loss + teacher.weight * taught
            regularisation = self._config.regularisation
            if regularisation.kind == "df-flops":
                self._contrast.count(encoded.documents)
            shares, step = self._contrast.shares, self.state.global_step
            sparsity = penalty(encoded, regularisation, shares, step=step)
        self._seen = {
            "query_terms": (encoded.queries > 0).sum(dim=1).float().mean().detach(),
            "document_terms": (encoded.documents > 0).sum(dim=1).float().mean().detach(),
            "temperature": encoded.temperature.detach(),
        }
        return loss + sparsity

    def create_optimizer(self, model: nn.Module | None = None) -> torch.optim.Optimizer:
        """Make AdamW; heads, projection, field factors and temperature have a rate of their own."""
        del model
        if self.optimizer is None:
            heads = self._contrast.heads()
            names = {id(parameter) for parameter in heads}
            body = [one for one in self._contrast.parameters() if one.requires_grad and id(one) not in names]
            settings = self._config.optimisation
            self.optimizer = torch.optim.AdamW(
                [{"params": body, "lr": settings.body_rate}, {"params": heads, "lr": settings.head_rate}],
                weight_decay=settings.weight_decay,
            )
        return self.optimizer

    def evaluate(self, *_: Any, **__: Any) -> dict[str, float]:
        """Compute the validation metric; it is the same on every device."""
        with self._average.in_place() if self._average else nullcontext():
            metrics = {f"eval_{METRIC}": self._validate()} if self._validate else {}
        self.log(metrics)
        self.control = self.callback_handler.on_evaluate(self.args, self.state, self.control, metrics)
        return metrics

    def log(self, logs: dict[str, float], *rest: Any, **named: Any) -> None:
        """Log the loss together with statistics of the last batch."""
        if "loss" in logs:
            logs = {**logs, **{name: value.item() for name, value in self._seen.items()}}
        super().log(logs, *rest, **named)

    def _save_checkpoint(self, model: nn.Module, *rest: Any, **named: Any) -> None:
        """A disk that is full is told as one, whichever file it is met at."""
        with writing(Path(str(self.args.output_dir))):
            super()._save_checkpoint(model, *rest, **named)

    def _save(self, output_dir: str | None = None, state_dict: dict[str, Any] | None = None) -> None:
        """Save only the weights, shared tensors once; the model's own folder is written when training is done."""
        del state_dict
        if self.args.should_save:
            folder = Path(output_dir or str(self.args.output_dir))
            folder.mkdir(parents=True, exist_ok=True)
            save_weights(self._contrast, str(folder / SAFE_WEIGHTS_NAME))
            if self._average:
                self._average.save(folder)

    def _load_from_checkpoint(self, resume_from_checkpoint: str, model: nn.Module | None = None) -> None:
        del model
        self._load(Path(resume_from_checkpoint))

    def _load_best_model(self) -> None:
        self._load(Path(str(self.state.best_model_checkpoint)))

    def _load(self, folder: Path) -> None:
        load_weights(self._contrast, str(folder / SAFE_WEIGHTS_NAME))
        if self._average:
            self._average.load(folder)

    def finish(self) -> None:
        """Put the averaged weights into the model, if weights are averaged."""
        if self._average:
            self._average.keep()


def penalty(encoded: Encoded, settings: Regularisation, shares: Tensor, *, step: int) -> Tensor:
    """Compute the regularisers of both sides, each with its weight at this step.

    Args:
        encoded: The batch.
        settings: Kind and weights.
        shares: The share of documents that have each term, shape (vocabulary size,).
        step: The number of steps done.
    """
    measures: dict[str, Callable[[Tensor], Tensor]] = {
        "flops": flops,
        "df-flops": partial(df_flops, shares=shares),
        "l1": l1,
    }
    measure = measures[settings.kind]
    paid = encoded.queries.new_zeros(())
    for vectors, weight in ((encoded.queries, settings.query), (encoded.documents, settings.document)):
        if weight:
            paid = paid + warmed_up(weight, step=step, warmup_steps=settings.warmup_steps) * measure(vectors)
    return paid


class EpochOf(TrainerCallback):
    """Sets the epoch of the batches, so that each epoch draws new images and a resumed run draws the same."""

    def __init__(self, batches: Batches) -> None:
        self._batches = batches

    def on_epoch_begin(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        """Set the epoch's number, from 0."""
        del args, control
        self._batches.epoch = round(state.epoch or 0)
