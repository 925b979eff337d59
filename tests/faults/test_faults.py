"""Whatever fails on the way, a load that has ended well stored each document once, as a load in peace does.

``make faults`` runs more seeds and more kills, and prints what was counted. A seed decides which requests fail and
where a run is killed; it stands in the name of a test.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from random import Random
from typing import Any

import pytest
from elasticsearch import Elasticsearch
from elasticsearch.helpers import bulk

from mlsr_es.elastic.versions import promote, roll_back
from tests.elastic.flaky import InShares, proxied
from tests.faults.conftest import SLOW
from tests.faults.figures import Figures, Sources, reached
from tests.faults.work import (
    COUNT,
    FORKING,
    REFUSED,
    caption,
    encoded,
    enrich_in_place,
    enrich_into,
    index,
    index_on_ray,
)
from tests.faults.work import load as load_folder
from tests.indexing.enriching.shop import Shop

SHARE = 0.15
"""Of all requests fail."""

SEEDS = range(8 if SLOW else 1)
KILLS = 20 if SLOW else 2
"""How often each kind of run is killed, one after the other, before it may end."""

_MOST_RUNS = 12


@dataclass
class Load:
    """A kind of run over a name of its own.

    Args:
        client: Of the test.
        cluster_url: The node.
        name: What searches ask afterwards.
        work: What runs in a process of its own.
        arguments: Its arguments but the address.
        figures: Where everything is counted.
        requests: How many a run sends in peace.
    """

    client: Elasticsearch
    cluster_url: str
    name: str
    work: Callable[..., None]
    arguments: tuple[Any, ...]
    figures: Figures
    requests: int = 0

    def start(self, url: str) -> ForkServerProcess:
        """Start the run in a process of its own."""
        process = FORKING.Process(target=self.work, args=(url, *self.arguments))
        process.start()
        self.figures.runs += 1
        return process

    def run(self, faults: InShares) -> None:
        """Run through faults until a run ends well."""
        with proxied(self.cluster_url, faults):
            self.complete(faults.url)
        self.figures.faults.update(faults.failed)

    def complete(self, url: str) -> None:
        """Run until a run ends well; an error is one of this package's own, and a rerun goes on."""
        for _ in range(_MOST_RUNS):
            process = self.start(url)
            process.join()
            if process.exitcode != REFUSED:
                break
            self.figures.ended += 1
        assert process.exitcode == 0

    def killed_at(self, request: int) -> bool:
        """Run until the proxy sees this request, and kill the run then; whether it came to that."""
        running: list[ForkServerProcess] = []

        def kill(number: int) -> None:
            if number == request:
                running[0].kill()
                running[0].join()
                self.figures.kills += 1

        with proxied(self.cluster_url, faults := InShares(0.0, before=kill)):
            running.append(self.start(faults.url))
            running[0].join()
        return running[0].exitcode != 0

    def undo(self) -> None:
        """Remove what was stored."""
        versions = self.client.indices.get(index=f"{self.name}-v*", expand_wildcards="all")
        self.client.indices.delete(index=list(versions))
        if self.work is enrich_in_place:
            self.client.indices.delete(index=self.name)
            a_shop(self.client, self.name)


@pytest.fixture(params=["index", "load", "enrich", "enrich --into"])
def load(  # noqa: PLR0917
    request: pytest.FixtureRequest,
    client: Elasticsearch,
    cluster_url: str,
    index_name: str,
    figures: Figures,
    tmp_path: Path,
) -> Load:
    """Each kind of run, and what it needs to be there."""
    if request.param == "index":
        return Load(client, cluster_url, index_name, index, (index_name,), figures)
    if request.param == "load":
        encoded(tmp_path / "vectors")
        return Load(client, cluster_url, index_name, load_folder, (index_name, tmp_path / "vectors"), figures)
    shop = f"{index_name}-shop"
    a_shop(client, shop)
    if request.param == "enrich":
        return Load(client, cluster_url, shop, enrich_in_place, (shop,), figures)
    return Load(client, cluster_url, index_name, enrich_into, (shop, index_name), figures)


def a_shop(client: Elasticsearch, name: str) -> None:
    """An owner's index."""
    Shop.made(client, name)
    rows = ({"_index": name, "_id": f"{n:03}", "name": caption(n), "price": n} for n in range(COUNT))
    bulk(client, rows, refresh=True)


@pytest.fixture
def in_peace(load: Load) -> Sources:
    """What the same run stores where nothing fails; afterwards it is undone."""
    undisturbed = InShares(0.0)
    load.run(undisturbed)
    sources = dict(reached(load.client, load.name))
    assert len(sources) == COUNT
    load.requests = undisturbed.asked
    load.undo()
    return sources


@pytest.mark.parametrize("seed", SEEDS)
def test_requests_fail_in_shares(load: Load, in_peace: Sources, seed: int) -> None:
    """In any way, at any position: 503, 429, resets before and after, answers that are cut, late or a proxy's page."""
    load.run(InShares(SHARE, seed))
    load.figures.compare(reached(load.client, load.name), in_peace)


def test_runs_are_killed(load: Load, in_peace: Sources) -> None:
    """At random requests; until one ends, a search reaches nothing or all of it."""
    random = Random(0)
    for _ in range(KILLS):
        while not load.killed_at(random.randint(2, load.requests)):
            load.figures.compare(reached(load.client, load.name), in_peace)
            load.undo()
        if load.work is not enrich_in_place:  # there the owner's documents are always reached
            assert len(reached(load.client, load.name)) in {0, COUNT}
    load.run(InShares(0.0))
    load.figures.compare(reached(load.client, load.name), in_peace)


