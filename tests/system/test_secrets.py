"""No secret is in what the program prints or writes, whatever the command and however it ends."""

from __future__ import annotations

import os
import stat
import traceback
from pathlib import Path

import orjson
import pytest
from elasticsearch import Elasticsearch

from mlsr_es.commands.main import COMMANDS
from mlsr_es.encoders import DocumentInput, save_pretrained
from tests.models import word_model
from tests.program import Ran, run_program

SECRET = "CANARY-9f2b"
"""Part of each secret: wherever it turns up, one has leaked."""

KEY = f"{SECRET}-key"
PASSWORD = f"{SECRET}-word"
ASKED = ("--topics", "topics.jsonl", "--qrels", "qrels.txt")

WITH_CLUSTER: dict[str, list[tuple[str, ...]]] = {
    "index": [("sample", "--index", "{index}"), ("sample", "--index", "{index}", "--dry-run", "--json")],
    "enrich": [("{index}", "--caption-field", "caption.title"), ("{index}-none", "--caption-field", "title")],
    "load": [("vectors", "--index", "{index}"), ("vectors", "--index", "{index}", "--dry-run")],
    "search": [
        ("an owl", "--index", "{index}", "--explain", "--json"),
        ("an owl", "--index", "{index}", "--show-query"),
        ("an owl", "--index", "{index}", "--why-not", "none"),
        ("an owl", "--index", "{index}-none"),
    ],
    "evaluate": [("--index", "{index}", *ASKED)],
    "analyze": [("--index", "{index}", *ASKED[:2], "-o", "report.html")],
    "doctor": [
        (
            "--index",
            "{index}",
        ),
        ("--json",),
    ],
    "api-key": [("create", "--role", "searcher", "--index", "{index}")],
    "indices": [
        ("list",),
        ("promote", "{index}-v0001", "--yes"),
        ("rollback", "{index}"),
        ("delete", "{index}-v0001", "--yes"),
    ],
    "kibana": [("import", "--kibana-url", "{nowhere}", "--index", "{index}")],
    "tune": [("hybrid", "--index", "{index}", *ASKED), ("strategy", "--index", "{index}", *ASKED[:2], "--rounds", "1")],
    "verify": [("scores", "--index", "{index}", *ASKED[:2]), ("load", "sample", "--index", "{index}")],
}
"""Of each command that reaches a cluster: ways to ask it; one that fails is as good as one that does not."""

WITHOUT = {"demo", "serve", "encode", "train", "export-query-table", "collection", "experiment", "node"}
"""Those that take no credentials, or only read an index by them; the service has tests of its own."""


def test_every_command_is_here() -> None:
    """One that is added has to say what it does with secrets."""
    assert {entry.name for entry in COMMANDS} == WITH_CLUSTER.keys() | WITHOUT


@pytest.fixture
def clusters(cluster_url: str, closed_port: int) -> tuple[str, str]:
    """Where one answers, and where none does."""
    return cluster_url, f"http://127.0.0.1:{closed_port}"


@pytest.fixture
def folder(tmp_path: Path, sample_files: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with topics and judgements."""
    for name in ("topics.jsonl", "qrels.txt"):
        (tmp_path / name).write_bytes((sample_files / name).read_bytes())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def debugged(*arguments: str) -> Ran:
    """Run the program with ``--debug``: an error is shown with all that led to it."""
    try:
        return run_program("--debug", *arguments)
    except Exception as error:  # noqa: BLE001 - the program leaves it to Python, which prints it
        return Ran(1, "", "".join(traceback.format_exception(error)))


def leaks(ran: Ran, folder: Path) -> list[str]:
    """Where the secret is."""
    printed = [name for name, text in (("stdout", ran.stdout), ("stderr", ran.stderr)) if SECRET in text]
    return printed + [
        str(file) for file in folder.rglob("*") if file.is_file() and SECRET.encode() in file.read_bytes()
    ]


@pytest.mark.parametrize(
    ("command", "identity"),
    [
        *((command, "key") for command in WITH_CLUSTER),
        ("search", "password"),
        ("search", "url"),
        ("kibana", "password"),
    ],
)
def test_no_command_tells_a_secret(
    clusters: tuple[str, str],
    sample_index: str,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    command: str,
    identity: str,
) -> None:
    """Neither where the cluster answers, nor where nothing does, nor with --debug."""
    named = {"index": sample_index, "nowhere": clusters[1]}
    if identity == "key":
        monkeypatch.setenv("ES_API_KEY", KEY)
    elif identity == "password":
        monkeypatch.setenv("ES_USERNAME", "anna")
        monkeypatch.setenv("ES_PASSWORD", PASSWORD)
    addresses = [url if identity != "url" else url.replace("://", f"://anna:{PASSWORD}@") for url in clusters]
    for arguments in WITH_CLUSTER[command]:
        if command in {"index", "enrich", "indices"} and "{index}" in " ".join(arguments):
            named["index"] = f"{sample_index}-secrets"  # the sample's index stays as it is
        given = [argument.format(**named) for argument in arguments]
        for address in addresses:
            monkeypatch.setenv("ES_URL", address)
            assert leaks(run_program(command, *given), folder) == [], arguments
        assert leaks(debugged(command, *given), folder) == [], arguments


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("ES_API_KEY", f"{KEY}\r\nX: y"),
        ("ES_API_KEY", f"ö{KEY}"),
        ("ES_API_KEY", f"{KEY} "),
        ("ES_PASSWORD", f"{PASSWORD}\x00"),
    ],
)
def test_a_secret_that_cannot_be_sent_is_not_told(
    variable: str, value: str, cluster_url: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error says which one is wrong, and not what it is."""
    monkeypatch.setenv("ES_URL", cluster_url)
    if variable == "ES_PASSWORD":
        monkeypatch.setenv("ES_USERNAME", "anna")
    monkeypatch.setattr("os.environ", {**os.environ, variable: value})  # the system takes no NUL
    ran = debugged("doctor")
    assert ran.code != 0
    assert leaks(ran, folder) == []


def test_a_password_on_the_command_line_is_warned_of(cluster_url: str, folder: Path) -> None:
    """Every user of a machine can read the command lines of all; the environment's is its owner's."""
    address = cluster_url.replace("://", f"://anna:{PASSWORD}@")
    ran = run_program("doctor", "--es-url", address)
    assert "The password in --es-url can be read by every user of this machine." in ran.stderr
    assert leaks(ran, folder) == []
    assert "can be read by" not in run_program("doctor", "--es-url", cluster_url).stderr


def test_an_image_url_s_password_is_nowhere(
    cluster_url: str, index_name: str, folder: Path, client: Elasticsearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither in the rejects file, which only its owner reads, nor in what is printed."""
    monkeypatch.setenv("ES_URL", cluster_url)
    address = f"https://anna:{PASSWORD}@images.example/owl.png"
    client.index(index=index_name, id="1", document={"name": "An owl", "photo": address}, refresh=True)
    client.index(index=index_name, id="2", document={"name": "A heron"}, refresh=True)
    model = Path("image-model")
    save_pretrained(word_model(reads=DocumentInput.IMAGE_AND_CAPTION), model)
    asked = ("enrich", index_name, "--caption-field", "name", "--image-field", "photo", "--fetch-urls")
    rejects = folder / f"{index_name}-rejects.ndjson"
    rejects.touch(0o644)
    for more in ((), ("--strict",)):
        ran = run_program(*asked, "--model", str(model), *more)
        assert ran.code in {1, 2, 3}, ran.stderr
        assert leaks(ran, folder) == []
    assert stat.S_IMODE(rejects.stat().st_mode) == 0o600
    (row,) = map(orjson.loads, rejects.read_bytes().splitlines())
    assert row["record"]["image"] == "https://images.example/owl.png"
