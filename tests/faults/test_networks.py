"""Loads over a bad network, made so by toxiproxy: slow, lossy, cut in the middle, gone for seconds."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from tests.faults.conftest import SLOW
from tests.faults.figures import Figures, Sources, reached
from tests.faults.test_faults import Load
from tests.faults.toxiproxy import Toxiproxy, built, toxiproxy
from tests.faults.work import index

pytestmark = pytest.mark.skipif(not SLOW, reason="make faults: toxiproxy takes a minute to build")


def away_for_a_while(proxy: Toxiproxy) -> threading.Thread:
    """Gone three times for a second."""

    def go() -> None:
        for _ in range(3):
            time.sleep(0.3)
            proxy.is_up(up=False)
            time.sleep(1)
            proxy.is_up(up=True)

    going = threading.Thread(target=go)
    going.start()
    return going


NETWORKS: dict[str, Callable[[Toxiproxy], threading.Thread | None]] = {
    "latency of 200 ms": lambda proxy: proxy.add("latency", latency=200, jitter=100),
    "20 kB a second": lambda proxy: proxy.add("bandwidth", "upstream", rate=20),
    "a reset in mid-answer": lambda proxy: proxy.add("limit_data", bytes=20_000),
    "a reset in mid-request": lambda proxy: proxy.add("limit_data", "upstream", toxicity=0.5, bytes=30_000),
    "resets of one connection in three": lambda proxy: proxy.add("reset_peer", toxicity=0.3, timeout=20),
    "half-open connections, one in three": lambda proxy: proxy.add("timeout", toxicity=0.3, timeout=0),
    "answers in slices of 64 bytes": lambda proxy: proxy.add("slicer", average_size=64, size_variation=32, delay=500),
    "away for seconds": away_for_a_while,
}


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """toxiproxy, built once."""
    return built(tmp_path_factory.mktemp("toxiproxy"))


@pytest.fixture
def load(client: Elasticsearch, cluster_url: str, index_name: str, figures: Figures) -> Load:
    """A run whose requests may take three seconds."""
    return Load(client, cluster_url, index_name, index, (index_name, "birds", 1.0, 3.0), figures)


@pytest.fixture
def in_peace(load: Load) -> Sources:
    """What the same run stores over a good network."""
    peace = replace(load, name=f"{load.name}-peace", arguments=(f"{load.name}-peace",))
    peace.complete(load.cluster_url)
    return dict(reached(load.client, peace.name))


@pytest.mark.parametrize("network", NETWORKS)
def test_a_load_over_a_bad_network(
    network: str, program: Path, closed_port: int, load: Load, in_peace: Sources
) -> None:
    """Each document is there once, with its weights, although every third request may come to nothing."""
    with toxiproxy(program, closed_port, load.cluster_url) as proxy:
        going = NETWORKS[network](proxy)
        load.complete(proxy.url)
        if going:
            going.join()
    load.figures.compare(reached(load.client, load.name), in_peace)
