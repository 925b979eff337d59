"""What all tests share: one real Elasticsearch node per run, and folders that are nobody's own."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import tempfile
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit
from urllib.request import Request, urlopen

import pytest
from hypothesis import settings

from mlsr_es.elastic.client import ConnectionSettings, connect
from mlsr_es.embedded import VERSIONS, Node, configuration
from mlsr_es.embedded.account import account
from mlsr_es.embedded.java import java_program
from mlsr_es.embedded.releases import release_of
from mlsr_es.errors import NodeError
from mlsr_es.state import state_folder as real_state_folder
from tests.elastic.faults import FaultServer, handler
from tests.program import run_program

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

    from mlsr_es.encoders import BiEncoder

# The models are tiny: a second thread is mostly waited for. Set before torch is imported; the programs that tests start
# inherit it.
os.environ["OMP_NUM_THREADS"] = "1"

# A deadline would time these machines, and a database would make two runs differ.
settings.register_profile("mlsr-es", deadline=None, database=None, max_examples=50)
settings.load_profile("mlsr-es")


_LONG = (
    *("test_on_ray.py", "test_experiment.py", "test_demo_model.py", "test_shipped.py", "test_base_installation.py"),
    *("test_examples.py", "test_extras.py", "test_wheel.py", "test_train_mining.py", "test_export_query_table.py"),
)
"""Were such a file the last, one process would work on it while the others have nothing to do."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that asks for the cluster is a system test, and files of few long tests go first."""
    items.sort(key=lambda item: item.path.name not in _LONG)
    for item in items:
        if {"cluster_url", "newer_cluster_url"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("system")


@pytest.fixture(scope="session", autouse=True)
def state_folder() -> Iterator[Path]:
    """The state folder of the run: a temporary one, so that no test touches the developer's own default node.

    Only what is fetched is shared with the real one, so that a run fetches nothing twice.
    """
    folder = Path(tempfile.mkdtemp(prefix="mlsr-es-state-"))
    folder.chmod(0o755)  # pytest's own temporary folders are closed to the user that a node runs as
    for fetched in (real_state_folder() / "shared", real_state_folder() / "collections"):
        with suppress(OSError):
            fetched.mkdir(parents=True, exist_ok=True)
            (folder / fetched.name).symlink_to(fetched)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLSR_ES_HOME", str(folder))
        yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session", autouse=True)
def _quickly_compiled() -> Iterator[None]:
    """The nodes of tests compile once and not again for speed: their Java takes half of the processor time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(configuration, "JAVA_OPTIONS", (*configuration.JAVA_OPTIONS, "-XX:TieredStopAtLevel=1"))
        yield


@pytest.fixture(scope="session")
def cluster_url(state_folder: Path) -> Iterator[str]:
    """Where a real Elasticsearch answers: one node for the whole run, or the cluster that ``MLSR_ES_TEST_URL`` names.

    That may hold credentials: ``https://user:password@host:9200``.
    """
    named = os.environ.get("MLSR_ES_TEST_URL")
    if named:
        yield named.rstrip("/")
        return
    node = Node(state_folder / "tests")
    try:
        yield str(node.start().url)
    finally:
        node.stop()


@pytest.fixture(scope="session")
def newer_cluster_url(state_folder: Path) -> Iterator[str]:
    """Where an Elasticsearch 9 answers: one node for the whole run, where this machine has a JDK that it runs on.

    It has ``sparse_vector`` fields, and no ``rank_features``. MLSR_ES_NEWER names another version that has.
    """
    version = os.environ.get("MLSR_ES_NEWER", VERSIONS[-1])
    try:
        java_program(release_of(version), state_folder / "shared", account())
    except NodeError as lacking:
        pytest.skip(lacking.what)
    node = Node(state_folder / f"tests-{version}", version=version)
    try:
        yield str(node.start().url)
    finally:
        node.stop()


@pytest.fixture
def node_folder() -> Iterator[Path]:
    """An empty folder for a node of the test's own, which is stopped at the end if it still runs."""
    folder = Path(tempfile.mkdtemp(prefix="mlsr-es-node-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        Node(folder).stop()
        shutil.rmtree(folder)


@pytest.fixture
def index_name(cluster_url: str) -> Iterator[str]:
    """A name that no index has; afterwards every index whose name begins with it is gone, and its aliases with it."""
    with new_name(cluster_url) as name:
        yield name


@pytest.fixture
def newer_index_name(newer_cluster_url: str) -> Iterator[str]:
    """The same on the newer node."""
    with new_name(newer_cluster_url) as name:
        yield name


@pytest.fixture(scope="session")
def sample_index(cluster_url: str) -> Iterator[str]:
    """The sample collection, indexed with the demo model; tests only search it."""
    with new_name(cluster_url) as name:
        ran = run_program("index", "sample", "--index", name, "--es-url", cluster_url)
        assert ran.code == 0, ran.stderr
        yield name


@pytest.fixture(scope="session")
def sample_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the sample collection's topics and judgements; tests only read it."""
    folder = tmp_path_factory.mktemp("sample-files")
    assert run_program("collection", "export", "sample", "-o", str(folder)).code == 0
    return folder


@pytest.fixture(scope="session")
def sample_vectors(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the sample collection's vectors, by the demo model; tests only read it."""
    folder = tmp_path_factory.mktemp("sample-vectors")
    ran = run_program("encode", "sample", "-o", str(folder), "--device", "cpu")
    assert ran.code == 0, ran.stderr
    return folder


@pytest.fixture(scope="session")
def demo_model() -> BiEncoder:
    """The model that comes with the package; tests do not change it."""
    from mlsr_es.encoders import load_model

    return load_model("demo", device="cpu")


@pytest.fixture(scope="session")
def other_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of another model: the demo's, where the words of a query count the less, the more they should."""
    from mlsr_es.encoders import load_model, save_pretrained
    from mlsr_es.encoders.heads import MlpHead

    model = load_model("demo", device="cpu")
    assert isinstance(model.query.head, MlpHead)
    model.query.head.weigh.weight.data *= -5
    model.query.head.weigh.bias.data += 4
    model.config = replace(model.config, query_terms=None)
    folder = tmp_path_factory.mktemp("models") / "other"
    save_pretrained(model, folder, half=True)
    return folder


@pytest.fixture
def client_of() -> Iterator[Callable[..., Elasticsearch]]:
    """Makes clients of an address, and closes them at the end."""
    clients = []

    def make(url: str, **options: Any) -> Elasticsearch:
        clients.append(connect(ConnectionSettings(url=url, **options)))
        return clients[-1]

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def client(cluster_url: str, client_of: Callable[..., Elasticsearch]) -> Elasticsearch:
    """A client of the real node."""
    return client_of(cluster_url)


@pytest.fixture
def fault_server() -> Iterator[FaultServer]:
    """A server that fails as it is told."""
    faults = FaultServer()
    with ThreadingHTTPServer(("127.0.0.1", 0), handler(faults)) as server:
        faults.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield faults
        server.shutdown()
        thread.join()


@pytest.fixture
def closed_port() -> int:
    """A port of this machine where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def new_name(cluster_url: str) -> Iterator[str]:
    """A name that no index has; afterwards every index whose name begins with it is gone."""
    name = f"mlsr-test-{secrets.token_hex(4)}"
    try:
        yield name
    finally:
        for index in _ask("GET", f"{cluster_url}/_cat/indices/{name}*?h=index&expand_wildcards=all").split():
            _ask("DELETE", f"{cluster_url}/{index}")


def _ask(method: str, url: str) -> str:
    parts = urlsplit(url)
    request = Request(parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl(), method=method)
    if parts.username:
        identity = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        request.add_header("Authorization", f"Basic {b64encode(identity.encode()).decode()}")
    with urlopen(request) as answer:
        return str(answer.read().decode())
