"""From a source to a real index: what is encoded, what stays, and when a version is promoted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from threading import Thread
from time import sleep
from typing import Any, Self

import orjson
import pytest
from elasticsearch import Elasticsearch
from PIL import Image

from mlsr_es.collection import Caption, CaptionKind, ImageDocument, ImageFile
from mlsr_es.elastic.bulk import IndexAction, load
from mlsr_es.elastic.mapping import IndexMeta, State
from mlsr_es.elastic.reading import collections, count, refresh
from mlsr_es.elastic.search import build_query, search
from mlsr_es.elastic.versions import create_version, lease_index, promote, resolve
from mlsr_es.elastic.versions import versions as versions_module
from mlsr_es.encoders import BiEncoder
from mlsr_es.errors import ClusterError, IndexMismatchError, InputError, RecordError, SourceError
from mlsr_es.indexing import IndexJob, Summary, index_collection, preview_indexing
from mlsr_es.indexing.prepare import BLOCK
from mlsr_es.sources import LeftOut, Source
from tests.indexing.listed import Listed, image
from tests.models import word_model

MODEL, OTHER_MODEL = word_model(), word_model(2.0)
BIRDS = (image("a", "owl"), image("b", "heron"), image("c", "robin"))
CREDITED = ImageDocument("credited", "birds", (Caption("owl", CaptionKind.ATTRIBUTION),))
"""Its only caption is one that the model does not read."""


class Counting:
    """A model that counts the documents it encodes."""

    def __init__(self, model: BiEncoder) -> None:
        self._model = model
        self.encoded: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    def encode_documents(self, documents: Sequence[ImageDocument], images: Any = None) -> Any:
        """Encode as the model does, and count."""
        self.encoded += [document.id for document in documents]
        return self._model.encode_documents(documents, images)


@pytest.fixture
def job(index_name: str, tmp_path: Path) -> IndexJob:
    """A job that indexes three birds into a new index."""
    return IndexJob(Listed(BIRDS), index_name, MODEL, "words", rejects=tmp_path / "rejects.ndjson")


def given(job: IndexJob, *items: Any, **changes: Any) -> IndexJob:
    """The same job with another source."""
    return replace(job, source=Listed(items, name=changes.pop("name", "birds")), **changes)


def found(client: Elasticsearch, index: str, word: str) -> set[str]:
    """The ids of the images that a search for a word finds now."""
    refresh(client, index)
    return {hit.id for hit in search(client, index, build_query({word: 1.0}, size=100)).hits}


def indices(client: Elasticsearch, name: str) -> dict[str, Any]:
    """The cluster's description of the indices whose names have this prefix; without that of the lease."""
    told = client.indices.get(index=f"{name}*", expand_wildcards="all").body
    return {index: about for index, about in told.items() if index != lease_index(name)}


def standing(client: Elasticsearch, name: str) -> tuple[str, dict[str, State]]:
    """The version that searches reach, and the states of those that are kept."""
    resolved = resolve(client, name)
    assert resolved is not None
    assert resolved.serving is not None
    return resolved.serving.index, {version.index: version.meta.state for version in resolved.kept}


def numbers(summary: Summary) -> tuple[int, int, int, int]:
    """The numbers of encoded, unchanged, left-out and rejected records."""
    return summary.encoded, summary.unchanged, summary.left_out.total(), summary.rejected.total()


def test_a_source_becomes_an_index(client: Elasticsearch, job: IndexJob) -> None:
    """A source becomes an index behind an alias, with the model in its metadata."""
    summary = index_collection(job, client)
    assert (summary.version, summary.promoted, summary.read) == (f"{job.index}-v0001", True, 3)
    assert numbers(summary) == (3, 0, 0, 0)
    assert {word: found(client, job.index, word) for word in ("owl", "heron", "knot")} == {
        "owl": {"a"},
        "heron": {"b"},
        "knot": set(),
    }
    resolved = resolve(client, job.index)
    assert resolved is not None
    assert resolved.serving is not None
    assert (resolved.serving.meta.model, resolved.serving.meta.revision) == ("words", MODEL.revision)
    assert {name: stage.documents for name, stage in summary.stages.items()} == {
        "reading": 3,
        "encoding": 3,
        "loading": 3,
    }


