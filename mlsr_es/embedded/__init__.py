"""A real Elasticsearch node on this machine, which this package downloads, starts and stops.

Elasticsearch comes from Maven's repository and Java from PyPI, both pinned, so neither has to be installed. A version
that needs Java modules missing from PyPI's Java uses a JDK of this machine. A node listens only on loopback, outlives
the program that started it, and can be stopped by any later one.
"""

from mlsr_es.embedded.node import Node, NodeStatus
from mlsr_es.embedded.releases import VERSIONS

__all__ = ["VERSIONS", "Node", "NodeStatus"]
