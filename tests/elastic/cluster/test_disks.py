"""How full disks are, by the cluster's watermarks."""

from __future__ import annotations

import pytest
from elasticsearch import Elasticsearch

from mlsr_es.elastic.cluster import disks
from mlsr_es.elastic.cluster.disks import _disk

PREFIX = "cluster.routing.allocation.disk"
GB = 1024**3


def settings(low: str, high: str, flood: str, **more: str) -> dict[str, str]:
    marks = {"low": low, "high": high, "flood_stage": flood}
    return {f"{PREFIX}.watermark.{mark}": at for mark, at in marks.items()} | more


@pytest.mark.parametrize(
    ("available", "told", "mark"),
    [
        (50, settings("85%", "90%", "95%"), ""),
        (12, settings("85%", "90%", "95%"), "low"),
        (4, settings("85%", "90%", "95%"), "flood_stage"),
        (12, settings("0.85", "0.9", "0.95"), "low"),
        (12, settings("20gb", "10gb", "5gb"), "low"),
        (12, settings("10gb", "5gb", "1gb"), ""),
        (4, settings("85%", "90%", "95%", **{f"{PREFIX}.threshold_enabled": "false"}), ""),
        (12, settings("85%", "90%", "95%", **{f"{PREFIX}.watermark.low.max_headroom": "10gb"}), ""),
        (12, settings("85%", "90%", "95%", **{f"{PREFIX}.watermark.low.max_headroom": "-1"}), "low"),
        (12, {}, ""),
    ],
)
def test_the_gravest_mark_that_a_disk_has_passed(available: int, told: dict[str, str], mark: str) -> None:
    """A watermark of a 100 GB disk can be a used share, free bytes, or both."""
    disk = _disk("n", available * GB, 100 * GB, told)
    assert disk.mark == mark
    assert disk.used == pytest.approx(1 - available / 100)


def test_the_nodes_of_a_cluster(client: Elasticsearch) -> None:
    """Each node with data has a disk."""
    found = disks(client)
    assert found
    assert 0 < found[0].used < 1
