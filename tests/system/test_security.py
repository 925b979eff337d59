"""The two roles on a real node with security and TLS: what they allow, and what they do not."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from elasticsearch import AuthorizationException, Elasticsearch
from starlette.testclient import TestClient

from mlsr_es.elastic.client import ConnectionSettings, connect
from mlsr_es.elastic.cluster import AccessRole, role_body
from mlsr_es.embedded import Node
from mlsr_es.service import ServiceSettings, service
from tests.program import Ran, run_program
from tests.users import PASSWORD, write_users

pytestmark = pytest.mark.system

SITE = "site-images"
OWNERS = "products"
NOT_YET = "not-yet"
"""An index that the roles grant and that does not exist."""
ROLES = {
    "indexer": role_body(AccessRole.INDEXER, SITE, OWNERS, NOT_YET),
    "searcher": role_body(AccessRole.SEARCHER, SITE, OWNERS, NOT_YET),
    "owner": {
        "cluster": ["monitor"],
        "indices": [{"names": [OWNERS, "secrets"], "privileges": ["all"]}],
    },
}
"""The owner's indices: one to enrich, and one that the roles do not grant."""


@dataclass(frozen=True)
class Guarded:
    """A node with security, and the folder with its certificate."""

    url: str
    folder: Path

    @property
    def authority(self) -> Path:
        """The file of the authority that signed the node's certificate."""
        return self.folder / "cert.pem"

    def client(self, user: str) -> Elasticsearch:
        """A client of a user."""
        return connect(ConnectionSettings(url=self.url, username=user, password=PASSWORD, ca_certs=self.authority))


def certificate(folder: Path) -> None:
    """Write a self-signed certificate for 127.0.0.1 and its key."""
    openssl = shutil.which("openssl")
    if not openssl:
        pytest.skip("openssl is not installed")
    request = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "cert.pem"]
    subprocess.run([*request, *names], cwd=folder, check=True, capture_output=True)
    (folder / "key.pem").chmod(0o644)  # the node runs as another user


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """A node with a user for each role, named after the role, and with the owner's indices."""
    certificates = tmp_path_factory.mktemp("tls")
    certificate(certificates)
    folder = Path(tempfile.mkdtemp(prefix="mlsr-es-node-"))
    folder.chmod(0o755)
    node = Node(folder)
    write_users(node.config, ROLES)
    for name in ("key.pem", "cert.pem"):
        shutil.copy(certificates / name, node.config / name)
    settings = {
        "xpack.security.enabled": "true",
        "xpack.security.http.ssl.enabled": "true",
        "xpack.security.http.ssl.key": "key.pem",
        "xpack.security.http.ssl.certificate": "cert.pem",
    }
    try:
        found = Guarded(str(node.start(heap_mb=256, settings=settings).url), certificates)
        with found.client("owner") as owner:
            owner.indices.create(index=OWNERS, mappings={"properties": {"name": {"type": "text"}}})
            owner.index(index=OWNERS, id="1", document={"name": "An owl on a branch"}, refresh=True)
            owner.index(index="secrets", id="1", document={"name": "An owl"}, refresh=True)
        yield found
    finally:
        node.stop()
        shutil.rmtree(folder)


