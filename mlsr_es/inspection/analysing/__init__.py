"""What the vectors of an index, or of a folder, are like: numbers, examples, and signs that something is wrong."""

from mlsr_es.inspection.analysing.analysis import Analysis, Example, analyse_index, analyse_vectors
from mlsr_es.inspection.analysing.signs import Sign

__all__ = ["Analysis", "Example", "Sign", "analyse_index", "analyse_vectors"]
