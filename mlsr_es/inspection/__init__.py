"""Looking at what is there: how good an index or a folder of vectors is beside the baselines, how it is asked best.

It asks an index as suggestion does, and scores the same vectors on this machine; training mines by it, too.
"""

from mlsr_es.inspection.choosing import LEAST_OVERLAP
from mlsr_es.inspection.comparing import DECIDING, Comparison, compare_versions
from mlsr_es.inspection.contents import Contents, contents_of_index, contents_of_vectors
from mlsr_es.inspection.doctor import examine
from mlsr_es.inspection.evaluating import Evaluated, Evaluation, evaluate_index, evaluate_vectors
from mlsr_es.inspection.finding import Finding, Level
from mlsr_es.inspection.mining import IndexMiner, index_miner
from mlsr_es.inspection.table_loss import TableLoss, table_loss
from mlsr_es.inspection.timing import Ask, Measured, Stopwatch
from mlsr_es.inspection.topics import TopicPlan
from mlsr_es.inspection.tuning import Tuning, try_strategies, tune_strategy
from mlsr_es.inspection.weighing import Weighing, weigh_hybrid

__all__ = [
    "DECIDING",
    "LEAST_OVERLAP",
    "Ask",
    "Comparison",
    "Contents",
    "Evaluated",
    "Evaluation",
    "Finding",
    "IndexMiner",
    "Level",
    "Measured",
    "Stopwatch",
    "TableLoss",
    "TopicPlan",
    "Tuning",
    "Weighing",
    "compare_versions",
    "contents_of_index",
    "contents_of_vectors",
    "evaluate_index",
    "evaluate_vectors",
    "examine",
    "index_miner",
    "table_loss",
    "try_strategies",
    "tune_strategy",
    "weigh_hybrid",
]
