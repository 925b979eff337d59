"""A run on a Ray cluster of several processes: the same index as that of a single process, whatever fails there."""

from __future__ import annotations

import logging
import pickle
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pyarrow.parquet as pq
import pytest
import ray
from elasticsearch import Elasticsearch
from elasticsearch.helpers import bulk

from mlsr_es.collection import ImageDocument, ImageFile
from mlsr_es.elastic.client import ConnectionSettings, connect
from mlsr_es.encoders import BiEncoder
from mlsr_es.errors import EngineError, InputError, ModelError, RecordError
from mlsr_es.indexing import EnrichJob, IndexJob, OwnersFields, encode_collection, enrich, index_collection
from mlsr_es.indexing.engines import HERE, Engine, RayEngine
from mlsr_es.sources import LeftOut
from tests.elastic.flaky import FULL, LOST, flaky
from tests.faults.conftest import SLOW
from tests.faults.figures import reached
from tests.faults.work import caption
from tests.indexing.engines.failing import Broken, Deadly, DeadlyOnce, Failing, Slow
from tests.indexing.enriching.shop import Shop
from tests.indexing.listed import Listed, image
from tests.models import word_model
from tests.program import run_program
from tests.rows import png, rows

COUNT = 300
"""Documents: five blocks."""

MODEL = word_model()
slow = pytest.mark.skipif(not SLOW, reason="make faults: each run starts processes that import torch")
pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")


@pytest.fixture(scope="module", autouse=True)
def _cluster() -> Iterator[None]:
    """Ray with two workers; engines without an address use it, since it is connected."""
    ray.init("local", num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level=logging.ERROR)
    yield
    ray.shutdown()


def documents() -> list[ImageDocument | RecordError | LeftOut]:
    """Images that are good, torn or missing; what a rule leaves out, and a bad record."""
    picture, torn, away = ImageFile("a.png", png()), ImageFile("t.png", b"torn"), ImageFile("m.png", Path("away.png"))
    images = {number: replace(image(f"{number:03}", caption(number)), image=picture) for number in range(COUNT)}
    images[7], images[200] = replace(images[7], image=torn), replace(images[200], image=away)
    images[70] = image("070", "")
    return [*images.values(), LeftOut("icon.png", "icon"), RecordError("row 9", "read", "it has no id")]


@pytest.fixture
def job(index_name: str, tmp_path: Path) -> IndexJob:
    """A job for a new index, on Ray."""
    source = Listed(documents())
    return IndexJob(source, index_name, MODEL, "words", rejects=tmp_path / "rejects.ndjson", engine=RayEngine())


def counted(summary: Any) -> dict[str, Any]:
    """What a run says of its documents."""
    told: dict[str, Any] = summary.to_json()
    return {name: told[name] for name in ("read", "encoded", "unchanged", "left_out", "rejected", "pruned", "promoted")}


def failing(job: IndexJob, kind: type[Failing], folder: Path) -> IndexJob:
    """The same job with a model that fails."""
    return replace(job, model=cast("BiEncoder", kind(MODEL, folder)))


def test_the_index_is_that_of_one_process(client: Elasticsearch, job: IndexJob, tmp_path: Path) -> None:
    """Documents, weights, metadata, counts and rejects, although two workers are killed: others do their work again."""
    said: list[str] = []
    on_ray = replace(failing(job, DeadlyOnce, tmp_path), engine=RayEngine(workers=2, say=said.append))
    alone = replace(job, index=f"{job.index}-alone", engine=HERE, rejects=tmp_path / "alone.ndjson")
    summaries = [index_collection(each, client) for each in (on_ray, alone)]
    assert "A worker has ended; what it had is done again." in said
    assert counted(summaries[0]) == counted(summaries[1])
    assert summaries[0].rejected == {"read": 2, "decode": 1}
    found = reached(client, job.index)
    assert len(found) == COUNT - 3
    assert dict(found) == dict(reached(client, alone.index))
    metas = [client.indices.get_mapping(index=each.index).body.popitem()[1]["mappings"] for each in (job, alone)]
    assert metas[0] == metas[1]
    assert sorted(job.rejects.read_bytes().splitlines()) == sorted(alone.rejects.read_bytes().splitlines())


@slow
def test_what_is_stored_is_not_encoded_again(client: Elasticsearch, job: IndexJob) -> None:
    """And what has left the source is pruned, unless a record could not be read, and nobody knows which left."""
    index_collection(replace(job, engine=HERE), client)
    again = index_collection(replace(job, source=Listed(documents()[:250]), prune_missing=True), client)
    assert (again.encoded, again.unchanged, again.pruned) == (0, 247, 0)
    assert "could not be read" in again.not_pruned
    kept = index_collection(replace(job, source=Listed(documents()[:200]), prune_missing=True), client)
    assert (kept.encoded, kept.pruned) == (0, 99)


@slow
def test_an_owners_index_is_enriched(client: Elasticsearch, index_name: str, tmp_path: Path) -> None:
    """In its own documents, or beside them."""
    Shop.made(client, index_name)
    bulk(client, ({"_index": index_name, "_id": f"{n:03}", "name": caption(n), "price": n} for n in range(COUNT)))
    client.indices.refresh(index=index_name)
    fields = OwnersFields.parse(["name"], "")
    job = EnrichJob(index_name, fields, MODEL, "words", rejects=tmp_path / "r.ndjson", engine=RayEngine())
    assert enrich(job, client).encoded == COUNT
    stored = dict(reached(client, index_name))
    assert all(source["price"] == int(id_) and source["mlsr"]["term_count"] for id_, source in stored.items())
    beside = f"{index_name}-beside"
    assert enrich(replace(job, into=beside), client).promoted
    weights = {id_: source["mlsr"]["terms"] for id_, source in reached(client, beside)}
    assert weights == {id_: source["mlsr"]["terms"] for id_, source in stored.items()}
    assert enrich(job, client).unchanged == COUNT


