"""Training: a collection's own sections and images teach a bi-encoder what to suggest.

InfoNCE, sparsity, sampling and ``transformers.Trainer``. Metrics and the mining of hard negatives are handed in.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlsr_es.training.config import TrainingConfig
    from mlsr_es.training.data import TrainingData, read_training_data
    from mlsr_es.training.mining import Miner, by_bm25
    from mlsr_es.training.outcome import System, baselines, held_out
    from mlsr_es.training.ranking import Metric
    from mlsr_es.training.run import Trained, Watch, train

__all__ = [
    "Metric",
    "Miner",
    "System",
    "Trained",
    "TrainingConfig",
    "TrainingData",
    "Watch",
    "baselines",
    "by_bm25",
    "held_out",
    "read_training_data",
    "train",
]

_PLACES = {
    "Metric": "ranking",
    "Miner": "mining",
    "System": "outcome",
    "Trained": "run",
    "TrainingConfig": "config",
    "TrainingData": "data",
    "Watch": "run",
    "baselines": "outcome",
    "by_bm25": "mining",
    "held_out": "outcome",
    "read_training_data": "data",
    "train": "run",
}


def __getattr__(name: str) -> Any:
    """Pydantic, torch and transformers are imported when a name that needs them is first asked for."""
    from importlib import import_module

    if name not in _PLACES:
        raise AttributeError(name)
    return getattr(import_module(f"mlsr_es.training.{_PLACES[name]}"), name)
