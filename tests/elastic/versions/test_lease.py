"""One run at a time on a name, on a real node."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from mlsr_es.elastic.versions import lease as leases
from mlsr_es.elastic.versions import lease_index, leased, list_versions, resolve
from mlsr_es.elastic.versions.lease import Holder, Lease
from mlsr_es.errors import ClusterError, ClusterUnreachableError

ELSEWHERE = Holder("t1", "anna@elsewhere", 7, "index", "2026-11-25 18:00:00", "another machine", "1")


def held(client: Elasticsearch, name: str) -> dict[str, Any] | None:
    """The stored lease."""
    told = client.options(ignore_status=404).get(index=lease_index(name), id="lease").body
    found: dict[str, Any] | None = told.get("_source")
    return found


def left_by(client: Elasticsearch, name: str, holder: Holder) -> None:
    """Somebody holds the lease, and does nothing with it."""
    with leased(client, name, "index"):
        pass
    client.index(index=lease_index(name), id="lease", document=asdict(holder))


def test_a_lease_is_held_and_given_back(client: Elasticsearch, index_name: str) -> None:
    """It says whose it is, and is no index of anybody."""
    with leased(client, index_name, "index") as lease:
        stored = held(client, index_name)
        assert stored is not None
        assert (stored["doing"], stored["who"].count("@")) == ("index", 1)
        lease.check()
        lease.confirm()
        assert resolve(client, index_name) is None
        assert list_versions(client, index_name) == []
        assert lease_index(index_name) not in client.indices.get(index="*")
    assert held(client, index_name) is None


def test_one_waits_for_the_other(client: Elasticsearch, index_name: str) -> None:
    """And is told for whom."""
    said: list[str] = []
    events: list[str] = []

    def second() -> None:
        with leased(client, index_name, "enrich", say=said.append):
            events.append("second")

    with leased(client, index_name, "index"):
        thread = threading.Thread(target=second)
        thread.start()
        while not said:
            time.sleep(0.01)
        events.append("first")
    thread.join()
    assert events == ["first", "second"]
    assert said[0].startswith(f"Waiting for another run on {index_name} to end (index by ")
    assert len(said) == 1


def test_many_at_once_come_one_after_the_other(
    client: Elasticsearch, index_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a name that nobody has used before, too."""
    monkeypatch.setattr(leases, "_POLL_S", 0.02)
    inside: list[int] = []
    most: list[int] = []

    def run(number: int) -> None:
        with leased(client, index_name, "index") as lease:
            inside.append(number)
            most.append(len(inside))
            time.sleep(0.02)
            lease.confirm()
            inside.remove(number)

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(run, range(6)))
    assert most == [1] * 6


def test_a_run_that_was_killed_here_is_noticed_at_once(client: Elasticsearch, index_name: str) -> None:
    """Its process is gone, so nobody has to wait."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        alive = replace(Holder.here("index"), token="t2", process=process.pid, started=leases._started(process.pid))
        dead = [alive.is_dead]
        process.kill()
    dead.append(alive.is_dead)
    assert dead == [False, True]
    left_by(client, index_name, alive)
    said: list[str] = []
    started = time.monotonic()
    with leased(client, index_name, "index", say=said.append):
        assert time.monotonic() - started < 5
    assert said == []


def test_a_run_elsewhere_that_renews_nothing_is_taken_over(
    client: Elasticsearch, index_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After some time by this machine's own clock; one that renews is not."""
    monkeypatch.setattr(leases, "STALE_S", 0.3)
    monkeypatch.setattr(leases, "_POLL_S", 0.02)
    left_by(client, index_name, ELSEWHERE)
    until = time.monotonic() + 1.5

    def renew() -> None:
        while time.monotonic() < until:
            client.index(index=lease_index(index_name), id="lease", document=asdict(ELSEWHERE))
            time.sleep(0.05)

    thread = threading.Thread(target=renew)
    thread.start()
    with leased(client, index_name, "index"):
        assert time.monotonic() > until
    thread.join()


def test_who_has_lost_a_lease_is_told_so(client: Elasticsearch, index_name: str) -> None:
    """Before it does what two must not do; and it leaves the other's lease alone."""
    with leased(client, index_name, "index") as lease:
        client.index(index=lease_index(index_name), id="lease", document=asdict(ELSEWHERE))
        lease.check()  # nobody has looked yet
        with pytest.raises(ClusterError, match=r"taken over .*index by anna@elsewhere, process 7"):
            lease.confirm()
        with pytest.raises(ClusterError, match="taken over"):
            lease.check()
    stored = held(client, index_name)
    assert stored is not None
    assert stored["token"] == "t1"


def test_a_lease_is_renewed_meanwhile(client: Elasticsearch, index_name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A waiting run sees that somebody works."""
    monkeypatch.setattr(leases, "RENEWED_S", 0.05)
    with leased(client, index_name, "index"):
        first = client.get(index=lease_index(index_name), id="lease")["_seq_no"]
        time.sleep(0.5)
        assert client.get(index=lease_index(index_name), id="lease")["_seq_no"] > first + 1


def test_who_cannot_reach_the_cluster_leaves_the_lease(client: Elasticsearch, index_name: str) -> None:
    """At once: it gets stale, and asking again would take minutes."""
    with pytest.raises(ClusterUnreachableError), leased(client, index_name, "index"):
        raise ClusterUnreachableError("gone")
    stored = held(client, index_name)
    assert stored is not None
    assert stored["process"] == os.getpid()


def test_an_answer_that_was_lost_does_not_lose_the_lease(client: Elasticsearch, index_name: str) -> None:
    """The document is there, with this run's own token."""
    holder = Holder.here("index")
    left_by(client, index_name, holder)
    lease = Lease(client, index_name, holder)
    lease.acquire(lambda _: None)
    lease.confirm()
    lease.release()
    assert held(client, index_name) is None
