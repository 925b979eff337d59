"""Loads into nodes whose disk is full, and into a cluster that loses a node."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from mlsr_es.elastic.client import ConnectionSettings, connect
from mlsr_es.embedded import Node
from tests.disks import disk_of
from tests.elastic.flaky import InShares, proxied
from tests.faults.conftest import SLOW
from tests.faults.figures import Figures, reached
from tests.faults.test_faults import Load
from tests.faults.work import COUNT, index

pytestmark = pytest.mark.skipif(not SLOW, reason="make faults: nodes of its own, half a minute each")

_DISK_MB, _FLOOD_MB = 600, 200


@pytest.fixture
def small_disk(node_folder: Path) -> Iterator[Path]:
    """A disk in memory that a node can enter."""
    with disk_of(f"{_DISK_MB}m", node_folder) as disk:
        yield disk


def until(holds: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.5)


def test_a_disk_is_full_for_a_while(small_disk: Path, figures: Figures) -> None:
    """The node refuses writes; the run waits, and goes on when there is room again."""
    node = Node(small_disk / "node")
    settings = {
        "cluster.routing.allocation.disk.threshold_enabled": "true",
        "cluster.routing.allocation.disk.watermark.low": f"{_FLOOD_MB + 2}mb",
        "cluster.routing.allocation.disk.watermark.high": f"{_FLOOD_MB + 1}mb",
        "cluster.routing.allocation.disk.watermark.flood_stage": f"{_FLOOD_MB}mb",
        "cluster.info.update.interval": "10s",
    }
    filler = small_disk / "filler"
    try:
        url = str(node.start(heap_mb=256, settings=settings).url)
        with closing(connect(ConnectionSettings(url=url))) as client:
            birds = Load(client, url, "all", index, ("all", "birds"), figures)
            birds.run(InShares(0.0))
            free = shutil.disk_usage(small_disk).free
            filler.write_bytes(bytes(free - (_FLOOD_MB - 50) * 2**20))
            until(lambda: is_blocked(client))
            boats = Load(client, url, "all", index, ("all", "boats"), figures)
            process = boats.start(url)
            time.sleep(5)
            assert process.is_alive()
            filler.unlink()
            process.join()
            assert process.exitcode == 0
            found = reached(client, "all")
            figures.sent += COUNT
            figures.lost += 2 * COUNT - len(found)
            assert len({id_ for id_, _ in found}) == len(found) == 2 * COUNT
    finally:
        node.stop()


def is_blocked(client: Elasticsearch) -> bool:
    """Whether an index has been made read-only."""
    told = client.indices.get_settings(index="all", flat_settings=True).body
    return any("index.blocks.read_only_allow_delete" in each["settings"] for each in told.values())


def test_a_cluster_loses_the_node_that_is_written_to(node_folder: Path, figures: Figures) -> None:
    """Killed at a random moment and back after seconds: the run waits for it, and each document is there once."""
    ports = free_ports(3)
    common = {"discovery.type": "zen", "discovery.seed_hosts": f"127.0.0.1:{ports[0]}"}
    first = common | {"transport.port": str(ports[0]), "cluster.initial_master_nodes": "mlsr-es"}
    second = common | {
        "node.name": "second",
        "node.roles": "data",
        "transport.port": str(ports[1]),
        "http.port": str(ports[2]),
    }
    nodes = Node(node_folder / "first"), Node(node_folder / "second")
    try:
        url = str(nodes[0].start(heap_mb=256, settings=first).url)
        nodes[1].start(heap_mb=256, settings=second)
        with closing(connect(ConnectionSettings(url=url))) as client:
            until(lambda: client.cluster.health()["number_of_nodes"] == 2)
            # All indices on the node that will go.
            client.cluster.put_settings(persistent={"cluster.routing.allocation.exclude._name": "mlsr-es"})
            load = Load(client, url, "birds", index, ("birds",), figures)

            def lose() -> None:
                os.kill(nodes[1].status().pid or 0, signal.SIGKILL)
                figures.kills += 1
                time.sleep(2)
                nodes[1].start(heap_mb=256, settings=second)

            losing = threading.Thread(target=lose)

            def at(number: int) -> None:
                if number == 14:
                    losing.start()

            with proxied(url, faults := InShares(0.0, before=at)):
                process = load.start(faults.url)
                process.join()
            losing.join()
            assert process.exitcode == 0
            until(lambda: client.cluster.health(index="birds")["status"] != "red")
            found = reached(client, "birds")
            figures.sent += COUNT
            figures.lost += COUNT - len(found)
            assert len({id_ for id_, _ in found}) == len(found) == COUNT
    finally:
        for node in nodes:
            node.stop()


def free_ports(count: int) -> list[int]:
    """Ports that nothing listens on now."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports
