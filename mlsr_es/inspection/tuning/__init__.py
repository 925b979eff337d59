"""Find the best way to search an index: the strategy, and the weight of BM25."""

from mlsr_es.inspection.tuning.hybrid import Weighing, weigh_hybrid
from mlsr_es.inspection.tuning.strategies import Tuning, try_strategies, tune_strategy
from mlsr_es.inspection.tuning.timing import Ask, Measured, Stopwatch

__all__ = [
    "Ask",
    "Measured",
    "Stopwatch",
    "Tuning",
    "Weighing",
    "try_strategies",
    "tune_strategy",
    "weigh_hybrid",
]
