"""The pages that a model was trained on, from the files in its folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mlsr_es.shipped import shipped


@dataclass(frozen=True, slots=True)
class TrainedOn:
    """The training pages of a collection: all pages except those of one fold.

    Args:
        source: The collection's name in the training configuration: a path, or a known collection.
        fold: The fold that was held out; None if no fold was.
    """

    source: str
    fold: int | None

    def is_in(self, origins: Mapping[str, str]) -> bool:
        """Whether an index contains the collection.

        Args:
            origins: The index's collections: name to the source that each was read from.
        """
        return not {self.source, str(Path(self.source).resolve())}.isdisjoint({*origins, *origins.values()})


def trained_on(model: str) -> tuple[TrainedOn, ...]:
    """Read the training pages of a model, and of the models that its training started from.

    Args:
        model: ``demo``, or a folder.

    Returns:
        Empty if the pages are unknown, as for a hub's model.
    """
    folder = shipped("models", model) if model == "demo" else Path(model)
    try:
        plan = json.loads((folder / "training.json").read_text())
        own = [TrainedOn(str(plan["collection"]["source"]), plan["folds"]["test"])]
        own += [TrainedOn(str(other), None) for other in plan["collection"].get("also", ())]
    except (OSError, ValueError, KeyError, TypeError):
        return ()
    start = plan.get("start")
    return (*own, *(trained_on(start) if start and Path(start) != folder else ()))
