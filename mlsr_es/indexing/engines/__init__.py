"""Where records are prepared and encoded: on the threads of this process, or on the machines of a Ray cluster.

An engine promises nothing of its own: it turns records into encoded blocks, and everything that a run promises (what is
done already, counts, rejects, retries, pruning, promotion) is in the pipeline and its sink, which stay in one process.
"""

from mlsr_es.indexing.engines.engine import Encoded, Encoding, Engine
from mlsr_es.indexing.engines.local import HERE, LocalEngine
from mlsr_es.indexing.engines.on_ray import RayEngine

__all__ = ["HERE", "Encoded", "Encoding", "Engine", "LocalEngine", "RayEngine"]
