"""What all tests share: one real Elasticsearch node per run, and folders that are nobody's own."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote, urlsplit
from urllib.request import Request, urlopen

import pytest
from hypothesis import settings

from mlsr_es.embedded import Node
from mlsr_es.state import state_folder as real_state_folder

# A deadline would time these machines, and a database would make two runs differ.
settings.register_profile("mlsr-es", deadline=None, database=None, max_examples=50)
settings.load_profile("mlsr-es")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that asks for the cluster is a system test; no test needs to say so."""
    for item in items:
        if "cluster_url" in getattr(item, "fixturenames", ()):
            item.add_marker("system")


@pytest.fixture(scope="session", autouse=True)
def state_folder() -> Iterator[Path]:
    """The state folder of the run: a temporary one, so that no test touches the developer's own default node.

    Only what is fetched is shared with the real one, so that a run fetches nothing twice.
    """
    downloads = real_state_folder() / "shared"
    folder = Path(tempfile.mkdtemp(prefix="mlsr-es-state-"))
    folder.chmod(0o755)  # pytest's own temporary folders are closed to the user that a node runs as
    with suppress(OSError):
        downloads.mkdir(parents=True, exist_ok=True)
        (folder / "shared").symlink_to(downloads)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLSR_ES_HOME", str(folder))
        yield folder
    shutil.rmtree(folder)


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
    name = f"mlsr-test-{secrets.token_hex(4)}"
    yield name
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
