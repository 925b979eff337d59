"""How full the nodes' disks are, measured by the cluster's own watermarks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlsr_es.elastic.client import translated

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

_PREFIX = "cluster.routing.allocation.disk"
_UNITS = {unit: 1024**power for power, unit in enumerate(("b", "kb", "mb", "gb", "tb", "pb"))}
_BYTES = re.compile(r"([0-9.]+)\s*([kmgtp]?b)", re.IGNORECASE)
MARKS = ("flood_stage", "high", "low")
"""Watermarks, the most serious first: nothing can be written; copies move away; no new copies come."""


@dataclass(frozen=True, slots=True)
class Disk:
    """The disk of a node.

    Args:
        node: The node's name.
        used: The used part of the disk, in [0, 1].
        mark: The most serious of ``MARKS`` that the disk has passed; "" for none, and where the cluster does not check.
    """

    node: str
    used: float
    mark: str = ""


def disks(client: Elasticsearch) -> list[Disk] | None:
    """The disks of all nodes with data, the fullest first.

    Returns:
        None where the cluster does not say: the user needs the cluster privilege ``monitor``.

    Raises:
        ClusterError: The cluster cannot be reached.
    """
    from elasticsearch import ApiError

    with translated(client, "say how full its disks are"):
        try:
            nodes: Any = client.cat.allocation(format="json", bytes="b").body
            told = client.cluster.get_settings(include_defaults=True, flat_settings=True).body
        except ApiError:  # also where a hosted cluster has no such call
            return None
    settings = {**told.get("defaults", {}), **told.get("persistent", {}), **told.get("transient", {})}
    known = [node for node in nodes if node.get("disk.total")]
    found = [_disk(node["node"], int(node["disk.avail"]), int(node["disk.total"]), settings) for node in known]
    return sorted(found, key=lambda disk: -disk.used)


def write_blocks(client: Elasticsearch, index: str) -> tuple[str, ...]:
    """The settings that block writes to an index.

    Raises:
        IndexMismatchError: The index does not exist.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    with translated(client, f"read the settings of {index}"):
        told = client.indices.get_settings(index=index, flat_settings=True).body
    return tuple(
        sorted(
            {
                name
                for about in told.values()
                for name, value in about["settings"].items()
                if name.startswith("index.blocks.") and str(value) == "true"
            }
        )
    )


def _disk(node: str, available: int, total: int, settings: Mapping[str, Any]) -> Disk:
    used = 1 - available / total
    looks = str(settings.get(f"{_PREFIX}.threshold_enabled", "true")) == "true"
    passed = (mark for mark in MARKS if looks and _passed(mark, used, available, settings))
    return Disk(node, used, next(passed, ""))


def _passed(mark: str, used: float, available: int, settings: Mapping[str, Any]) -> bool:
    limit = str(settings.get(f"{_PREFIX}.watermark.{mark}", ""))
    if least := _bytes(limit):
        return available < least
    try:
        most = float(limit[:-1]) / 100 if limit.endswith("%") else float(limit)
    except ValueError:
        return False
    # A few per cent of a large disk are a lot: from 8.5 on, this many free bytes are enough.
    enough = _bytes(str(settings.get(f"{_PREFIX}.watermark.{mark}.max_headroom", "")))
    return used > most and (not enough or available < enough)


def _bytes(size: str) -> float:
    """``20gb`` in bytes; 0 for a text that is not a size."""
    found = _BYTES.fullmatch(size)
    return float(found[1]) * _UNITS[found[2].lower()] if found else 0