def test_a_second_run_encodes_nothing(client: Elasticsearch, job: IndexJob) -> None:
    """A second run encodes and writes nothing."""
    index_collection(job, client)
    model = Counting(MODEL)
    summary = index_collection(replace(job, model=model), client)  # type: ignore[arg-type]
    assert numbers(summary) == (0, 3, 0, 0)
    assert model.encoded == []
    assert (summary.version, summary.promoted) == (f"{job.index}-v0001", False)


def test_a_changed_caption_is_encoded_alone(client: Elasticsearch, job: IndexJob) -> None:
    """A changed caption is encoded alone, and the old word no longer finds the image."""
    index_collection(job, client)
    model = Counting(MODEL)
    summary = index_collection(given(job, image("a", "boat"), *BIRDS[1:], model=model), client)
    assert numbers(summary) == (1, 2, 0, 0)
    assert model.encoded == ["a"]
    assert found(client, job.index, "boat") == {"a"}
    assert found(client, job.index, "owl") == set()


def test_every_item_is_counted_once(client: Elasticsearch, job: IndexJob) -> None:
    """Left-out and bad records and those without terms are counted once; bad ones go to the file."""
    bad = RecordError("row 4", "read", "it is no JSON")
    torn = ImageDocument("torn", "birds", (Caption("owl"),), ImageFile("torn.png", b"no image"))
    too_long = image("x" * 600)
    items = [*BIRDS, bad, torn, too_long, LeftOut("i", "icon"), image("mute", ""), CREDITED]
    summary = index_collection(given(job, *items), client)
    assert numbers(summary) == (3, 0, 3, 3)
    assert summary.read == len(items)
    assert dict(summary.left_out) == {"icon": 1, "no caption": 1, "no terms": 1}
    assert dict(summary.rejected) == {"read": 1, "decode": 1, "load": 1}
    assert summary.rejects_file == job.rejects
    rejected = [orjson.loads(line) for line in job.rejects.read_bytes().splitlines()]
    assert {row["id"] for row in rejected} == {"row 4", "torn", too_long.id}
    assert next(row for row in rejected if row["id"] == too_long.id)["record"]["captions"][0]["text"] == "owl"
    assert count(client, job.index) == 3


def test_strict_stops_at_the_first_bad_record(client: Elasticsearch, job: IndexJob) -> None:
    """A strict run stops at the first bad record, and nothing is served."""
    strict = given(job, *BIRDS, RecordError("row 4", "read", "it is no JSON"), strict=True)
    with pytest.raises(InputError, match="row 4 is bad: read: it is no JSON"):
        index_collection(strict, client)
    resolved = resolve(client, job.index)
    assert resolved is not None
    assert resolved.serving is None


