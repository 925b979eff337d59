"""Weights for somebody's documents, on a real node: what is written, and what stays as it was."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from threading import Thread
from time import sleep
from typing import Any

import orjson
import pytest
from elasticsearch import Elasticsearch

from mlsr_es.collection import ImageDocument, Section
from mlsr_es.elastic.reading import ReadDocument, count
from mlsr_es.elastic.versions import resolve
from mlsr_es.encoders import BiEncoder
from mlsr_es.errors import IndexMismatchError, InputError, SourceError
from mlsr_es.hybrid import AUTO, STEMS, Hybrid
from mlsr_es.indexing import EnrichJob, IndexJob, OwnersFields, Summary, enrich, index_collection, preview_enriching
from mlsr_es.sources import Fetcher, ImageStore
from mlsr_es.suggestion import SuggestOptions, hybrid_for, serving_version, suggest
from tests.indexing.enriching.seeing import Seeing, png
from tests.indexing.enriching.shop import MAPPING, Shop
from tests.indexing.listed import Listed
from tests.indexing.listed import image as listed_image
from tests.models import word_model

MODEL, OTHER_MODEL, THIRD_MODEL = word_model(), word_model(2.0), word_model(3.0)
NAMES = {"1": "owl", "2": "heron", "3": "robin"}


class Counting:
    """A model that counts the documents that it encodes, and can call a function meanwhile."""

    def __init__(self, model: BiEncoder, meanwhile: Callable[[], object] = lambda: None) -> None:
        self._model = model
        self._meanwhile = meanwhile
        self.encoded: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    def encode_documents(self, documents: Sequence[ImageDocument], images: Any = None) -> Any:
        """Encode as the model does, and count."""
        self.encoded += [document.id for document in documents]
        self._meanwhile()
        return self._model.encode_documents(documents, images)


@pytest.fixture
def shop(client: Elasticsearch, index_name: str) -> Shop:
    """Three products with a name."""
    shop = Shop.made(client, index_name)
    for id_, name in NAMES.items():
        shop.put(id_, {"name": name, "price": 1.5})
    return shop


@pytest.fixture
def job(shop: Shop, tmp_path: Path) -> EnrichJob:
    """A job that reads the products' names as captions."""
    return EnrichJob(shop.index, OwnersFields.parse(["name"], ""), MODEL, "words", rejects=tmp_path / "rejects.ndjson")


def seeing(job: EnrichJob, image: str = "photo", captions: Sequence[str] = (), **changes: Any) -> EnrichJob:
    """The same job with a model that reads images."""
    fields = OwnersFields.parse(captions, image)
    return replace(job, model=changes.pop("model", Seeing()), fields=fields, **changes)


def numbers(summary: Summary) -> tuple[int, int, int, int]:
    """The numbers of encoded, unchanged, left-out and rejected documents."""
    return summary.encoded, summary.unchanged, summary.left_out.total(), summary.rejected.total()


def encoded(colour: str) -> str:
    """A picture as base64."""
    return base64.b64encode(png(colour)).decode()


def rejected(job: EnrichJob) -> dict[str, str]:
    """The reason for each bad record, by id."""
    return {row["id"]: row["reason"] for row in map(orjson.loads, job.rejects.read_bytes().splitlines())}


def test_documents_are_found_by_their_words(shop: Shop, job: EnrichJob, client: Elasticsearch) -> None:
    """Documents are found by their words in their owner's index, which keeps its name and metadata."""
    summary = enrich(job, client)
    assert numbers(summary) == (3, 0, 0, 0)
    assert (summary.version, summary.field, summary.promoted) == (shop.index, "mlsr.terms", True)
    assert {word: shop.finds(word) for word in ("owl", "heron", "knot")} == {
        "owl": {"1"},
        "heron": {"2"},
        "knot": set(),
    }
    assert {name: value for name, value in shop.meta.items() if name != "mlsr"} == MAPPING["_meta"]
    assert shop.meta["mlsr"]["state"] == "serving"


