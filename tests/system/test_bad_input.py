"""Every error has a clear line and an exit code: 1 for the cluster and this machine, 2 for the user's input."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from mlsr_es.elastic.mapping import IndexMeta, index_body
from mlsr_es.encoders import BiEncoder, load_model, save_pretrained
from tests.disks import disk_of
from tests.elastic.faults import FaultServer, Reply
from tests.program import Ran, run_program
from tests.rows import rows

SEARCH = ("search", "an owl in a tree")


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def birds(tmp_path: Path) -> Path:
    return rows(tmp_path / "birds.jsonl", {"1": "An owl in a tree", "2": "A heron in the reeds"})


def refused(ran: Ran, code: int, *said: str) -> None:
    """Check that a run failed with the exit code and one line that contains these texts."""
    assert (ran.code, ran.stdout) == (code, ""), ran.stderr
    assert ran.stderr.startswith("error: ")
    assert ran.stderr.count("\n") == 1
    for part in said:
        assert part in ran.stderr


@pytest.mark.parametrize("command", [SEARCH, ("index", "sample")], ids=["search", "index"])
class TestClusters:
    """Clusters that cannot be used: each command says so before it does anything else."""

    def test_unreachable(self, command: tuple[str, ...], closed_port: int) -> None:
        """Nothing listens at the address."""
        ran = run_program(*command, "--index", "birds", "--es-url", f"http://127.0.0.1:{closed_port}")
        refused(ran, 1, f"nothing answers at http://127.0.0.1:{closed_port}", "Check the address, or start the cluster")

    def test_wrong_credentials(
        self, command: tuple[str, ...], fault_server: FaultServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The message has the cluster's own words and no password."""
        monkeypatch.setenv("ES_USERNAME", "ada")
        monkeypatch.setenv("ES_PASSWORD", "s3cret")
        cause = {"type": "security_exception", "reason": "unable to authenticate user [ada] for REST request [/]"}
        fault_server.replies.append(Reply(401, {"error": {"root_cause": [cause], **cause}, "status": 401}))
        ran = run_program(*command, "--index", "birds", "--es-url", fault_server.url)
        refused(ran, 1, "does not accept the credentials: unable to authenticate user [ada]", "Set ES_API_KEY")
        assert "s3cret" not in ran.stderr

    @pytest.mark.parametrize(
        ("number", "header"), [("7.10.2", ""), ("7.16.3", "Elasticsearch")], ids=["no product header", "7.16"]
    )
    def test_too_old(self, command: tuple[str, ...], fault_server: FaultServer, number: str, header: str) -> None:
        """The message names the oldest supported version."""
        body = {"version": {"number": number}, "tagline": "You Know, for Search"}
        # A search looks for its index first, and finds none.
        before: list[dict[str, Any]] = [{}] if command == SEARCH else []
        fault_server.replies.extend(Reply(200, each, {"X-Elastic-Product": header}) for each in (*before, body))
        ran = run_program(*command, "--index", "birds", "--es-url", fault_server.url)
        refused(ran, 1, f"is Elasticsearch {number}, and 7.17 is the oldest that is supported", "Upgrade")

    def test_something_else(self, command: tuple[str, ...], fault_server: FaultServer) -> None:
        """A web server is not an Elasticsearch: it is asked for its version too, as an old cluster would be."""
        fault_server.replies.extend(2 * [Reply(200, "<html>It works!</html>", {"X-Elastic-Product": ""})])
        ran = run_program(*command, "--index", "birds", "--es-url", fault_server.url)
        refused(ran, 1, "not Elasticsearch", "Check the address")

    def test_no_cluster_at_all(self, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
        """No cluster is named, and none runs on this machine."""
        monkeypatch.delenv("ES_URL", raising=False)
        refused(run_program(*command, "--index", "birds"), 2, "no cluster is named", "mlsr-es node start")

    def test_a_name_that_no_index_can_have(self, command: tuple[str, ...], cluster_url: str) -> None:
        """A pattern is refused, since it would reach the indices of others."""
        ran = run_program(*command, "--index", "birds*", "--es-url", cluster_url)
        refused(ran, 2, "'birds*' cannot be the name of an index")


def test_a_missing_index(cluster_url: str, index_name: str) -> None:
    """The message gives the command that creates the index."""
    ran = run_program(*SEARCH, "--index", index_name, "--es-url", cluster_url)
    refused(ran, 2, f"there is no index {index_name}.", f"mlsr-es index SOURCE --index {index_name}")


@pytest.mark.parametrize("command", [SEARCH, ("index", "sample")], ids=["search", "index"])
def test_an_index_whose_field_is_of_another_type(
    cluster_url: str, index_name: str, client: Elasticsearch, demo_model: BiEncoder, command: tuple[str, ...]
) -> None:
    """The mapping is checked before anything is encoded."""
    meta = index_body(IndexMeta("demo", demo_model.revision, "v", "mlm", "mlm"))["mappings"]["_meta"]
    fields = {"mlsr": {"properties": {"terms": {"type": "keyword"}}}}
    client.indices.create(index=index_name, mappings={"_meta": meta, "properties": fields})
    ran = run_program(*command, "--index", index_name, "--es-url", cluster_url)
    refused(ran, 2, f"{index_name} cannot be searched", "mlsr.terms is of the type keyword, not rank_features")


@pytest.mark.parametrize("command", [SEARCH, ("index", "sample")], ids=["search", "index"])
def test_an_index_of_somebody_else(
    cluster_url: str, index_name: str, client: Elasticsearch, command: tuple[str, ...]
) -> None:
    """An index of another program is neither searched nor written to."""
    client.indices.create(index=index_name)
    ran = run_program(*command, "--index", index_name, "--es-url", cluster_url)
    refused(ran, 2, f"the index {index_name} was not made by mlsr-es")


def test_another_model(cluster_url: str, sample_index: str, other_model: Path) -> None:
    """The message names the model that the index was made with."""
    ran = run_program(*SEARCH, "--index", sample_index, "--es-url", cluster_url, "--model", str(other_model))
    refused(ran, 2, "was made with the model 'demo'", "Search with --model demo")


def test_an_empty_source(cluster_url: str, index_name: str, tmp_path: Path) -> None:
    """An empty folder, an empty file and a missing source are refused."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "file.jsonl").touch()
    for source, said in (("folder", "holds nothing that is read"), ("file.jsonl", "file.jsonl holds no images")):
        refused(run_program("index", source, "--index", index_name, "--es-url", cluster_url), 2, said)
    missing = run_program("index", "nowhere", "--index", index_name, "--es-url", cluster_url)
    refused(missing, 2, "There is no source nowhere", "gimp-manual")


def test_a_source_without_images(cluster_url: str, index_name: str, tmp_path: Path) -> None:
    """A manual without images is refused."""
    (tmp_path / "manual").mkdir()
    (tmp_path / "manual" / "index.html").write_text("<h1>Birds</h1><p>Owls hunt at night.")
    refused(run_program("index", "manual", "--index", index_name, "--es-url", cluster_url), 2, "manual holds no images")


def test_an_unreadable_image(cluster_url: str, index_name: str, birds: Path, tmp_path: Path) -> None:
    """The image goes to the rejects file, and if no other image is left, no index is created."""
    rows(birds, {"1": "An owl", "2": "A heron"}, **{"1": b"\x89PNG torn"})
    where = ("--index", index_name, "--es-url", cluster_url, "--rejects", str(tmp_path / "bad"))
    ran = run_program("index", str(birds), *where)
    assert ran.code == 3
    assert "Rejected records are in" in ran.stderr
    assert "Traceback" not in ran.stderr
    rows(birds, {"1": "An owl"}, **{"1": b"\x89PNG torn"})
    nothing = run_program("index", str(birds), "--index", f"{index_name}-b", *where[2:])
    refused(nothing, 2, "nothing of birds can be encoded: of 1 images 0 are left out by rule and 1 are rejected")


@pytest.mark.parametrize("text", ["", "  \n "])
def test_an_empty_query(cluster_url: str, sample_index: str, text: str) -> None:
    """An empty query is refused before the model is loaded."""
    ran = run_program("search", text, "--index", sample_index, "--es-url", cluster_url)
    refused(ran, 2, "the query is empty.", "Give a text or a title.")


def test_a_query_of_unknown_terms(cluster_url: str, sample_index: str) -> None:
    """A query without a word piece of the vocabulary is refused."""
    ran = run_program("search", "🦉 🦆", "--index", sample_index, "--es-url", cluster_url)
    refused(ran, 2, "the model knows no word of the query", "without misspellings")


def test_more_clauses_than_the_cluster_allows(cluster_url: str, index_name: str, birds: Path, tmp_path: Path) -> None:
    """The lightest terms are left out with a warning, and the search succeeds."""
    model = load_model("demo", device="cpu")
    model.config = replace(model.config, query_terms=None)
    save_pretrained(model, tmp_path / "unlimited", half=True)
    where = ("--index", index_name, "--es-url", cluster_url)
    assert run_program("index", str(birds), *where, "--model", str(tmp_path / "unlimited")).code == 0
    words = [term for term in model.vocabulary.terms[2_000:6_000] if term.isalpha()][:1_600]
    ran = run_program("search", " ".join([*words, "owl"]), *where, "--json")
    assert ran.code == 0, ran.stderr
    found = ran.json
    assert found["hits"]
    if not found["dropped_terms"]:
        pytest.skip(f"this cluster allows {len(found['query'])} clauses and more")
    assert ran.stderr.startswith("The cluster allows fewer clauses: ")
    assert len(found["query"]) > 1_024
    lightest = min(found["query"][term] for term in found["query"].keys() - set(found["dropped_terms"]))
    assert max(found["query"][term] for term in found["dropped_terms"]) <= lightest


def test_an_id_of_another_collection(cluster_url: str, index_name: str, birds: Path, client: Elasticsearch) -> None:
    """The new image is rejected with that reason, and the indexed image stays."""
    where = ("--index", index_name, "--es-url", cluster_url, "--rejects", "bad")
    assert run_program("index", str(birds), *where).code == 0
    boats = rows(birds.with_name("boats.jsonl"), {"1": "A boat with a red sail", "b": "A boat on a lake"})
    ran = run_program("index", str(boats), *where)
    assert ran.code == 3
    assert "the index holds this id for the collection 'birds'" in Path("bad").read_text()
    assert client.get(index=index_name, id="1")["_source"]["caption"] == {"description": ["An owl in a tree"]}


def test_a_rejects_file_that_cannot_be_written(cluster_url: str, index_name: str, birds: Path) -> None:
    """The run stops, since rejected records would otherwise go unnoticed."""
    rows(birds, {"1": "An owl", "2": "A heron"}, **{"1": b"torn"})
    for target, why in (("no/such/folder/bad", "No such file or directory"), ("/dev/full", "No space left on device")):
        ran = run_program("index", str(birds), "--index", index_name, "--es-url", cluster_url, "--rejects", target)
        refused(ran, 1, f"the rejects file {target} cannot be written: {why}", "--rejects")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 KiB."""
    with disk_of("64k", tmp_path) as disk:
        yield disk


@pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="dpkg-deb is not on this machine")
def test_a_full_disk_while_caching(small_disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A collection that does not fit is not kept in part, and the message says how to choose another place."""
    package, tools = tmp_path / "manual", tmp_path / "tools"
    pages = package / "usr/share/doc/kicad/help/en"
    for folder in (package / "DEBIAN", pages, tools):
        folder.mkdir(parents=True)
    (package / "DEBIAN" / "control").write_text(
        "Package: kicad-doc-en\nVersion: 1\nArchitecture: all\nMaintainer: A <a@a.example>\nDescription: d\n"
    )
    (pages / "index.html").write_bytes(b" " * 200_000)
    subprocess.run(["dpkg-deb", "--build", "--root-owner-group", str(package)], check=True, capture_output=True)
    apt = tools / "apt-get"
    apt.write_text(f'#!/bin/sh\ncase "$*" in *--print-uris*) ;; *download*) cp {package}.deb . ;; esac\n')
    apt.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}:/usr/bin:/bin")
    monkeypatch.setenv("MLSR_ES_HOME", str(small_disk))
    ran = run_program("collection", "inspect", "kicad-manual")
    refused(ran, 1, "The collection kicad-manual cannot be kept in", "No space left on device", "MLSR_ES_HOME")
    assert [path.name for path in (small_disk / "collections").iterdir()] == [".kicad-manual.lock"]