def test_a_run_that_broke_is_completed_by_the_next(
    client: Elasticsearch, job: IndexJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next run encodes only what a failed run had not stored, and searches never reach half an index."""
    monkeypatch.setattr(
        "mlsr_es.elastic.bulk.chunks.LONGEST_WAIT_S", 0.0
    )  # a slow encoder's chunks are sent as they are
    many = [image(f"{number:03}") for number in range(4 * BLOCK)]
    with pytest.raises(OSError, match="cable"):
        index_collection(replace(job, source=Listed(many, breaks=OSError("the cable is out"))), client)
    resolved = resolve(client, job.index)
    assert resolved is not None
    assert resolved.serving is None
    summary = index_collection(given(job, *many), client)
    assert summary.promoted
    assert summary.version == f"{job.index}-v0001"
    assert summary.unchanged >= BLOCK
    assert summary.encoded + summary.unchanged == count(client, job.index) == len(many)


def test_another_model_takes_over_when_it_is_complete(client: Elasticsearch, job: IndexJob) -> None:
    """Searches reach the old version until another model's version is complete."""
    index_collection(job, client)
    searches: list[tuple[str, set[str]]] = []

    def searching() -> Iterable[ImageDocument]:
        for each in BIRDS:
            resolved = resolve(client, job.index)
            assert resolved is not None
            assert resolved.serving is not None
            searches.append((resolved.serving.index, found(client, job.index, "owl")))
            yield each

    summary = index_collection(replace(job, source=Listed(searching()), model=OTHER_MODEL), client)
    assert summary.version == f"{job.index}-v0002"
    assert summary.promoted
    assert searches == [(f"{job.index}-v0001", {"a"})] * 3
    assert (summary.kept, summary.removed) == (f"{job.index}-v0001", ())
    (hit,) = search(client, job.index, build_query({"owl": 1.0}, size=9)).hits
    assert hit.id == "a"
    assert hit.score == pytest.approx(1.0986, rel=2**-8)  # log(1 + 2): the other model's weight


def test_another_model_waits_for_all_collections(client: Elasticsearch, job: IndexJob) -> None:
    """Another model's version is not promoted until it has every collection of the serving version."""
    boats = given(job, image("x", "boat", "boats"), name="boats")
    index_collection(job, client)
    index_collection(boats, client)
    waiting = index_collection(replace(job, model=OTHER_MODEL), client)
    assert (waiting.promoted, waiting.missing_collections) == (False, ("boats",))
    assert found(client, job.index, "boat") == {"x"}
    complete = index_collection(replace(boats, model=OTHER_MODEL), client)
    assert (complete.promoted, complete.missing_collections) == (True, ())
    assert collections(client, job.index) == {"birds": 3, "boats": 1}
    assert complete.kept == f"{job.index}-v0001"


@pytest.mark.parametrize("other", [MODEL, OTHER_MODEL], ids=["one model", "two models"])
def test_two_runs_at_once_on_a_new_name_lose_nothing(client: Elasticsearch, job: IndexJob, other: BiEncoder) -> None:
    """One waits for the other. What the first has made searchable stays so, whatever the second does."""
    said: list[str] = []
    boats = replace(given(job, image("x", "boat", "boats"), name="boats"), model=other)
    second: Future[Summary] = Future()

    def run_second() -> None:
        second.set_result(index_collection(boats, client, say=said.append))

    thread = Thread(target=run_second)

    def reading() -> Iterable[ImageDocument]:
        thread.start()
        while not said:
            sleep(0.01)
        yield from BIRDS

    first = index_collection(replace(job, source=Listed(reading())), client)
    thread.join()
    assert said[0].startswith(f"Waiting for another run on {job.index} to end (index by ")
    assert first.promoted
    assert collections(client, job.index) == {"birds": 3} | ({"boats": 1} if other is MODEL else {})
    assert second.result().missing_collections == (() if other is MODEL else ("birds",))
    complete = index_collection(replace(job, model=other), client)
    assert not complete.missing_collections
    assert collections(client, job.index) == {"birds": 3, "boats": 1}


def test_a_version_that_was_promoted_meanwhile_is_not_replaced(client: Elasticsearch, job: IndexJob) -> None:
    """By a run that has decided before: neither is it lost, nor the one that was to replace it."""
    index_collection(job, client)
    index_collection(replace(job, model=OTHER_MODEL, promotes=False), client)
    index_collection(replace(job, model=word_model(3.0), promotes=False), client)
    first, second, third = (f"{job.index}-v000{number}" for number in (1, 2, 3))
    promote(client, job.index, second, serving=first)
    with pytest.raises(IndexMismatchError, match=f"reach {second} by now, and not {first}"):
        promote(client, job.index, third, serving=first)
    serving, kept = standing(client, job.index)
    assert (serving, kept[third]) == (second, State.READY)


def test_a_swap_between_the_look_and_the_step_fails_whole(
    client: Elasticsearch, job: IndexJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cluster itself sees that the alias is elsewhere; the version stays ready, so that no run removes it."""
    index_collection(job, client)
    index_collection(replace(job, model=OTHER_MODEL, promotes=False), client)
    index_collection(replace(job, model=word_model(3.0), promotes=False), client)
    first, second, third = (f"{job.index}-v000{number}" for number in (1, 2, 3))
    stale = versions_module._find(client, job.index)
    promote(client, job.index, second)
    monkeypatch.setattr(versions_module, "_find", lambda *_: stale)
    with pytest.raises(IndexMismatchError, match="nothing was changed"):
        promote(client, job.index, third, serving=first)
    monkeypatch.undo()
    serving, kept = standing(client, job.index)
    assert (serving, kept[third]) == (second, State.READY)


def test_a_run_that_has_lost_its_lease_changes_nothing_at_the_end(
    client: Elasticsearch, job: IndexJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was away for so long that another run has taken over."""
    index_collection(job, client)

    def reading() -> Iterable[ImageDocument]:
        yield from BIRDS
        client.index(index=lease_index(job.index), id="lease", document={"token": "other", "doing": "index"})

    with pytest.raises(ClusterError, match="another run has taken over"):
        index_collection(replace(job, source=Listed(reading()), model=OTHER_MODEL), client)
    assert standing(client, job.index)[0] == f"{job.index}-v0001"
    monkeypatch.setattr("mlsr_es.elastic.versions.lease.STALE_S", 0.1)
    assert index_collection(replace(job, model=OTHER_MODEL), client).promoted


def test_one_way_back_is_kept(client: Elasticsearch, job: IndexJob) -> None:
    """After a run, the version before the present one is kept, and older ones are removed."""
    index_collection(job, client)
    index_collection(replace(job, model=OTHER_MODEL), client)
    summary = index_collection(replace(job, model=word_model(3.0)), client)
    assert (summary.version, summary.kept) == (f"{job.index}-v0003", f"{job.index}-v0002")
    assert summary.removed == (f"{job.index}-v0001",)
    assert sorted(indices(client, job.index)) == [f"{job.index}-v0002", f"{job.index}-v0003"]


def test_going_back_to_a_model_encodes_only_what_has_changed(client: Elasticsearch, job: IndexJob) -> None:
    """For an earlier model, its kept version is brought up to date and promoted again."""
    index_collection(job, client)
    index_collection(replace(job, model=OTHER_MODEL), client)
    summary = index_collection(given(job, image("a", "boat"), *BIRDS[1:]), client)
    assert (summary.version, summary.encoded, summary.promoted) == (f"{job.index}-v0001", 1, True)
    assert summary.kept == f"{job.index}-v0002"
    assert found(client, job.index, "boat") == {"a"}


def test_a_version_can_be_made_ready_and_wait(client: Elasticsearch, job: IndexJob) -> None:
    """A ready version is searched only after its promotion, and no run removes it."""
    index_collection(job, client)
    summary = index_collection(replace(job, model=OTHER_MODEL, promotes=False), client)
    assert (summary.promoted, summary.ready, summary.kept) == (False, True, "")
    resolved = resolve(client, job.index)
    assert resolved is not None
    assert resolved.serving is not None
    assert resolved.serving.index == f"{job.index}-v0001"
    index_collection(replace(job, model=word_model(3.0)), client)
    third = index_collection(replace(job, model=word_model(4.0)), client)
    assert third.removed == (f"{job.index}-v0001",)
    assert f"{job.index}-v0002" in indices(client, job.index)


def test_images_that_left_the_source_stay_until_they_are_pruned(client: Elasticsearch, job: IndexJob) -> None:
    """Pruning removes images that left the source, and none of another collection."""
    index_collection(job, client)
    index_collection(given(job, image("x", "owl", "boats"), name="boats"), client)
    left = given(job, BIRDS[1])
    assert index_collection(left, client).pruned == 0
    assert found(client, job.index, "owl") == {"a", "x"}
    summary = index_collection(replace(left, prune_missing=True), client)
    assert (summary.pruned, summary.not_pruned) == (2, "")
    assert found(client, job.index, "owl") == {"x"}
    assert collections(client, job.index) == {"birds": 1, "boats": 1}


def test_a_collection_from_somewhere_else_is_not_pruned_at_once(client: Elasticsearch, job: IndexJob) -> None:
    """A collection from another folder of the same name is pruned only at the second run."""
    index_collection(replace(job, origin="/a/birds"), client)
    elsewhere = given(job, BIRDS[0], origin="/b/birds", prune_missing=True)
    summary = index_collection(elsewhere, client)
    assert summary.pruned == 0
    assert "/a/birds" in summary.not_pruned
    assert "--collection" in summary.not_pruned
    assert index_collection(elsewhere, client).pruned == 2


def test_nothing_is_pruned_after_a_record_that_could_not_be_read(client: Elasticsearch, job: IndexJob) -> None:
    """Nothing is pruned if a record could not be read, because its id is unknown."""
    index_collection(job, client)
    summary = index_collection(given(job, BIRDS[0], RecordError("row 2", "read", "torn"), prune_missing=True), client)
    assert summary.pruned == 0
    assert summary.not_pruned.startswith("1 records could not be read")
    assert count(client, job.index) == 3


def test_nothing_is_pruned_after_a_source_that_broke(client: Elasticsearch, job: IndexJob) -> None:
    """Nothing is pruned if the source failed, because the rest of it is unknown."""
    index_collection(job, client)
    with suppress(OSError):
        index_collection(replace(job, source=Listed(BIRDS[:1], breaks=OSError()), prune_missing=True), client)
    refresh(client, job.index)
    assert count(client, job.index) == 3


def test_what_is_broken_today_is_not_pruned(client: Elasticsearch, job: IndexJob) -> None:
    """An image that cannot be opened keeps its stored document."""
    index_collection(job, client)
    torn = replace(BIRDS[0], image=ImageFile("a.png", b"no image"))
    summary = index_collection(given(job, torn, *BIRDS[1:], prune_missing=True), client)
    assert (summary.pruned, dict(summary.rejected)) == (0, {"decode": 1})
    assert found(client, job.index, "owl") == {"a"}


@pytest.mark.parametrize("changed", [image("a", ""), replace(CREDITED, id="a")], ids=["no caption", "no term"])
def test_what_a_rule_leaves_out_is_pruned(client: Elasticsearch, job: IndexJob, changed: ImageDocument) -> None:
    """An image that a rule leaves out is pruned, or queries would still find it."""
    index_collection(job, client)
    summary = index_collection(given(job, changed, *BIRDS[1:], prune_missing=True), client)
    assert (summary.pruned, summary.left_out.total()) == (1, 1)
    assert found(client, job.index, "owl") == set()


def test_an_id_of_another_collection_is_rejected(client: Elasticsearch, job: IndexJob) -> None:
    """An id of another collection is rejected, and the stored image stays as it is."""
    index_collection(job, client)
    summary = index_collection(
        given(job, image("a", "boat", "boats"), image("x", "boat", "boats"), name="boats"), client
    )
    assert dict(summary.rejected) == {"index": 1}
    assert found(client, job.index, "owl") == {"a"}
    assert found(client, job.index, "boat") == {"x"}


def test_an_id_twice_in_a_source_is_stored_once(client: Elasticsearch, job: IndexJob) -> None:
    """If a source gives an id twice, the last document is stored and the run succeeds."""
    summary = index_collection(given(job, image("a", "owl"), image("a", "boat")), client)
    assert summary.read == 2
    assert count(client, job.index) == 1


def test_a_source_of_which_nothing_is_left_makes_no_index(client: Elasticsearch, job: IndexJob) -> None:
    """A source without a document to encode makes no index, and the error counts its records."""
    with pytest.raises(SourceError, match=r"of 2 images 1 are left out by rule \(icon 1\) and 1 are rejected"):
        index_collection(given(job, LeftOut("i", "icon"), RecordError("r", "read", "bad")), client)
    assert indices(client, job.index) == {}


def test_a_dry_run_writes_nothing(client: Elasticsearch, job: IndexJob) -> None:
    """A dry run shows the mapping and the first document as they would be sent, and writes nothing."""
    shown = preview_indexing(job, client)
    assert indices(client, job.index) == {}
    assert shown.described == "a new version of the index will be built"
    assert shown.body["mappings"]["properties"]["mlsr"]["properties"]["terms"] == {"type": "rank_features"}
    assert isinstance(shown.action, IndexAction)
    assert (shown.action.id, shown.action.body["mlsr"]["top_terms"]) == ("a", ["owl"])
    assert [prepared.record.id for prepared in shown.block.ready] == ["a", "b", "c"]


def test_a_dry_run_passes_over_what_is_unchanged(client: Elasticsearch, job: IndexJob) -> None:
    """A dry run reads on to the first block with something to encode, and writes nothing."""
    many = [image(f"{number:03}") for number in range(BLOCK)]
    index_collection(given(job, *many), client)
    before = indices(client, job.index)
    shown = preview_indexing(given(job, *many, image("new", "boat")), client)
    assert shown.action is not None
    assert shown.action.id == "new"
    assert shown.described == f"{job.index}-v0001 will be brought up to date"
    assert preview_indexing(given(job, *many), client).action is None
    refresh(client, job.index)
    assert indices(client, job.index) == before
    assert count(client, job.index) == BLOCK


class Content(bytes):
    """An image's bytes, counted as long as they are in memory."""

    alive = most = 0

    def __new__(cls, content: bytes) -> Self:
        """Count one more."""
        cls.alive += 1
        cls.most = max(cls.most, cls.alive)
        return super().__new__(cls, content)

    def __del__(self) -> None:
        type(self).alive -= 1


def test_memory_does_not_grow_with_the_source(client: Elasticsearch, job: IndexJob) -> None:
    """Of a few thousand images only some blocks are in memory, even while their documents wait for the cluster."""
    dot = BytesIO()
    Image.new("RGB", (2, 2)).save(dot, "PNG")
    source: Source = Listed(
        ImageDocument(f"{number:04}", "birds", (Caption("owl"),), ImageFile("dot.png", Content(dot.getvalue())))
        for number in range(2_000)
    )
    summary = index_collection(replace(job, source=source), client)
    assert summary.encoded == 2_000
    assert Content.most <= 4 * BLOCK
    assert Content.alive == 0


def test_somebody_elses_index_is_not_written_to(client: Elasticsearch, job: IndexJob) -> None:
    """Indexing into somebody else's index is refused before anything is encoded."""
    client.indices.create(index=job.index)
    model = Counting(MODEL)
    with pytest.raises(IndexMismatchError, match="not made by mlsr-es"):
        index_collection(replace(job, model=model), client)  # type: ignore[arg-type]
    assert model.encoded == []


def test_a_version_without_this_collection_gets_it(client: Elasticsearch, job: IndexJob) -> None:
    """A collection is added to a version, and the documents of others in it stay."""
    version = create_version(client, job.index, IndexMeta("words", MODEL.revision, "v", "mlp", "mlp"))
    assert len(list(load(client, version, [IndexAction("z", {"image_id": "z", "collection": "others"})]))) == 1
    promote(client, job.index, version)
    assert index_collection(replace(job, prune_missing=True), client).version == version
    assert collections(client, job.index) == {"birds": 3, "others": 1}