def test_every_other_field_stays_as_it_was(shop: Shop, job: EnrichJob, client: Elasticsearch) -> None:
    """All other fields stay the same bytes: order, dots in names, nulls, empty values, other scripts, numbers."""
    rich = (
        b'{"zebra":1,"name":"an owl","a.b.c":{"d.e":[{"f":null},{"f":2}]},"empty":{},"none":[],"nothing":null,'
        b'"price":1.5,"whole":1.0,"large":123456789012345678,"small":1.0E-7,"minus":-0.0,"yes":true,'
        b'"text":"\xc3\xbcn\xc3\xaf \xe6\xa2\x9f \xf0\x9f\xa6\x89 \\"quoted\\" <b>&amp;</b> \\n\\t\\u0001",'
        b'"attic":{"lists":[[1,2],[],[{"x":[{"y":"z"}]}]]},"date":"2020-01-01","about":["one","two"]}'
    )
    shop.put("rich", rich, routing="there")
    before = {key: shop.raw(*key) for key in (("1", None), ("2", None), ("3", None), ("rich", "there"))}
    assert numbers(enrich(job, client)) == (4, 0, 0, 0)
    assert numbers(enrich(replace(job, model=OTHER_MODEL), client)) == (4, 0, 0, 0)
    assert {key: shop.raw(*key) for key in before} == before
    assert list(shop.source("rich", "there"))[:3] == ["zebra", "name", "a.b.c"]
    assert shop.finds("owl") == {"1", "rich"}


def test_a_second_run_encodes_nothing_and_writes_nothing(shop: Shop, job: EnrichJob, client: Elasticsearch) -> None:
    """A second run encodes and writes nothing, so the documents keep their sequence numbers."""
    enrich(job, client)
    versions = [client.get(index=shop.index, id=id_)["_seq_no"] for id_ in NAMES]
    model = Counting(MODEL)
    summary = enrich(replace(job, model=model), client)  # type: ignore[arg-type]
    assert (numbers(summary), summary.promoted, model.encoded) == ((0, 3, 0, 0), False, [])
    assert [client.get(index=shop.index, id=id_)["_seq_no"] for id_ in NAMES] == versions


def test_what_is_new_or_changed_is_encoded_alone(shop: Shop, job: EnrichJob, client: Elasticsearch) -> None:
    """Only documents with a new or changed caption are encoded, whether they were replaced or updated."""
    enrich(job, client)
    shop.put("4", {"name": "boat"})
    shop.put("1", {"name": "knot"})
    client.update(index=shop.index, id="2", doc={"name": "sail"}, refresh=True)
    client.update(index=shop.index, id="3", doc={"price": 9}, refresh=True)
    model = Counting(MODEL)
    summary = enrich(replace(job, model=model), client)  # type: ignore[arg-type]
    assert numbers(summary) == (3, 1, 0, 0)
    assert sorted(model.encoded) == ["1", "2", "4"]
    assert {word: shop.finds(word) for word in ("owl", "heron", "knot", "sail", "boat")} == {
        "owl": set(),
        "heron": set(),
        "knot": {"1"},
        "sail": {"2"},
        "boat": {"4"},
    }


def test_custom_routing_is_passed_on(shop: Shop, job: EnrichJob, client: Elasticsearch) -> None:
    """Two documents with the same id and different routing are both enriched."""
    routed: dict[str, str] = {}
    for routing in "abcdefgh":
        shop.put("same", {"name": "boat" if not routed else "sail"}, routing=routing)
        shard = client.search_shards(index=shop.index, routing=routing)["shards"][0][0]["shard"]
        routed[shard] = routing
    assert numbers(enrich(job, client)) == (5, 0, 0, 0)
    terms = [shop.source("same", routing)["mlsr"]["top_terms"] for routing in routed.values()]
    assert all(terms)
    assert numbers(enrich(job, client)) == (0, 5, 0, 0)


def test_what_is_changed_meanwhile_is_read_again(shop: Shop, job: EnrichJob, client: Elasticsearch) -> None:
    """A document that is changed during a run keeps the change and is encoded with it; a removed one stays removed."""

    def change() -> None:
        if len(model.encoded) == len(NAMES):
            shop.put("1", {"name": "knot"})
            client.delete(index=shop.index, id="2")

    model = Counting(MODEL, change)
    summary = enrich(replace(job, model=model), client)  # type: ignore[arg-type]
    assert numbers(summary) == (2, 0, 1, 0)
    assert (summary.read_again, dict(summary.left_out)) == (1, {"removed meanwhile": 1})
    assert (shop.source("1")["name"], shop.finds("knot"), shop.finds("owl")) == ("knot", {"1"}, set())
    assert not client.exists(index=shop.index, id="2")


