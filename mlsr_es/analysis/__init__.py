"""What sparse vectors look like: co-activation, and how readable their terms are.

Pure functions over vectors, a value a row; they know no model and no cluster.
"""

from mlsr_es.analysis.co_activation import co_activation
from mlsr_es.analysis.readability import content_share, own_share

__all__ = ["co_activation", "content_share", "own_share"]
