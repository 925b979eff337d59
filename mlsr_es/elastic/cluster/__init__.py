"""What a cluster is and allows: its version, its capabilities, how full its disks are, and the roles of its users."""

from mlsr_es.elastic.cluster.capabilities import Capabilities, capabilities
from mlsr_es.elastic.cluster.disks import disks, write_blocks
from mlsr_es.elastic.cluster.roles import AccessRole, create_key, hidden_by_rights, lacking, role_body
from mlsr_es.elastic.cluster.version import OLDEST, ClusterVersion, check

__all__ = [
    "OLDEST",
    "AccessRole",
    "Capabilities",
    "ClusterVersion",
    "capabilities",
    "check",
    "create_key",
    "disks",
    "hidden_by_rights",
    "lacking",
    "role_body",
    "write_blocks",
]
