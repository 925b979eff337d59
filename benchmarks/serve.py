"""The service under load, beside the same queries that are encoded already and sent by one Python process.

python benchmarks/serve.py --index gimp-manual [--seconds 30]

The 60 short queries take turns. The service is asked by wrk (apt-get install wrk) with 1, 16 and 64 connections; the
peer is the elasticsearch client with as many threads. Both are run for the same time, one after the other, for each
number. The ratios count; milliseconds are those of a machine on which the node, wrk and the service share the cores.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from time import perf_counter

import numpy as np
import psutil
from comparison import QUERIES

from mlsr_es.collection import Section
from mlsr_es.commands.options.connection import connection_settings
from mlsr_es.elastic.client import connect
from mlsr_es.suggestion import look_up, model_for, prepare

CLIENTS = (1, 16, 64)
_PROGRAM = str(Path(sys.executable).with_name("mlsr-es"))
_LUA = """
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
local bodies, place = {{{bodies}}}, 0
request = function()
  place = place % #bodies + 1
  return wrk.format(nil, "/v1/suggest", nil, bodies[place])
end
done = function(summary, latency)
  local bad = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout
  io.write(string.format('RESULT [%d, %d, %f, %f, %f, %d]\\n', summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(95), latency:percentile(99), bad))
end
"""


@dataclass(frozen=True)
class Load:
    """What a number of clients got: requests a second, percentiles in milliseconds, requests that failed."""

    rate: float
    p50: float
    p95: float
    p99: float
    failed: int = 0


def by_service(port: int, script: Path, clients: int, seconds: int) -> Load:
    """Ask the service."""
    address = f"http://127.0.0.1:{port}"
    options = [
        "-t",
        str(min(clients, 2)),
        "-c",
        str(clients),
        "-d",
        f"{seconds}s",
        "--timeout",
        "30s",
        "-s",
        str(script),
    ]
    said = subprocess.run([_wrk(), *options, address], check=True, capture_output=True, text=True).stdout  # noqa: S603
    found = re.search(r"RESULT (\[.*\])", said)
    requests, microseconds, p50, p95, p99, failed = json.loads(found[1] if found else "[]")
    return Load(requests / microseconds * 1e6, p50 / 1000, p95 / 1000, p99 / 1000, failed)


def by_client(bodies: Sequence[dict[str, object]], index: str, clients: int, seconds: int) -> Load:
    """Send the encoded queries."""
    client = connect(connection_settings())
    until = perf_counter() + seconds

    def work(first: int) -> list[float]:
        took = []
        for body in islice(cycle(bodies), first, None):
            started = perf_counter()
            if started > until:
                return took
            client.search(index=index, body=body)
            took.append((perf_counter() - started) * 1000)
        return took

    with ThreadPoolExecutor(clients) as threads:
        took = np.concatenate([np.array(each) for each in threads.map(work, range(clients))])
    client.close()
    p50, p95, p99 = np.percentile(took, [50, 95, 99])
    return Load(len(took) / seconds, float(p50), float(p95), float(p99))


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", required=True)
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--processes", type=int, default=1)
    given = parser.parse_args()
    _wrk()
    texts = [json.loads(line)["query"] for line in QUERIES.read_text().splitlines()]
    client = connect(connection_settings())
    known = look_up(client, given.index)
    encoder = model_for(known.version.meta)
    sections = (Section("query", text) for text in texts)
    bodies = [prepare(client, "", section, encoder=encoder, known=known).sent for section in sections]
    asked = ", ".join(json.dumps(json.dumps({"section": {"text": text}})) for text in texts)
    command = [_PROGRAM, "serve", "--index", given.index, "--port", "0", "--waiting", "200"]
    command += ["--processes", str(given.processes)]
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "ask.lua"
        script.write_text(_LUA.format(bodies=asked))
        service = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)  # noqa: S603
        try:
            _measure(service, script, bodies, given.index, given.seconds)
        finally:
            service.terminate()
            service.wait()


def _measure(
    service: subprocess.Popen[str], script: Path, bodies: Sequence[dict[str, object]], index: str, seconds: int
) -> None:
    said = next(line for line in service.stderr or () if "Serving" in line)
    port = int(re.findall(r":(\d+)/", said)[0])
    process = psutil.Process(service.pid)
    by_service(port, script, 1, 2)  # the first request loads the model
    before = process.memory_info().rss
    for clients in CLIENTS:
        ours = by_service(port, script, clients, seconds)
        peer = by_client(bodies, index, clients, seconds)
        for name, load in (("service", ours), ("client", peer)):
            print(
                f"{clients:3} {name:8} {load.rate:7.0f}/s  p50 {load.p50:6.1f}  p95 {load.p95:6.1f}  "
                f"p99 {load.p99:6.1f} ms  {load.failed} failed"
            )
        print(f"    p50 {ours.p50 / peer.p50:.2f} x, throughput {ours.rate / peer.rate:.2f} x")
    print(f"memory {before / 1e6:.0f} MB before, {process.memory_info().rss / 1e6:.0f} MB after")


def _wrk() -> str:
    found = shutil.which("wrk")
    if not found:
        sys.exit("wrk is not installed: apt-get install wrk")
    return found


if __name__ == "__main__":
    main()
