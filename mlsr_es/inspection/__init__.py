"""Looking at what is there: how good an index or a folder of vectors is beside the baselines, how it is asked best.

It asks an index as suggestion does, and scores the same vectors on this machine; training mines by it, too.
"""

from mlsr_es.inspection.choosing import LEAST_OVERLAP
from mlsr_es.inspection.comparing import DECIDING, Comparison, compare_versions
from mlsr_es.inspection.contents import Contents, contents_of_index, contents_of_vectors
from mlsr_es.inspection.doctor import examine
from mlsr_es.inspection.evaluating import Evaluation, evaluate_index, evaluate_vectors
from mlsr_es.inspection.finding import Finding, Level
from mlsr_es.inspection.known_weights import KnownWeights, encoded_weights, stored_weights
from mlsr_es.inspection.mining import IndexMiner, index_miner
from mlsr_es.inspection.section_terms import spread, terms_by_model, terms_of_files
from mlsr_es.inspection.table_loss import TableLoss, table_loss
from mlsr_es.inspection.timing import Ask, Measured, Stopwatch
from mlsr_es.inspection.topics import TopicPlan
from mlsr_es.inspection.tuning import Tuning, try_strategies, tune_strategy
from mlsr_es.inspection.verifying import Asked, Asking, Verification, verify_scores
from mlsr_es.inspection.weighing import Weighing, weigh_hybrid

__all__ = [
    "DECIDING",
    "LEAST_OVERLAP",
    "Ask",
    "Asked",
    "Asking",
    "Comparison",
    "Contents",
    "Evaluation",
    "Finding",
    "IndexMiner",
    "KnownWeights",
    "Level",
    "Measured",
    "Stopwatch",
    "TableLoss",
    "TopicPlan",
    "Tuning",
    "Verification",
    "Weighing",
    "compare_versions",
    "contents_of_index",
    "contents_of_vectors",
    "encoded_weights",
    "evaluate_index",
    "evaluate_vectors",
    "examine",
    "index_miner",
    "spread",
    "stored_weights",
    "table_loss",
    "terms_by_model",
    "terms_of_files",
    "try_strategies",
    "tune_strategy",
    "verify_scores",
    "weigh_hybrid",
]