def test_what_is_changed_each_time_is_rejected(shop: Shop, job: EnrichJob, client: Elasticsearch) -> None:
    """A document that is changed each time it is read is rejected, and the others are written."""
    model = Counting(MODEL, lambda: shop.put("1", {"name": "knot"}))
    summary = enrich(replace(job, model=model), client)  # type: ignore[arg-type]
    assert numbers(summary) == (2, 0, 0, 1)
    assert rejected(job) == {"1": "it was changed each of 5 times that it was read"}


def test_what_no_longer_has_a_caption_loses_its_weights(shop: Shop, job: EnrichJob, client: Elasticsearch) -> None:
    """A document without captions loses its old weights once, and is then left alone."""
    enrich(job, client)
    client.update(index=shop.index, id="1", doc={"name": ""}, refresh=True)
    client.update(index=shop.index, id="2", doc={"name": "unheard-of"}, refresh=True)
    summary = enrich(job, client)
    assert (numbers(summary), summary.cleared) == ((0, 1, 2, 0), 2)
    assert dict(summary.left_out) == {"no caption": 1, "no terms": 1}
    assert (shop.finds("owl"), shop.finds("heron")) == (set(), set())
    again = enrich(job, client)
    assert (again.encoded, again.cleared, again.left_out["no caption"]) == (0, 0, 1)


def test_documents_without_captions_are_left_alone(shop: Shop, job: EnrichJob, client: Elasticsearch) -> None:
    """Nothing is written to documents without captions."""
    shop.put("bare", {"price": 2})
    summary = enrich(job, client)
    assert dict(summary.left_out) == {"no caption": 1}
    assert "mlsr" not in shop.source("bare")


def test_an_index_of_which_nothing_can_be_encoded_does_not_serve(
    client: Elasticsearch, index_name: str, tmp_path: Path
) -> None:
    """An index without any document to encode does not serve, and the error counts its documents."""
    shop = Shop.made(client, index_name)
    shop.put("1", {"price": 1})
    job = EnrichJob(shop.index, OwnersFields.parse(["name"], ""), MODEL, "words", rejects=tmp_path / "r")
    with pytest.raises(SourceError, match=r"of 1 documents 1 are left out by rule \(no caption 1\) and 0 are rejected"):
        enrich(job, client)
    with pytest.raises(IndexMismatchError, match="weights are being added"):
        serving_version(client, shop.index)


def test_another_model_fills_another_field_and_is_switched_to_last(
    shop: Shop, job: EnrichJob, client: Elasticsearch
) -> None:
    """Searches switch to another model's field at the end, and back again without any encoding."""
    enrich(job, client)
    serving: list[tuple[str, set[str]]] = []

    def look() -> None:
        resolved = resolve(client, shop.index)
        assert resolved is not None
        assert resolved.serving is not None
        serving.append((resolved.serving.meta.field, shop.finds("owl", resolved.serving.meta.field)))

    model = Counting(OTHER_MODEL, look)
    summary = enrich(replace(job, model=model, model_name="others"), client)  # type: ignore[arg-type]
    assert serving == [("mlsr.terms", {"1"})]
    assert (summary.field, summary.promoted, numbers(summary)) == ("mlsr.second.terms", True, (3, 0, 0, 0))
    assert shop.finds("owl", "mlsr.second.terms") == {"1"}
    assert (shop.meta["mlsr"]["model"], shop.meta["mlsr"]["filling"]) == ("others", {})
    back = enrich(job, client)
    assert (numbers(back), back.field, back.promoted) == ((0, 3, 0, 0), "mlsr.terms", True)
    third = enrich(replace(job, model=THIRD_MODEL), client)
    assert (third.field, numbers(third)) == ("mlsr.second.terms", (3, 0, 0, 0))


def test_what_another_model_cannot_encode_has_no_weights_of_a_model_before(
    shop: Shop, job: EnrichJob, client: Elasticsearch, tmp_path: Path
) -> None:
    """A document that the new model cannot encode loses the weights of an older model in the same field."""
    shop.put("pictured", {"name": "sail", "photo": "red.png"})
    (tmp_path / "red.png").write_bytes(png("red"))
    images = seeing(job, captions=["name"], store=ImageStore(folder=tmp_path.resolve()))
    assert enrich(images, client).encoded == 1
    assert enrich(job, client).field == "mlsr.second.terms"
    (tmp_path / "red.png").unlink()
    other: EnrichJob = seeing(images, captions=["name"], model=Seeing(2.0))
    with pytest.raises(SourceError):
        enrich(other, client)
    assert shop.finds("sail", "mlsr.terms") == set()
    assert shop.finds("sail", "mlsr.second.terms") == {"pictured"}


