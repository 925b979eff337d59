"""Loading an index, beside what it cannot do without, on a node of its own.

python benchmarks/loading.py [--documents 20000] [--rounds 3] [--json FILE]

Bulk: made-up documents of 120 terms, beside a bare loop that posts the same lines, prepared beforehand, with as many
threads. A run: the GIMP manual with its images, and captions of it in rows of Parquet, by the demo model; its limit is
the larger of its slowest stage alone and of the processor seconds of all stages, the node's among them, divided by the
cores. A run where nothing changed is told as its rate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from itertools import count
from os import cpu_count
from pathlib import Path
from random import Random
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any

import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import urllib3
from comparison import Compared, asked, in_turns, node_of_its_own, told
from strategies import Collection, named

from mlsr_es.api import job_of
from mlsr_es.collection import ImageDocument
from mlsr_es.elastic.bulk import IndexAction, load
from mlsr_es.elastic.bulk.chunks import ChunkSize, chunks, line
from mlsr_es.elastic.client import ConnectionSettings, connect
from mlsr_es.elastic.mapping import IndexMeta
from mlsr_es.elastic.versions import create_version
from mlsr_es.indexing import index_collection
from mlsr_es.indexing.encode import encode
from mlsr_es.indexing.index_job import pipeline_of
from mlsr_es.sources import open_source

if TYPE_CHECKING:
    from mlsr_es.elastic.client import Client
    from mlsr_es.indexing import IndexJob

_SENDERS = 2
_CHUNK_BYTES = 5_000_000
_NUMBERS = count()


def new_index(client: Client) -> str:
    """A version with nothing in it."""
    return create_version(client, f"benchmark-{next(_NUMBERS)}", IndexMeta("none", "none", "none", "mlp", "mlp"))


def rate_of(work: Callable[[], object], documents: int) -> float:
    """Documents a second."""
    started = perf_counter()
    work()
    return documents / (perf_counter() - started)


def by_bare_loop(url: str, client: Client, prepared: Sequence[bytes], documents: int) -> float:
    """The rate of posting prepared lines."""
    index = new_index(client)
    pool = urllib3.connection_from_url(url, maxsize=_SENDERS)
    headers = {"Content-Type": "application/x-ndjson"}

    def post(body: bytes) -> None:
        answer = pool.request("POST", f"/{index}/_bulk", body=body, headers=headers)
        if answer.json()["errors"]:
            raise SystemExit("the node refuses documents")

    with ThreadPoolExecutor(_SENDERS) as threads:
        rate = rate_of(lambda: list(threads.map(post, prepared)), documents)
    client.indices.delete(index=index)
    return rate


def by_loader(client: Client, actions: Sequence[IndexAction]) -> float:
    """The rate of this package's loader, which writes the lines itself."""
    index = new_index(client)
    rate = rate_of(lambda: all(not result.rejected for result in load(client, index, actions)), len(actions))
    client.indices.delete(index=index)
    return rate


def bulk(url: str, client: Client, documents: int, rounds: int) -> list[Compared]:
    """Bulk requests, prepared beforehand and not."""
    made = named(Collection(documents).documents)
    actions = [IndexAction(f"d{place}", {"mlsr": {"terms": [terms]}}) for place, terms in enumerate(made)]
    lines = chunks(map(line, actions), ChunkSize(_CHUNK_BYTES))
    prepared = [b"\n".join(each.ndjson for each in chunk) + b"\n" for chunk in lines]
    systems = {
        "bare loop": partial(by_bare_loop, url, client, prepared, documents),
        "mlsr-es": partial(by_loader, client, actions),
    }
    for work in systems.values():
        work()  # the node compiles
    return in_turns("bulk, 120 terms", systems, rounds, unit="documents/s", more_is_better=True)


def rows(folder: Path, documents: int) -> str:
    """Captions of the GIMP manual in a file of Parquet."""
    captions = [
        " ".join(one.text for one in item.captions)
        for item in open_source("gimp-manual").documents()
        if isinstance(item, ImageDocument) and item.captions
    ]
    random = Random(0)  # noqa: S311
    titles = [f"{random.choice(captions)} {number}" for number in range(documents)]
    ids = [f"d{number}" for number in range(documents)]
    pq.write_table(pa.table({"id": ids, "title": titles}), folder / "rows.parquet", row_group_size=10_000)
    return str(folder / "rows.parquet")


def processor_seconds(node: int) -> float:
    """Of this process and of the node."""
    times = psutil.Process(node).cpu_times()
    return process_time() + float(times.user + times.system)


def limit(job: IndexJob, client: Client, node: int) -> float:
    """The seconds that a run cannot do without: its slowest stage alone, or all stages on all cores."""
    pipeline, sink = pipeline_of(job, client)
    sink.open()
    begun, alone = processor_seconds(node), []

    def stage(work: Callable[[], Any]) -> Any:
        started = perf_counter()
        done = work()
        alone.append(perf_counter() - started)
        return done

    blocks = stage(lambda: list(pipeline.preparing.blocks(pipeline.reader.records())))
    encoded = stage(lambda: [each for block in blocks for each in encode(job.model, block.ready)])
    stage(lambda: list(sink.write(iter(encoded), lambda _: None)))
    sink.close()
    client.indices.delete(index=sink.index)
    return max(*alone, (processor_seconds(node) - begun) / (cpu_count() or 1))


def run(jobs: Iterator[IndexJob], client: Client) -> float:
    """The seconds of a run into a new index."""
    job = next(jobs)
    took: float = index_collection(job, client).seconds
    return took


def runs(client: Client, node: int, folder: Path, documents: int, rounds: int) -> list[Compared]:
    """Whole runs beside their limit, of captions and of a manual, and a run of captions where nothing changed."""

    def jobs_of(source: str, name: str) -> Iterator[IndexJob]:
        for number in count():
            yield job_of(client, source, f"{name}-{number}", model="demo", rejects=folder / "rejects.ndjson")

    lines: list[Compared] = []
    manual, captions = jobs_of("gimp-manual", "manual"), jobs_of(rows(folder, documents), "rows")
    for what, jobs in (("the GIMP manual", manual), (f"{documents:,} captions", captions)):
        systems = {
            "its limit": lambda jobs=jobs: limit(next(jobs), client, node),
            "mlsr-es index": partial(run, jobs, client),
        }
        lines += in_turns(f"a run, {what}", systems, rounds)
    last = next(captions)
    index_collection(last, client)
    again = {"mlsr-es index": lambda: documents / index_collection(last, client).seconds}
    return lines + in_turns("nothing has changed", again, rounds, unit="documents/s", more_is_better=True)


def main() -> None:
    """Measure, and print a table."""
    given = asked(__doc__, documents=20_000)
    with node_of_its_own() as (status, folder):
        url = str(status.url)
        with closing(connect(ConnectionSettings(url=url), patient=True)) as client:
            lines = bulk(url, client, given.documents, given.rounds)
            lines += runs(client, status.pid or 0, folder, given.documents, given.rounds)
    told(lines, given.json)


if __name__ == "__main__":
    main()
