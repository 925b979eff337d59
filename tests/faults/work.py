"""A run in a process of its own, which may be killed at any moment; ``FORKING`` starts one in milliseconds."""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from mlsr_es.collection import ImageDocument
from mlsr_es.elastic.bulk import chunks, sending
from mlsr_es.elastic.client import ConnectionSettings, connect, transport
from mlsr_es.errors import MlsrError
from mlsr_es.indexing import (
    EnrichJob,
    IndexJob,
    LoadJob,
    OwnersFields,
    RayEngine,
    encode_collection,
    enrich,
    index_collection,
    load_vectors,
)
from tests.indexing.listed import Listed, image
from tests.models import WORDS, word_model

COUNT = 320
"""Documents: five blocks."""

REFUSED = 1
"""The exit code of a run that ended with an error of this package's own."""

FORKING = multiprocessing.get_context("forkserver")
FORKING.set_forkserver_preload([__name__])


def caption(number: int) -> str:
    """Two to four words, which differ from document to document."""
    return " ".join(Random(number).sample(WORDS[1:], 2 + number % 3))


def images(collection: str) -> list[ImageDocument]:
    """The documents of a collection."""
    return [image(f"{collection}-{number:03}", caption(number), collection) for number in range(COUNT)]


def index(url: str, name: str, collection: str = "birds", logit: float = 1.0, timeout_s: float = 20) -> None:
    """Index a collection; another logit is another model."""
    source = Listed(images(collection), name=collection)
    job = IndexJob(source, name, word_model(logit), f"word-{logit}", rejects=Path("/dev/null"))
    _run(url, lambda client: index_collection(job, client), timeout_s)


def index_on_ray(url: str, name: str, address: str) -> None:
    """Index a collection by the workers of a Ray cluster."""
    engine = RayEngine(address)
    job = IndexJob(Listed(images("birds")), name, word_model(), "word-1.0", rejects=Path("/dev/null"), engine=engine)
    _run(url, lambda client: index_collection(job, client))


def enrich_in_place(url: str, name: str, logit: float = 1.0) -> None:
    """Add weights to the documents of an owner's index."""
    job = EnrichJob(
        name, OwnersFields.parse(["name"], ""), word_model(logit), f"word-{logit}", rejects=Path("/dev/null")
    )
    _run(url, lambda client: enrich(job, client))


def enrich_into(url: str, name: str, into: str) -> None:
    """Write an owner's documents with their weights into an index beside it."""
    fields = OwnersFields.parse(["name"], "")
    job = EnrichJob(name, fields, word_model(), "word-1.0", into=into, rejects=Path("/dev/null"))
    _run(url, lambda client: enrich(job, client))


def encoded(folder: Path) -> None:
    """Write the vectors of a collection, to be loaded."""
    source = Listed(images("birds"), name="birds")
    encode_collection(source, folder, model=word_model(), model_name="word-1.0")


def load(url: str, name: str, folder: Path) -> None:
    """Load what was encoded before."""
    job = LoadJob(folder, name, rejects=Path("/dev/null"))
    _run(url, lambda client: load_vectors(job, client))


def _run(url: str, work: Callable[[Any], object], timeout_s: float = 20) -> None:
    """Work with short pauses and small chunks; an error of this package's own is the exit code ``REFUSED``."""
    chunks.LONGEST_WAIT_S = 0.01
    for module, name in ((transport, "PAUSES"), (sending, "_wait")):
        setattr(module, name, lambda _: 0.01)
    client = connect(ConnectionSettings(url=url, timeout_s=timeout_s), patient=True)
    try:
        work(client)
    except MlsrError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(REFUSED)