@slow
def test_vectors_are_written_to_files(tmp_path: Path) -> None:
    """The rows are those of one process, in the order in which they came back."""
    tables = []
    engines: tuple[Engine, ...] = (HERE, RayEngine())
    for place, engine in enumerate(engines):
        folder = tmp_path / str(place)
        encode_collection(Listed(documents()), folder, model=MODEL, model_name="words", engine=engine)
        rows_of = pq.read_table(folder / "documents.parquet").to_pylist()
        tables.append(sorted(rows_of, key=lambda row: row["id"]))
    assert tables[0] == tables[1]


@slow
def test_records_that_kill_every_worker_end_the_run(client: Elasticsearch, job: IndexJob, tmp_path: Path) -> None:
    """They are named, what is stored stays, and a run without them goes on."""
    with pytest.raises(EngineError, match="3 workers have ended over the same records") as raised:
        index_collection(failing(job, Deadly, tmp_path), client)
    assert "its worker process has died" in str(raised.value)
    assert "What is stored stays stored" in raised.value.advice
    assert index_collection(job, client).promoted
    assert len(reached(client, job.index)) == COUNT - 3


@slow
def test_a_slow_worker_does_not_hold_the_others_up(client: Elasticsearch, job: IndexJob, tmp_path: Path) -> None:
    """It keeps only what it has."""
    summary = index_collection(failing(job, Slow, tmp_path), client)
    assert summary.encoded == COUNT - 3


def test_an_error_there_is_an_error_here(client: Elasticsearch, job: IndexJob, tmp_path: Path) -> None:
    """With its own words and advice, and without the trace of another process."""
    with pytest.raises(ModelError, match=r"^the model does not work there\. Take another one\.$") as raised:
        index_collection(replace(failing(job, Broken, tmp_path), engine=RayEngine(workers=1)), client)
    assert raised.value.advice == "Take another one."


@slow
@pytest.mark.parametrize("fault", [FULL, LOST])
def test_a_cluster_that_is_busy_slows_the_run_down(
    client: Elasticsearch, cluster_url: str, job: IndexJob, fault: str
) -> None:
    """One process writes, with its patience: 429, and answers that are lost."""
    with flaky(cluster_url, fault, spares=("GET /", "HEAD /")) as proxy:
        patient = connect(ConnectionSettings(url=proxy.url), patient=True)
        patient.info()  # a cluster that has never answered is not waited for
        summary = index_collection(job, patient)
    assert proxy.failed["PUT _bulk"]
    assert summary.encoded == COUNT - 3
    assert len(reached(client, job.index)) == COUNT - 3


def test_a_worker_knows_no_cluster(client: Elasticsearch, job: IndexJob) -> None:
    """What is sent to it holds no address and no key."""
    from mlsr_es.indexing.engines.worker import Work
    from mlsr_es.indexing.index_job import pipeline_of

    secret = connect(ConnectionSettings(url="http://canary.example:9200", api_key="canary"))
    pipeline, sink = pipeline_of(replace(job, index=f"{job.index}-other"), client)
    object.__setattr__(sink, "_client", secret)
    sent = pickle.dumps(Work.of(pipeline.preparing, MODEL, "cpu"))
    assert b"canary" not in sent
    sink.close()


@slow
def test_the_program_runs_on_ray(cluster_url: str, index_name: str, client: Elasticsearch, tmp_path: Path) -> None:
    """With words that machines find, and a document's own format."""
    source = rows(tmp_path / "birds.jsonl", {"a": "An owl", "b": "A heron in the reeds"}, a=b"torn")
    where = ("--index", index_name, "--es-url", cluster_url, "--rejects", str(tmp_path / "r.ndjson"))
    ran = run_program("index", str(source), *where, "--engine", "ray", "--workers", "1", "--json")
    assert (ran.code, ran.json["encoded"], ran.json["rejected"]) == (3, 1, {"decode": 1}), ran.stderr
    ((_, document),) = reached(client, index_name)
    assert document["format"] == "png"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--engine", "spark"), "--engine takes local or ray, not 'spark'"),
        (("--workers", "2"), "--ray-address and --workers are for --engine ray"),
        (("--engine", "ray", "--device", "mps"), "--engine ray encodes on cuda or cpu, not on mps"),
    ],
)
def test_what_is_wrong_is_told_first(arguments: tuple[str, ...], complaint: str) -> None:
    """Before anything is read."""
    ran = run_program("encode", "sample", "-o", "nowhere", *arguments)
    assert ran.code == InputError.exit_code
    assert complaint in ran.stderr


@slow
def test_a_cluster_without_a_gpu_is_told(job: IndexJob, client: Elasticsearch) -> None:
    """Where GPUs were asked for."""
    with pytest.raises(EngineError, match="the Ray cluster has no GPU"):
        index_collection(replace(job, engine=RayEngine(device="cuda")), client)


def test_a_cluster_that_is_not_there_is_told_of_at_once(
    job: IndexJob, client: Elasticsearch, closed_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ray itself would wait for minutes."""
    monkeypatch.setattr(ray, "is_initialized", lambda: False)
    engine = RayEngine(f"127.0.0.1:{closed_port}")
    with pytest.raises(EngineError, match=f"the Ray cluster 127.0.0.1:{closed_port} cannot be reached") as raised:
        index_collection(replace(job, engine=engine), client)
    assert "ray status" in raised.value.advice
