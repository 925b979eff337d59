"""The contract of every sink, tested for a version behind an alias, somebody's documents, and files."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from elasticsearch import Elasticsearch

from mlsr_es.collection import Caption, ImageDocument
from mlsr_es.elastic.enrichment import describe
from mlsr_es.elastic.reading import read_snapshot
from mlsr_es.errors import SourceError
from mlsr_es.indexing.encode import EncodedRecord, encode
from mlsr_es.indexing.made_with import made_with
from mlsr_es.indexing.prepare import Prepared
from mlsr_es.indexing.record import Picture, Record
from mlsr_es.indexing.sinks import FilesSink, InPlace, Sink, VersionPlan, VersionSink
from mlsr_es.indexing.summary import Summary
from tests.indexing.enriching.shop import Shop
from tests.models import word_model

MODEL = word_model()
NAMES = {"1": "owl", "2": "heron"}
META = made_with(MODEL, "words", stems=True)


@dataclass(frozen=True)
class Target:
    """A sink that is tried.

    Args:
        make: Gives a sink that has not been opened, each time that a run would begin.
        records: What is written, as its reader would give it now.
        held: What is there, id to the terms that are shown of it.
    """

    make: Callable[[], Sink]
    records: Callable[[], list[Record]]
    held: Callable[[], dict[str, list[str]]]

    def encoded(self) -> list[EncodedRecord]:
        """Encode records; the fingerprint of each is its caption."""
        records = self.records()
        return encode(MODEL, [Prepared(each, each.document.captions[0].text) for each in records])

    def run(self) -> Summary:
        """Write everything, and finish."""
        with closing(self.make()) as sink:
            sink.open()
            summary = Summary(sink.name, sink.index, "birds", field=sink.field)
            with closing(sink.write(self.encoded(), lambda _: None)) as results:
                summary.encoded = sum(not result.rejected for result in results)
            sink.finish(summary)
        return summary


def record(id_: str, word: str, found: Any = None) -> Record:
    """Make a record with one caption."""
    captions = (Caption(word),)
    return Record(ImageDocument(id_, "birds", captions), (Picture(captions),), found)


@pytest.fixture(params=["version", "in place", "files"])
def target(request: pytest.FixtureRequest, client: Elasticsearch, index_name: str, tmp_path: Path) -> Target:
    """Each of the three sinks, still empty."""
    return {"version": _version, "in place": _in_place, "files": _files}[request.param](client, index_name, tmp_path)


def _version(client: Elasticsearch, name: str, _: Path) -> Target:
    def held() -> dict[str, list[str]]:
        hits = client.search(index=name, ignore_unavailable=True)["hits"]["hits"]
        return {hit["_id"]: hit["_source"]["mlsr"]["top_terms"] for hit in hits}

    plan = VersionPlan(name, META, "birds")
    return Target(
        lambda: VersionSink(client, plan, lambda _: None), lambda: [record(*each) for each in NAMES.items()], held
    )


def _in_place(client: Elasticsearch, name: str, _: Path) -> Target:
    shop = Shop.made(client, name)
    for id_, word in NAMES.items():
        shop.put(id_, {"name": word})

    def records() -> list[Record]:
        with closing(read_snapshot(client, name, ["name"], fingerprint="mlsr.fingerprint")) as found:
            return [replace(record(each.id, each.source["name"]), found=each) for each in found]

    def held() -> dict[str, list[str]]:
        return {id_: shop.source(id_)["mlsr"]["top_terms"] for id_ in NAMES if "mlsr" in shop.source(id_)}

    fields = {"captions": [{"field": "name", "kind": "description"}], "image": "", "inline": False}
    meta = replace(made_with(MODEL, "words", stems=False), enriched=fields)
    return Target(lambda: InPlace(client, describe(client, name), meta), records, held)


def _files(_: Elasticsearch, __: str, folder: Path) -> Target:
    def held() -> dict[str, list[str]]:
        file = folder / "documents.parquet"
        rows = pq.read_table(file).to_pylist() if file.exists() else []
        return {row["id"]: row["terms"] for row in rows}

    said = {"model": "words", "revision": MODEL.revision}
    return Target(
        lambda: FilesSink(folder, said, MODEL, iter(())), lambda: [record(*each) for each in NAMES.items()], held
    )


def test_each_document_has_one_result_and_is_there_at_the_end(target: Target) -> None:
    """Each document gets one result, and is stored with its terms."""
    assert target.run().encoded == len(NAMES)
    assert target.held() == {id_: [word] for id_, word in NAMES.items()}


def test_a_result_names_its_record(target: Target) -> None:
    """A result has the key that the sink gives for the record."""
    encoded = target.encoded()
    with closing(target.make()) as sink:
        sink.open()
        keys = {sink.key(each.prepared.record) for each in encoded}
        with closing(sink.write(encoded, lambda _: None)) as results:
            assert {(result.id, result.routing) for result in results} == keys


def test_written_again_it_is_the_same(target: Target) -> None:
    """Writing the same documents again gives the same contents."""
    target.run()
    before = target.held()
    target.run()
    assert target.held() == before


def test_what_is_stored_is_told_by_its_fingerprint(target: Target) -> None:
    """A sink reports the fingerprints that it has stored; files, which are written anew, report none."""
    target.run()
    records = target.records()
    with closing(target.make()) as sink:
        told = sink.stored(records)
    if isinstance(sink, FilesSink):
        assert told == {}
    else:
        assert {key[0]: each.fingerprint for key, each in told.items()} == NAMES


def test_nothing_is_served_before_it_is_finished(target: Target, client: Elasticsearch, index_name: str) -> None:
    """Before ``finish`` no alias, no serving field and no file leads to the documents."""
    with closing(target.make()) as sink:
        sink.open()
        with closing(sink.write(target.encoded(), lambda _: None)) as results:
            next(results)
    if isinstance(sink, VersionSink):
        assert not client.indices.exists_alias(name=index_name)
    elif isinstance(sink, InPlace):
        (entry,) = client.indices.get_mapping(index=index_name).values()
        assert entry["mappings"]["_meta"]["mlsr"]["state"] == "building"
    else:
        assert target.held() == {}


def test_a_run_that_wrote_nothing_serves_nothing(target: Target, client: Elasticsearch, index_name: str) -> None:
    """A run that wrote nothing is an error, except for files, which may be empty."""
    with closing(target.make()) as sink:
        sink.open()
        list(sink.write([], lambda _: None))
        summary = Summary(sink.name, sink.index, "birds")
        if isinstance(sink, FilesSink):
            sink.finish(summary)
        else:
            with pytest.raises(SourceError, match="nothing of birds can be encoded"):
                sink.finish(summary)
            assert not client.indices.exists_alias(name=index_name)
    assert target.held() == {}
