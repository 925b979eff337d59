"""Training: a bi-encoder learns what to suggest from a collection's own sections and images.

InfoNCE, regularisers, sampling and ``transformers.Trainer``. The caller hands in metrics and the miner of negatives.
"""

from typing import TYPE_CHECKING

from mlsr_es import lazy

if TYPE_CHECKING:
    from mlsr_es.training.config import TrainingConfig
    from mlsr_es.training.data import TrainingData, read_training_data
    from mlsr_es.training.known_pages import TrainedOn, trained_on
    from mlsr_es.training.mining import Miner, by_bm25
    from mlsr_es.training.outcome import baselines, below_bm25, held_out, pooled, together
    from mlsr_es.training.ranking import Metric, ranked
    from mlsr_es.training.run import Trained, Watch, train

__all__ = [
    "Metric",
    "Miner",
    "Trained",
    "TrainedOn",
    "TrainingConfig",
    "TrainingData",
    "Watch",
    "baselines",
    "below_bm25",
    "by_bm25",
    "held_out",
    "pooled",
    "ranked",
    "read_training_data",
    "together",
    "train",
    "trained_on",
]

__getattr__ = lazy.exports(
    __name__,
    config=("TrainingConfig",),
    data=("TrainingData", "read_training_data"),
    known_pages=("TrainedOn", "trained_on"),
    mining=("Miner", "by_bm25"),
    outcome=("baselines", "below_bm25", "held_out", "pooled", "together"),
    ranking=("Metric", "ranked"),
    run=("Trained", "Watch", "train"),
)
