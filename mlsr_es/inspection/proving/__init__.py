"""Whether an index ranks as its model does: its hits and scores compared with the dot products of known weights."""

from mlsr_es.inspection.proving.asked import Asked, Asking
from mlsr_es.inspection.proving.known_weights import KnownWeights, encoded_weights, stored_weights
from mlsr_es.inspection.proving.verification import Verification
from mlsr_es.inspection.proving.verifying import verify_scores

__all__ = [
    "Asked",
    "Asking",
    "KnownWeights",
    "Verification",
    "encoded_weights",
    "stored_weights",
    "verify_scores",
]
