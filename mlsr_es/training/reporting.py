"""Reports during a training run: one line an epoch, and a progress bar."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from mlsr_es.progress import Progress

_STAGE = "Training"


class EpochReport(TrainerCallback):
    """Advances the progress by each step, and reports a line whenever something is logged.

    Args:
        progress: Advanced by each step.
        say: Called with each line.
    """

    def __init__(self, progress: Progress, say: Callable[[str], None]) -> None:
        self._progress = progress
        self._say = say
        self._steps = 0

    def on_train_begin(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        """Start the progress with the number of steps; a resumed run has done some already."""
        del args, control
        self._progress.start(_STAGE, state.max_steps, "steps")
        self._steps = 0
        self._advance_to(state.global_step)

    def on_step_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        """Advance the progress by the step."""
        del args, control
        self._advance_to(state.global_step)

    def on_train_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        """Finish the progress, after all steps or an early stop."""
        del args, state, control
        self._progress.finish(_STAGE)

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, Any] | None = None,
        **_: Any,
    ) -> None:
        """Report the figures of an epoch, or of its validation."""
        del args, control
        shown = {name.removeprefix("eval_"): value for name, value in (logs or {}).items() if name in _SHOWN}
        if shown and state.is_world_process_zero:
            figures = ", ".join(f"{name.replace('_', ' ')} {value:.4g}" for name, value in shown.items())
            self._say(f"epoch {state.epoch or 0:.0f}: {figures}")

    def _advance_to(self, step: int) -> None:
        self._progress.advance(_STAGE, step - self._steps)
        self._steps = step


_SHOWN = ("loss", "query_terms", "document_terms", "temperature", "eval_validation")
