"""Indexing by one call: as the command does, without a word printed."""

from __future__ import annotations

from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

import mlsr_es
from mlsr_es.errors import SourceError
from mlsr_es.shipped import shipped
from tests.rows import rows

BIRDS = {"1": "An owl on a branch", "2": "A heron in the reeds", "3": "A robin in the snow"}


class Stages:
    """Notes the stages that are finished."""

    def __init__(self) -> None:
        self.finished: list[str] = []

    def start(self, stage: str, total: int | None = None, unit: str = "") -> None:
        """Do nothing."""

    def advance(self, stage: str, count: int = 1) -> None:
        """Do nothing."""

    def finish(self, stage: str) -> None:
        """Note it."""
        self.finished.append(stage)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_source_is_indexed_and_asked(index_name: str, cluster_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A second call finds everything done; nothing is printed, and progress is reported."""
    stages = Stages()
    first = mlsr_es.index(shipped("sample"), index=index_name, es_url=cluster_url, thumbnails=True, progress=stages)
    assert (first.encoded, first.rejected.total()) == (63, 0)
    assert stages.finished[-3:] == ["Reading", "Encoding", "Loading"]
    again = mlsr_es.index(str(shipped("sample")), index=index_name, es_url=cluster_url, thumbnails=True)
    assert (again.encoded, again.unchanged) == (0, 63)
    with mlsr_es.Suggester(index_name, es_url=cluster_url) as images:
        found = images.suggest("a blue watering can", size=1, thumbnails=True)
    assert found[0].thumbnail.startswith("data:image/jpeg;base64,")
    assert found[0].thumbnail in found._repr_html_()
    assert capsys.readouterr() == ("", "")


def test_a_bad_record_is_counted_and_stands_in_the_file(folder: Path, index_name: str, client: Elasticsearch) -> None:
    """A client of one's own is used, and left open."""
    source = rows(folder / "birds.jsonl", {**BIRDS, "4": "A torn picture of a wren"}, **{"4": b"no image"})
    done = mlsr_es.index(source, index=index_name, client=client, rejects=folder / "bad.ndjson")
    assert (done.encoded, done.rejected.total()) == (3, 1)
    assert "no image" in (folder / "bad.ndjson").read_text() or "decode" in (folder / "bad.ndjson").read_text()
    assert client.ping()


def test_a_source_that_is_not_there_is_an_error_of_the_package(index_name: str, cluster_url: str) -> None:
    """Nothing is made."""
    with pytest.raises(SourceError):
        mlsr_es.index("./no-such-site", index=index_name, es_url=cluster_url)
