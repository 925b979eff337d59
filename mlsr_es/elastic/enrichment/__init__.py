"""Adding weights to somebody else's index: what may be done with it, and where in its documents the weights are."""

from mlsr_es.elastic.enrichment.owners import OwnersIndex, check_writable, describe, prepare_weights_object, switch
from mlsr_es.elastic.enrichment.weights_object import WeightsObject, weights_object_for

__all__ = [
    "OwnersIndex",
    "WeightsObject",
    "check_writable",
    "describe",
    "prepare_weights_object",
    "switch",
    "weights_object_for",
]
