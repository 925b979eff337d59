"""How good a system is: runs, measures, significance, baselines, exact scoring.

Pure functions, except for reading and writing files (TREC's, Parquet). No model and no cluster is used here.
"""

from mlsr_es.evaluation.baselines import baseline_run, tuned
from mlsr_es.evaluation.bm25 import (
    CLUSTER_UNIT,
    DEFAULTS,
    HYBRID_PART,
    TITLE_BOOSTED,
    Baseline,
    Bm25,
    plain_weights,
    plain_words,
)
from mlsr_es.evaluation.co_activation import co_activation
from mlsr_es.evaluation.exact import exact_run
from mlsr_es.evaluation.hybrid import balanced_weight, beside, hybrid_run
from mlsr_es.evaluation.measures import MEASURES, Figures, figures, ndcg
from mlsr_es.evaluation.readability import content_share, own_share
from mlsr_es.evaluation.run import DEPTH, Ranked, Run, mean_terms
from mlsr_es.evaluation.significance import Difference, compare, difference, holm
from mlsr_es.evaluation.system import System
from mlsr_es.evaluation.topics import LEAST_TEXT, Split, Topics, choose_topics
from mlsr_es.evaluation.trec import read_qrels, read_run, write_run
from mlsr_es.evaluation.usage import QUANTILES, Usage
from mlsr_es.evaluation.vector_files import (
    DOCUMENTS,
    SECTIONS,
    VectorFolder,
    VectorWriter,
    encoded_documents,
    read_vectors,
    vector_count,
    vectors_meta,
)
from mlsr_es.words import caption_text

__all__ = [
    "CLUSTER_UNIT",
    "DEFAULTS",
    "DEPTH",
    "DOCUMENTS",
    "HYBRID_PART",
    "LEAST_TEXT",
    "MEASURES",
    "QUANTILES",
    "SECTIONS",
    "TITLE_BOOSTED",
    "Baseline",
    "Bm25",
    "Difference",
    "Figures",
    "Ranked",
    "Run",
    "Split",
    "System",
    "Topics",
    "Usage",
    "VectorFolder",
    "VectorWriter",
    "balanced_weight",
    "baseline_run",
    "beside",
    "caption_text",
    "choose_topics",
    "co_activation",
    "compare",
    "content_share",
    "difference",
    "encoded_documents",
    "exact_run",
    "figures",
    "holm",
    "hybrid_run",
    "mean_terms",
    "ndcg",
    "own_share",
    "plain_weights",
    "plain_words",
    "read_qrels",
    "read_run",
    "read_vectors",
    "tuned",
    "vector_count",
    "vectors_meta",
    "write_run",
]
