"""Check that a cluster, and an index on it, are fit for searches."""

from mlsr_es.inspection.doctor.examining import examine
from mlsr_es.inspection.doctor.finding import Level

__all__ = [
    "Level",
    "examine",
]