def test_two_models_at_once_come_one_after_the_other(shop: Shop, job: EnrichJob, client: Elasticsearch) -> None:
    """The second waits; its weights serve in the end, of all documents, and the first ones are the way back."""
    enrich(job, client)
    said: list[str] = []
    thread = Thread(target=lambda: enrich(replace(job, model=THIRD_MODEL), client, say=said.append))

    def begin() -> None:
        thread.start()
        while not said:
            sleep(0.01)

    first = enrich(replace(job, model=Counting(OTHER_MODEL, begin)), client)  # type: ignore[arg-type]
    thread.join()
    assert said[0].startswith(f"Waiting for another run on {job.index} to end (enrich by ")
    assert first.promoted
    assert shop.meta["mlsr"]["revision"] == THIRD_MODEL.revision
    again = enrich(replace(job, model=THIRD_MODEL), client)
    assert (again.encoded, again.unchanged) == (0, first.encoded)


def test_two_models_without_a_lease_do_not_both_win(
    shop: Shop, job: EnrichJob, client: Elasticsearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where rights allow none: the one that began last serves, and the other run fails."""
    monkeypatch.setattr("mlsr_es.indexing.enrich_job.leased", lambda *_, **__: nullcontext())
    enrich(job, client)
    model = Counting(OTHER_MODEL, lambda: enrich(replace(job, model=THIRD_MODEL), client))
    with pytest.raises(IndexMismatchError, match="another run has written another model's weights"):
        enrich(replace(job, model=model), client)  # type: ignore[arg-type]
    assert shop.meta["mlsr"]["revision"] == THIRD_MODEL.revision


def test_base64_images_are_seen(shop: Shop, job: EnrichJob, client: Elasticsearch) -> None:
    """Images in base64 are encoded; documents without an image are left out, and those with a bad one are rejected."""
    shop.put("red", {"photo": encoded("red"), "name": "sail"})
    shop.put("uri", {"photo": f"data:image/png;base64,{encoded('blue')}"})
    shop.put("torn", {"photo": base64.b64encode(b"no image").decode()})
    shop.put("path", {"photo": "images/red.png"})
    summary = enrich(seeing(job, captions=["name"]), client)
    assert numbers(summary) == (2, 0, 3, 2)
    assert dict(summary.left_out) == {"no image": 3}
    assert (shop.finds("robin"), shop.finds("boat"), shop.finds("sail")) == ({"red"}, {"uri"}, {"red"})
    reasons = rejected(job)
    assert reasons["torn"].startswith("image 1: it is no image that is read")
    assert "image 1 is no base64" in reasons["path"]


def test_several_images_are_one_vector(shop: Shop, job: EnrichJob, client: Elasticsearch, tmp_path: Path) -> None:
    """A document with several images keeps each term's largest weight, and its images' shares add up to the score."""
    for colour in ("red", "blue"):
        (tmp_path / f"{colour}.png").write_bytes(png(colour))
    photos = [{"src": "red.png", "alt": "knot"}, {"src": "blue.png", "alt": ["sail", "owl"]}, {"alt": "no image"}]
    shop.put("two", {"name": "heron", "photos": photos})
    captions = ["name:title", "photos.alt:alt"]
    several = seeing(job, "photos.src", captions, store=ImageStore(folder=tmp_path.resolve()))
    assert enrich(several, client).encoded == 1
    source = shop.source("two")["mlsr"]
    assert set(source["top_terms"]) == {"heron", "knot", "robin", "sail", "owl", "boat"}
    owed = {image["image"]: set(image["terms"]) for image in source["images"]}
    assert owed == {"red.png": {"heron", "knot", "robin"}, "blue.png": {"sail", "owl", "boat"}}

    query = Section("q", "a heron on a boat with sail")
    model: Any = several.model
    options = SuggestOptions(explain=True)
    (image,) = suggest(client, shop.index, query, options, encoder=lambda _meta: model).images
    shares = [(share.image, set(share.terms)) for share in image.shares]
    assert shares == [("blue.png", {"boat", "sail"}), ("red.png", {"heron"})]
    assert sum(share.score for share in image.shares) == pytest.approx(image.score)
    assert image.captions == ("heron", "knot", "sail", "owl", "no image")
    assert "mlsr" not in image.source

    shop.put("two", {**shop.source("two"), "photos": photos[:1]})
    assert enrich(several, client).encoded == 1
    assert shop.source("two")["mlsr"]["images"] == []  # one image needs no shares


def test_only_changed_images_are_looked_at(shop: Shop, job: EnrichJob, client: Elasticsearch, tmp_path: Path) -> None:
    """An image file is encoded again only if its bytes have changed."""
    for name in ("a", "b"):
        (tmp_path / f"{name}.png").write_bytes(png("red"))
        shop.put(name, {"photo": f"{name}.png"})
    model = Seeing()
    images = seeing(job, store=ImageStore(folder=tmp_path.resolve()), model=model)
    assert (enrich(images, client).encoded, model.seen) == (2, 2)
    (tmp_path / "b.png").write_bytes(png("blue"))
    summary = enrich(images, client)
    assert (summary.encoded, summary.unchanged, model.seen) == (1, 1, 3)
    assert (shop.finds("robin"), shop.finds("boat")) == ({"a"}, {"b"})


def test_urls_are_fetched_once(shop: Shop, job: EnrichJob, client: Elasticsearch) -> None:
    """An image is fetched once, or again with ``refetch``; a refused URL rejects the record with the reason."""
    asked: list[str] = []

    class Web(Fetcher):
        """A fetcher that has a picture at each address except this machine's."""

        def fetch(self, url: str) -> bytes:
            asked.append(url)
            return png("red") if "example" in url else super().fetch(url)

    shop.put("far", {"photo": "https://shop.example/red.png"})
    shop.put("near", {"photo": "http://127.0.0.1:9200/_cluster/settings"})
    shop.put("file", {"photo": "file:///etc/passwd"})
    images = seeing(job, store=ImageStore(fetcher=Web()))
    assert numbers(enrich(images, client)) == (1, 0, 3, 2)
    assert "which is not on the open internet" in rejected(job)["near"]
    assert "only http and https" in rejected(job)["file"]
    asked.clear()
    assert (enrich(images, client).unchanged, "https://shop.example/red.png" in asked) == (1, False)
    assert (enrich(replace(images, refetch=True), client).encoded, asked.count("https://shop.example/red.png")) == (
        1,
        1,
    )


def test_too_many_images_are_rejected(shop: Shop, job: EnrichJob, client: Elasticsearch) -> None:
    """A document with too many images is rejected."""
    shop.put("album", {"photo": [encoded("red")] * 33})
    shop.put("odd", {"photo": encoded("blue")})
    assert enrich(seeing(job), client).rejected["read"] == 1
    assert rejected(job)["album"] == "it has 33 images, and at most 32 are read"


def test_an_index_of_its_own_leaves_the_other_alone(
    shop: Shop, job: EnrichJob, client: Elasticsearch, index_name: str
) -> None:
    """An index of its own has the same ids, is incremental, loses removed documents, and can be searched."""
    mapping = client.indices.get_mapping(index=shop.index).body
    before = [client.get(index=shop.index, id=id_).body for id_ in NAMES]
    beside = replace(job, into=f"{index_name}-beside")
    summary = enrich(beside, client)
    assert (numbers(summary), summary.promoted, summary.version) == ((3, 0, 0, 0), True, f"{beside.into}-v0001")
    companion = Shop(client, beside.into)
    assert companion.finds("owl") == {"1"}
    assert companion.source("1")["caption"] == {"description": ["owl"]}
    assert client.indices.get_mapping(index=shop.index).body == mapping
    assert [client.get(index=shop.index, id=id_).body for id_ in NAMES] == before

    client.delete(index=shop.index, id="1", refresh=True)
    shop.put("2", {"name": ""})
    shop.put("4", {"name": "boat"})
    again = enrich(beside, client)
    assert (numbers(again), again.pruned, again.promoted) == ((1, 1, 1, 0), 2, False)
    assert (companion.finds("owl"), companion.finds("heron"), companion.finds("boat")) == (set(), set(), {"4"})

    other = enrich(replace(beside, model=OTHER_MODEL), client)
    assert (other.version, other.promoted) == (f"{beside.into}-v0002", True)
    assert count(client, beside.into) == 2


def test_an_index_of_its_own_is_searched_with_bm25_at_the_models_weight(
    job: EnrichJob, client: Elasticsearch, index_name: str
) -> None:
    """An index of its own has the captions' stems and the model's weight of BM25; the owner's index has neither."""
    model = word_model()
    model.hybrid = Hybrid(STEMS, 0.12, "12 sections")
    beside = replace(job, model=model, into=f"{index_name}-beside")
    enrich(beside, client)
    assert hybrid_for(serving_version(client, beside.into), AUTO) == model.hybrid
    enrich(replace(job, model=model), client)
    with pytest.raises(IndexMismatchError, match="holds no weight for BM25"):
        hybrid_for(serving_version(client, job.index), AUTO)


def test_versions_of_an_index_of_its_own_are_tidied(job: EnrichJob, client: Elasticsearch, index_name: str) -> None:
    """Of an index of its own, one previous version is kept."""
    beside = replace(job, into=f"{index_name}-beside")
    enrich(beside, client)
    second = enrich(replace(beside, model=OTHER_MODEL), client)
    third = enrich(replace(beside, model=THIRD_MODEL), client)
    assert (second.kept, second.removed) == (f"{beside.into}-v0001", ())
    assert (third.kept, third.removed) == (f"{beside.into}-v0002", (f"{beside.into}-v0001",))
    assert not client.indices.exists(index=f"{beside.into}-v0001")


def test_an_index_of_its_own_that_stays_empty_is_not_left_behind(
    job: EnrichJob, client: Elasticsearch, index_name: str
) -> None:
    """A new index of its own is removed if no document can be encoded."""
    beside = replace(job, into=f"{index_name}-beside", fields=OwnersFields.parse(["about"], ""))
    with pytest.raises(SourceError, match=r"3 are left out by rule \(no caption 3\)"):
        enrich(beside, client)
    assert not client.indices.exists(index=f"{beside.into}-v0001")


def test_an_index_of_its_own_has_the_images_own_sizes(
    shop: Shop, job: EnrichJob, client: Elasticsearch, index_name: str
) -> None:
    """The stored size is that of the image, not of the smaller one for the model."""
    shop.put("wide", {"photo": base64.b64encode(png("red", 2000, 500)).decode()})
    enrich(seeing(replace(job, into=f"{index_name}-beside")), client)
    source = Shop(client, f"{index_name}-beside").source("wide")
    assert (source["width"], source["height"]) == (2000, 500)


def test_an_index_is_not_its_own_companion(job: EnrichJob, client: Elasticsearch) -> None:
    """An index cannot be enriched into itself, by any of its names."""
    with pytest.raises(InputError, match=r"names .* itself"):
        enrich(replace(job, into=job.index), client)


def test_an_alias_of_the_owners_is_read_and_searched(shop: Shop, job: EnrichJob, client: Elasticsearch) -> None:
    """An alias of the owner's can be enriched and searched; its filter limits the documents."""
    client.indices.put_alias(index=shop.index, name=f"{shop.index}-some", filter={"term": {"name": "owl"}})
    some = replace(job, index=f"{shop.index}-some")
    assert numbers(enrich(some, client)) == (1, 0, 0, 0)
    found = suggest(client, some.index, Section("q", "owl heron"), encoder=MODEL)
    assert [image.id for image in found.images] == ["1"]


def test_what_was_enriched_is_not_indexed_into(shop: Shop, job: EnrichJob, client: Elasticsearch) -> None:
    """``index`` refuses an enriched index, which it would otherwise treat as a version."""
    enrich(job, client)
    indexing = IndexJob(Listed([listed_image("a")]), shop.index, MODEL, "words", rejects=job.rejects)
    with pytest.raises(IndexMismatchError, match="is somebody's own index"):
        index_collection(indexing, client)
    assert set(NAMES) == {hit["_id"] for hit in client.search(index=shop.index)["hits"]["hits"]}


def test_strict_stops_at_the_first_bad_record(shop: Shop, job: EnrichJob, client: Elasticsearch) -> None:
    """A strict run stops at the first bad record and serves nothing; a run without it completes the work."""
    shop.put("bad", {"photo": "?"})
    shop.put("good", {"photo": encoded("red")})
    strict = seeing(job, strict=True)
    with pytest.raises(InputError, match="the record bad is bad: read: image 1 is no base64"):
        enrich(strict, client)
    with pytest.raises(IndexMismatchError, match="not complete yet"):
        serving_version(client, shop.index)
    assert enrich(replace(strict, strict=False), client).promoted


def test_a_dry_run_writes_nothing(shop: Shop, job: EnrichJob, client: Elasticsearch) -> None:
    """A dry run shows the fields and the first update as they would be sent, and writes nothing."""
    mapping = client.indices.get_mapping(index=shop.index).body
    shown = preview_enriching(job, client)
    assert client.indices.get_mapping(index=shop.index).body == mapping
    assert "mlsr" not in shop.source("1")
    assert shown.body["properties"]["mlsr"]["properties"]["terms"] == {"type": "rank_features"}
    assert shown.action is not None
    assert shown.action.id in NAMES
    assert shown.described == f"weights will be added to the documents of {shop.index}, in mlsr.terms"


def test_a_field_that_the_model_needs_has_to_be_named(shop: Shop, job: EnrichJob, client: Elasticsearch) -> None:
    """A model that reads captions or images needs a field for them."""
    with pytest.raises(InputError, match=r"reads captions.*--caption-field"):
        enrich(replace(job, fields=OwnersFields({})), client)
    with pytest.raises(InputError, match=r"reads images.*--image-field"):
        enrich(seeing(job, ""), client)
    assert shop.source("1").keys() == {"name", "price"}


@pytest.fixture
def clashing(client: Elasticsearch, index_name: str, tmp_path: Path) -> Iterator[Callable[..., EnrichJob]]:
    """Make an index whose mapping conflicts with the weights."""

    def make(mapping: dict[str, Any], **settings: Any) -> EnrichJob:
        shop = Shop.made(client, index_name, {"properties": {"name": {"type": "text"}}} | mapping, **settings)
        shop.put("1", {"name": "owl"})
        return EnrichJob(shop.index, OwnersFields.parse(["name"], ""), MODEL, "words", rejects=tmp_path / "r")

    yield make
    client.indices.put_settings(index=index_name, settings={"index.blocks.write": None})


@pytest.mark.parametrize(
    ("mapping", "why"),
    [
        ({"properties": {"name": {"type": "text"}, "mlsr": {"type": "keyword"}}}, "has a field mlsr of its own"),
        (
            {"properties": {"name": {"type": "text"}, "mlsr": {"properties": {"terms": {"type": "text"}}}}},
            "has a field mlsr.terms of its own, of the type text",
        ),
        (
            {"properties": {"name": {"type": "text"}, "mlsr": {"properties": {"mine": {"type": "text"}}}}},
            "has a field mlsr.mine of its own, inside of",
        ),
        ({"_source": {"excludes": ["secret"]}}, "keeps only parts of its documents' source"),
        ({"_source": {"enabled": False}}, "does not keep the source"),
    ],
)
def test_an_index_that_would_be_harmed_is_refused(
    clashing: Callable[..., EnrichJob], client: Elasticsearch, mapping: dict[str, Any], why: str
) -> None:
    """An index that an update would harm is refused with the reason, before any write."""
    job = clashing(mapping)
    before = client.indices.get_mapping(index=job.index).body
    with pytest.raises(IndexMismatchError, match=why):
        enrich(job, client)
    assert client.indices.get_mapping(index=job.index).body == before


def test_an_index_that_takes_no_writes_is_refused(clashing: Callable[..., EnrichJob], client: Elasticsearch) -> None:
    """An index that takes no writes is refused at once."""
    job = clashing({})
    client.indices.put_settings(index=job.index, settings={"index.blocks.write": True})
    with pytest.raises(IndexMismatchError, match=r"takes no changes: it has index\.blocks\.write"):
        enrich(job, client)


def test_an_index_with_a_strict_mapping_is_enriched(clashing: Callable[..., EnrichJob], client: Elasticsearch) -> None:
    """An index with a strict mapping can be enriched, because the fields are added to its mapping."""
    assert enrich(clashing({"dynamic": "strict"}), client).encoded == 1


def test_a_document_names_itself_with_its_routing() -> None:
    """The key of a document includes its routing, because its id alone does not identify it."""
    assert ReadDocument("a", "x", 0, 1, {}).key != ReadDocument("a", None, 0, 1, {}).key