@pytest.fixture
def ask(guarded: Guarded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Runs the program as a user, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return Ask(guarded, monkeypatch)


@dataclass(frozen=True)
class Ask:
    """Runs the program as one of the users."""

    guarded: Guarded
    patch: pytest.MonkeyPatch

    def __call__(self, user: str, *arguments: str, password: str = PASSWORD, authority: Path | None = None) -> Ran:
        """Run it."""
        self.patch.setenv("ES_USERNAME", user)
        self.patch.setenv("ES_PASSWORD", password)
        trust = ("--ca-certs", str(authority or self.guarded.authority))
        return run_program(*arguments, "--es-url", self.guarded.url, *trust)


@pytest.fixture
def filled(ask: Ask) -> Ask:
    """``ask``, after the indexer has indexed the sample and enriched the owner's index."""
    for ran in (
        ask("indexer", "index", "sample", "--index", SITE),
        ask("indexer", "enrich", OWNERS, "--caption-field", "name"),
    ):
        assert ran.code == 0, ran.stderr
    return ask


def test_an_indexer_does_everything_with_its_role(filled: Ask) -> None:
    """Versions are created, listed, promoted and removed, and searches find the indexed and enriched images."""
    assert filled("indexer", "doctor", "--index", SITE).code == 0
    hits = filled("indexer", "search", "an owl", "--index", OWNERS, "--json").json["hits"]
    assert [hit["id"] for hit in hits] == ["1"]
    versions = filled("indexer", "indices", "list", SITE, "--json").json["indices"]
    assert [(one["index"], one["role"]) for one in versions] == [(f"{SITE}-v0001", "serving")]


def test_a_searcher_searches_measures_and_looks(filled: Ask, sample_files: Path) -> None:
    """A user of the file realm with only this role can search, evaluate and run the doctor."""
    found = filled("searcher", "search", "a red owl", "--index", SITE, "--json", "--explain")
    assert found.json["hits"], found.stderr
    judged = ("--topics", str(sample_files / "topics.jsonl"), "--qrels", str(sample_files / "qrels.txt"))
    ran = filled("searcher", "evaluate", "--index", SITE, *judged, "--json")
    assert ran.code == 0, ran.stderr
    ran = filled("searcher", "verify", "scores", "--index", SITE, *judged[:2], "--json")
    assert ran.code == 0, ran.stderr
    ran = filled("searcher", "doctor", "--index", SITE, "--json")
    levels = {one["about"]: one["level"] for one in ran.json["findings"]}
    assert (ran.code, levels["right to search"], levels["right to index"]) == (0, "green", "amber")
    assert levels["version"] == levels["disks"] == "unknown"
    assert {levels[about] for about in ("mapping", "model", "documents without weights", "writing")} == {"green"}


@pytest.mark.usefixtures("filled")
def test_a_searcher_serves(guarded: Guarded) -> None:
    """Every route of the service answers with the rights of a searcher, and an index beyond them is a problem."""
    settings = ServiceSettings((SITE, OWNERS, "secrets"))
    with TestClient(service(settings, guarded.client("searcher")), base_url="http://localhost") as client:
        asked = {"section": {"text": "an owl on a branch"}, "explain": True, "thumbnails": True}
        for index in (SITE, OWNERS):
            found = client.post("/v1/suggest", json=asked | {"index": index, "highlight": True, "distinct": True})
            assert found.status_code == 200, found.text
            first = found.json()["images"][0]["id"]
            more = {"index": index, "section": asked["section"]}
            for path, body in (
                ("/v1/suggest", {"index": index, "like": first}),
                ("/v1/why-not", {**more, "id": first}),
                ("/v1/suggest/batch", {"index": index, "sections": [asked["section"]] * 2}),
            ):
                assert client.post(path, json=body).status_code == 200, path
            for path in (f"/v1/images/{quote(first, safe='')}", "/v1/values"):
                assert client.get(path, params={"index": index}).status_code == 200, path
        assert client.post("/v1/suggest", json=asked | {"index": "secrets"}).status_code == 503
    with TestClient(
        service(ServiceSettings((SITE,)), guarded.client("searcher")), base_url="http://localhost"
    ) as client:
        assert client.get("/readyz").json()["status"] == "ready"
        assert client.get("/v1/indices").json()[0]["images"] == 63


def test_a_searcher_writes_nothing(filled: Ask, guarded: Guarded) -> None:
    """Writing fails with the program and without it, and the message names the missing privilege."""
    for command in (
        ("index", "sample", "--index", SITE, "--collection", "another"),
        ("enrich", OWNERS, "--caption-field", "name", "--field-kind", "rank_features"),
        ("indices", "delete", f"{SITE}-v0001", "--yes"),
    ):
        assert filled("searcher", *command).code != 0
    assert "needs the index privilege" in filled("searcher", "index", "sample", "--index", f"{SITE}-v1-new").stderr
    with guarded.client("searcher") as client:
        writes: tuple[Callable[[], Any], ...] = (
            lambda: client.index(index=SITE, document={}),
            lambda: client.delete(index=OWNERS, id="1"),
            lambda: client.indices.put_mapping(index=SITE, meta={}),
            lambda: client.indices.delete(index=f"{SITE}-v0001"),
        )
        for write in writes:
            with pytest.raises(AuthorizationException):
                write()


@pytest.mark.parametrize("user", ["indexer", "searcher"])
def test_other_indices_are_out_of_reach(filled: Ask, guarded: Guarded, user: str) -> None:
    """They cannot be read, written or listed, even if their names begin with the same letters."""
    with guarded.client(user) as client:
        reaches: tuple[Callable[[], Any], ...] = (
            lambda: client.search(index="secrets"),
            lambda: client.index(index="secrets", document={}),
            lambda: client.indices.get(index="secrets"),
            lambda: client.indices.create(index=f"{OWNERS}elsewhere"),
            lambda: client.cluster.put_settings(persistent={"cluster.routing.allocation.enable": "all"}),
        )
        for reach in reaches:
            with pytest.raises(AuthorizationException):
                reach()
    assert "secrets" not in filled(user, "indices", "list").stdout
    assert "there is no index secrets" in filled(user, "search", "owl", "--index", "secrets").stderr


@pytest.mark.parametrize("user", ["indexer", "searcher"])
def test_what_rights_may_hide_is_not_said_to_be_missing_alone(filled: Ask, user: str) -> None:
    """A cluster hides what a user may not see, so the message also names the privileges to ask for."""
    for command in (
        ("search", "owl", "--index", "secrets"),
        ("indices", "list", "secrets"),
        ("indices", "promote", "secrets"),
        ("indices", "rollback", "secrets"),
    ):
        ran = filled(user, *command)
        assert "rights hide it: this user lacks the index privileges read and view_index_metadata" in ran.stderr
        assert "on secrets and its versions" in ran.stderr
    assert "needs the index privilege" in filled(user, "enrich", "secrets", "--caption-field", "name").stderr
    missing = filled(user, "search", "owl", "--index", NOT_YET).stderr
    assert "there is no index" in missing
    assert "rights" not in missing


def test_a_wrong_password_is_told(ask: Ask) -> None:
    """The message is one line with the variables to set, and without the password."""
    ran = ask("searcher", "search", "owl", "--index", SITE, password="not this one")
    assert (ran.code, ran.stdout, ran.stderr.count("\n")) == (1, "", 1)
    assert re.search("does not accept the credentials.*ES_API_KEY, or ES_USERNAME and ES_PASSWORD", ran.stderr)
    assert "not this one" not in ran.stderr


def test_a_wrong_authority_is_told(ask: Ask, tmp_path: Path) -> None:
    """The message is one line with the options that name an authority."""
    certificate(tmp_path)
    ran = ask("searcher", "search", "owl", "--index", SITE, authority=tmp_path / "cert.pem")
    assert (ran.code, ran.stdout, ran.stderr.count("\n")) == (1, "", 1)
    assert re.search("authority that is not trusted here.*--ca-certs.*--ssl-fingerprint", ran.stderr)


def test_plain_http_is_told(guarded: Guarded, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message is one line that suggests https."""
    monkeypatch.setenv("ES_USERNAME", "searcher")
    monkeypatch.setenv("ES_PASSWORD", PASSWORD)
    ran = run_program("search", "owl", "--index", SITE, "--es-url", guarded.url.replace("https:", "http:"))
    assert (ran.code, ran.stdout, ran.stderr.count("\n")) == (1, "", 1)
    assert "https" in ran.stderr
