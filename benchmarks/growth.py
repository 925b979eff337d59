"""How an index grows: bytes, time to load, memory and latency at several sizes, with a straight line through each.

python benchmarks/growth.py [--sizes 10000,30000,100000,300000,1000000] [--json FILE] [--plot FILE]

Documents have two captions of the GIMP manual, put together by chance, and weights by the demo model. mlsr-es index
loads each size in a process of its own, into a node of its own. The 60 short queries are asked three times each. Of the
largest index it is told which strategy tune strategy recommends for a hundred sections of the manual.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random

import matplotlib as mpl
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from comparison import QUERIES, manuals_captions, node_of_its_own

from mlsr_es.api import Suggester
from mlsr_es.elastic.client import ConnectionSettings, connect
from mlsr_es.encoders import load_query_encoder
from mlsr_es.inspection.tuning import tune_strategy
from mlsr_es.sources import open_source

mpl.use("Agg")
from matplotlib import pyplot as plt

_PROGRAM = str(Path(sys.executable).with_name("mlsr-es"))
_ROUNDS = 3
_UNITS = {
    "bytes": "bytes",
    "source": "bytes",
    "terms": "bytes",
    "seconds": "s",
    "memory": "MiB",
    "p50": "ms",
    "p95": "ms",
}


def written(folder: Path, captions: Sequence[str], size: int) -> Path:
    """Rows of Parquet."""
    random, file = Random(size), folder / "captions.parquet"  # noqa: S311 - no secret
    with pq.ParquetWriter(file, pa.schema([("id", pa.string()), ("title", pa.string())])) as writer:
        for start in range(0, size, 10_000):
            ids = [str(number) for number in range(start, min(start + 10_000, size))]
            titles = [" ".join(random.sample(captions, 2)) for _ in ids]
            writer.write_table(pa.table({"id": ids, "title": titles}))
    return file


def loaded(url: str, file: Path, index: str) -> tuple[float, float]:
    """Load rows; seconds, and the most memory of the process in MiB."""
    command = [_PROGRAM, "index", str(file), "--index", index, "--es-url", url, "--describe", "none", "--json"]
    command += ["--rejects", os.devnull]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)  # noqa: S603
    told = process.stdout.read() if process.stdout else b""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed")
    return json.loads(told)["seconds"], usage.ru_maxrss / 1024


def measured(url: str, index: str) -> dict[str, float]:
    """Bytes on disk, by what they are for, and latency."""
    client = connect(ConnectionSettings(url=url, timeout_s=300))
    client.indices.forcemerge(index=index, max_num_segments=1)
    stored = client.indices.stats(index=index, metric="store")["_all"]["primaries"]["store"]["size_in_bytes"]
    fields = client.indices.disk_usage(index=index, run_expensive_tasks=True).body.popitem()[1]["fields"]
    suggester = Suggester(index, client=client)
    texts = [json.loads(line)["query"] for line in QUERIES.read_text().splitlines()]
    took = [suggester.suggest(text).took_ms for _ in range(_ROUNDS) for text in texts]
    p50, p95 = np.percentile(took, [50, 95])
    return {
        "bytes": stored,
        "source": fields["_source"]["total_in_bytes"],
        "terms": fields["mlsr.terms"]["total_in_bytes"],
        "p50": float(p50),
        "p95": float(p95),
    }


def recommended(url: str, index: str) -> dict[str, object]:
    """The strategy to search an index by, beside all of a query's terms: p50 in ms, and the share of the best ten."""
    client = connect(ConnectionSettings(url=url, timeout_s=300))
    sections = list(open_source("gimp-manual").sections())
    found = tune_strategy(client, index, model=load_query_encoder("demo"), sections=sections)
    whole = min((one for one in found.measured if one.strategy.exact), key=lambda one: one.p50_ms)
    best = found.recommended
    return {
        "documents": found.images,
        "terms": found.terms,
        "strategy": str(best.strategy),
        "p50": best.p50_ms,
        "overlap": best.overlap,
        "exact": str(whole.strategy),
        "exact_p50": whole.p50_ms,
    }


def plot(rows: Sequence[Mapping[str, float]], file: Path) -> None:
    """The most memory of a run, and latency, by the number of documents."""
    figure, (memory, latency) = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
    sizes = [row["documents"] for row in rows]
    memory.plot(sizes, [row["memory"] for row in rows], marker="o")
    memory.set(xscale="log", ylim=(0, None), xlabel="documents", ylabel="MiB", title="the most memory of a run")
    for name in ("p50", "p95"):
        latency.plot(sizes, [row[name] for row in rows], marker="o", label=name)
    latency.set(xscale="log", ylim=(0, None), xlabel="documents", ylabel="ms", title="took, short queries")
    latency.legend()
    figure.savefig(file, metadata={"Date": None})


def line_through(sizes: Sequence[int], values: Sequence[float]) -> dict[str, float]:
    """The least-squares line: what a document adds, and what there is without any."""
    slope, start = np.polyfit(sizes, values, 1)
    return {"document": float(slope), "start": float(start)}


def print_lines(rows: Sequence[Mapping[str, float]], lines: Mapping[str, Mapping[str, float]]) -> None:
    """A table of the sizes, and one of the lines."""
    names = list(_UNITS)
    print(f"{'documents':>10} " + " ".join(f"{name:>14}" for name in names))
    for row in rows:
        print(f"{row['documents']:10,.0f} " + " ".join(f"{row[name]:14,.1f}" for name in names))
    for name, line in lines.items():
        print(f"{name}: {line['start']:,.3g} + {line['document']:.3g} {_UNITS[name]} a document")


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="10000,30000,100000,300000,1000000")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--plot", type=Path)
    given = parser.parse_args()
    sizes = [int(each) for each in given.sizes.split(",")]
    captions = manuals_captions()
    rows = []
    with node_of_its_own() as (node, _), tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            seconds, memory = loaded(node.url, written(Path(folder), captions, size), f"growth-{size}")
            rows.append(
                {"documents": size, "seconds": seconds, "memory": memory, **measured(node.url, f"growth-{size}")}
            )
            print(rows[-1], flush=True)
        tuned = recommended(node.url, f"growth-{sizes[-1]}")
    lines = {name: line_through(sizes, [row[name] for row in rows]) for name in _UNITS}
    print_lines(rows, lines)
    print(tuned)
    if given.json:
        given.json.write_text(json.dumps({"rows": rows, "lines": lines, "recommended": tuned}, indent=1) + "\n")
    if given.plot:
        plot(rows, given.plot)


if __name__ == "__main__":
    main()
