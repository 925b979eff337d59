"""How good an index, or a folder of vectors, is: its runs and the baselines' runs over the same topics."""

from mlsr_es.inspection.evaluating.asking import Asker, plain_words
from mlsr_es.inspection.evaluating.comparing import Comparison, compare_versions
from mlsr_es.inspection.evaluating.contents import (
    Contents,
    contents_of_index,
    contents_of_vectors,
    read_contents,
    vectors_of_model,
)
from mlsr_es.inspection.evaluating.evaluating import Evaluation, encoded, evaluate_index, evaluate_vectors
from mlsr_es.inspection.evaluating.gathering import gathered
from mlsr_es.inspection.evaluating.section_terms import spread, terms_by_model, terms_of_files
from mlsr_es.inspection.evaluating.table_loss import TableLoss, table_loss
from mlsr_es.inspection.evaluating.topics import TopicPlan

__all__ = [
    "Asker",
    "Comparison",
    "Contents",
    "Evaluation",
    "TableLoss",
    "TopicPlan",
    "compare_versions",
    "contents_of_index",
    "contents_of_vectors",
    "encoded",
    "evaluate_index",
    "evaluate_vectors",
    "gathered",
    "plain_words",
    "read_contents",
    "spread",
    "table_loss",
    "terms_by_model",
    "terms_of_files",
    "vectors_of_model",
]