@pytest.fixture
def ray_address(closed_port: int) -> Iterator[str]:
    """A Ray cluster that outlives the runs."""
    program = Path(sys.executable).with_name("ray")
    command = [str(program), "start", "--head", "--block", f"--port={closed_port}", "--num-cpus=2"]
    command += ["--include-dashboard=false", "--disable-usage-stats"]
    environment = os.environ | {"RAY_AUTH_MODE": "disabled"}  # else both need a token in the home folder
    cluster = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    try:
        yield f"127.0.0.1:{closed_port}"
    finally:
        cluster.terminate()
        cluster.wait()


@pytest.mark.skipif(not SLOW, reason="make faults: each run starts workers that import torch")
def test_runs_on_ray_are_killed(
    client: Elasticsearch, cluster_url: str, index_name: str, figures: Figures, ray_address: str
) -> None:
    """The process that reads and writes, at random requests; its workers end with it."""
    name = f"{index_name}-peace"
    Load(client, cluster_url, name, index, (name,), figures).complete(cluster_url)
    expected = dict(reached(client, name))
    load = Load(client, cluster_url, index_name, index_on_ray, (index_name, ray_address), figures)
    undisturbed = InShares(0.0)
    load.run(undisturbed)
    figures.compare(reached(client, index_name), expected)
    load.undo()
    random = Random(0)
    for _ in range(KILLS):
        while not load.killed_at(random.randint(2, undisturbed.asked)):
            figures.compare(reached(client, index_name), expected)
            load.undo()
        assert len(reached(client, index_name)) in {0, COUNT}
    load.run(InShares(0.0))
    figures.compare(reached(client, index_name), expected)


def test_two_models_on_one_name(client: Elasticsearch, cluster_url: str, index_name: str, figures: Figures) -> None:
    """Two collections, two models, at the same moment: afterwards both collections are searched."""
    runs = [
        Load(client, cluster_url, index_name, index, (index_name, collection, logit), figures)
        for collection, logit in (("birds", 1.0), ("boats", 2.0))
    ]
    processes = [run.start(cluster_url) for run in runs]
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0]
    first = {source["collection"] for _, source in reached(client, index_name)}
    assert len(first) == 1  # the other waits for its own version of the first one's collection
    for run in runs:
        again = Load(client, cluster_url, index_name, index, (index_name, run.arguments[1], 2.0), figures)
        again.run(InShares(0.0))
    found = reached(client, index_name)
    expected = {f"{collection}-{n:03}" for collection in ("birds", "boats") for n in range(COUNT)}
    figures.sent += len(expected)
    figures.lost += len(expected - {id_ for id_, _ in found})
    figures.doubled += len(found) - len({id_ for id_, _ in found})
    assert {id_ for id_, _ in found} == expected
    assert len(found) == len(expected)


def test_a_writer_changes_documents_meanwhile(
    client: Elasticsearch, cluster_url: str, index_name: str, figures: Figures
) -> None:
    """All through an ``enrich`` in place: no change of the owner's is lost, and each document has weights."""
    a_shop(client, index_name)
    written: dict[str, float] = {}
    done = threading.Event()

    def write() -> None:
        random = Random(0)
        # A document that is changed each of five times that it is read is rejected: not so fast.
        while not done.wait(0.03):
            id_, price = f"{random.randrange(COUNT):03}", random.random()
            client.update(index=index_name, id=id_, doc={"price": price}, retry_on_conflict=5)
            written[id_] = price

    writer = threading.Thread(target=write)
    writer.start()
    try:
        Load(client, cluster_url, index_name, enrich_in_place, (index_name,), figures).run(InShares(SHARE, seed=1))
    finally:
        done.set()
        writer.join()
    found = dict(reached(client, index_name))
    touched = [id_ for id_, price in written.items() if found[id_]["price"] != price]
    bare = [id_ for id_, source in found.items() if not source.get("mlsr", {}).get("term_count")]
    figures.sent += COUNT
    figures.touched += len(touched)
    figures.lost += COUNT - len(found)
    figures.wrong += len(bare)
    assert len(written) > 10
    assert (touched, bare, len(found)) == ([], [], COUNT)


def removed(client: Elasticsearch, name: str) -> None:
    """The newest version is removed by hand, even while a run fills it."""
    client.indices.delete(index=max(client.indices.get(index=f"{name}-v*", expand_wildcards="open")))


def promoted(client: Elasticsearch, name: str) -> None:
    """The newest version is promoted, even if it is half empty: its owner says so."""
    promote(client, name, max(client.indices.get(index=f"{name}-v*", expand_wildcards="open")))


def rolled_back(client: Elasticsearch, name: str) -> None:
    """Searches reach the version before."""
    roll_back(client, name)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("meddle", [removed, promoted, rolled_back] if SLOW else [removed])
def test_somebody_meddles(  # noqa: PLR0917
    client: Elasticsearch,
    cluster_url: str,
    index_name: str,
    figures: Figures,
    meddle: Callable[[Elasticsearch, str], None],
    seed: int,
) -> None:
    """With other tools than these, which take no lease, at a random moment of a run that builds a third version."""
    for logit in (1.0, 2.0):
        Load(client, cluster_url, index_name, index, (index_name, "birds", logit), figures).complete(cluster_url)
    moment = Random(seed).randint(4, 30)

    def at(number: int) -> None:
        if number == moment:
            meddle(client, index_name)
            assert meddle is removed or reached(client, index_name)

    with proxied(cluster_url, told := InShares(0.0, before=at)):
        Load(client, cluster_url, index_name, index, (index_name, "birds", 3.0), figures).complete(told.url)
    assert told.asked >= moment
    peace = f"{index_name}-peace"
    Load(client, cluster_url, peace, index, (peace, "birds", 3.0), figures).complete(cluster_url)
    figures.compare(reached(client, index_name), dict(reached(client, peace)))
