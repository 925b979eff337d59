"""Which pages a model was trained on, as its folder says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mlsr_es.shipped import shipped


@dataclass(frozen=True, slots=True)
class TrainedOn:
    """The pages of a collection, all but those of a fold.

    Args:
        source: The collection, as it was named for training: a path, or a known one.
        fold: What was held out; None for nothing.
    """

    source: str
    fold: int | None

    def is_in(self, origins: Mapping[str, str]) -> bool:
        """Whether an index holds the collection.

        Args:
            origins: The index's collections, and from where each was read.
        """
        return not {self.source, str(Path(self.source).resolve())}.isdisjoint({*origins, *origins.values()})


def trained_on(model: str) -> tuple[TrainedOn, ...]:
    """What the plan in a model's folder says, and those of the models that its training started from.

    Args:
        model: ``demo``, or a folder.

    Returns:
        Nothing where nobody can say, as of a hub's model.
    """
    folder = shipped("models", model) if model == "demo" else Path(model)
    try:
        plan = json.loads((folder / "training.json").read_text())
        own = TrainedOn(str(plan["collection"]["source"]), plan["folds"]["test"])
    except (OSError, ValueError, KeyError, TypeError):
        return ()
    start = plan.get("start")
    return (own, *(trained_on(start) if start and Path(start) != folder else ()))
