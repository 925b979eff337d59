"""Looking at what is there: how good an index or a folder of vectors is, beside the baselines.

It asks an index as suggestion does, and scores the same vectors on this machine.
"""

from mlsr_es.inspection.evaluating import Evaluated, Evaluation, evaluate_index, evaluate_vectors
from mlsr_es.inspection.topics import TopicPlan

__all__ = ["Evaluated", "Evaluation", "TopicPlan", "evaluate_index", "evaluate_vectors"]
