"""What Kibana is asked, seen by a stand-in, and what its refusals become."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mlsr_es.errors import InputError, KibanaError
from mlsr_es.kibana import KibanaSettings, import_objects
from mlsr_es.shipped import shipped
from tests.kibana.standin import StandIn, running

VIEWS = "/api/data_views/data_view"
IMPORT = "/api/saved_objects/_import"
PICTURES = {
    "thumbnail": {"id": "url", "params": {"type": "img", "labelTemplate": "thumbnail", "width": 160, "height": 160}}
}


@pytest.fixture
def kibana() -> Iterator[StandIn]:
    """One that does what it is asked, as 8.3 and later do."""
    with running() as stand_in:
        stand_in.replies[VIEWS] = (200, {"data_view": {"id": "mlsr-es-photos"}})
        stand_in.replies[IMPORT] = (200, {"success": True, "successCount": 1})
        yield stand_in


def test_a_data_view_shows_thumbnails_as_pictures(kibana: StandIn) -> None:
    """It replaces that of an earlier import, and has a name that no owner's data view has."""
    done = import_objects(KibanaSettings(url=kibana.url), "photos")
    assert done.data_view == "mlsr-es-photos"
    asked = kibana.asked[0]
    assert asked.path == VIEWS
    assert asked.headers["kbn-xsrf"] == "mlsr-es"
    assert asked.headers["content-type"] == "application/json"
    assert asked.body == {
        "override": True,
        "data_view": {
            "id": "mlsr-es-photos",
            "title": "photos",
            "name": "mlsr-es: photos",
            "sourceFilters": [{"value": "mlsr.terms"}],
            "fieldFormats": PICTURES,
        },
    }


def test_a_saved_search_shows_captions_terms_and_score(kibana: StandIn) -> None:
    """It comes as a file of a form, and refers to the data view."""
    done = import_objects(KibanaSettings(url=f"{kibana.url}/"), "photos")
    assert done.url == f"{kibana.url}/app/discover#/view/{done.saved_search}"
    asked = kibana.asked[1]
    assert (asked.path, asked.file) == (f"{IMPORT}?overwrite=true", "mlsr-es.ndjson")
    assert asked.headers["kbn-xsrf"] == "mlsr-es"
    (search,) = asked.body
    assert (search["type"], search["id"]) == ("search", "mlsr-es-photos")
    columns = ["thumbnail", "caption.title", "caption.description", "caption.alt", "mlsr.top_terms", "_score"]
    assert search["attributes"]["columns"] == columns
    source = json.loads(search["attributes"]["kibanaSavedObjectMeta"]["searchSourceJSON"])
    assert source["query"] == {"query": "", "language": "lucene"}
    reference = {"name": source["indexRefName"], "type": "index-pattern", "id": "mlsr-es-photos"}
    assert search["references"] == [reference]
    assert search["attributes"]["rowHeight"] == -1


@pytest.mark.parametrize(
    "refusal",
    [
        (404, {"statusCode": 404, "error": "Not Found", "message": "Not Found"}),
        (400, {"message": "[request body.data_view.name]: definition for this key is missing"}),
    ],
)
def test_an_old_kibana_gets_both_in_one_file(kibana: StandIn, refusal: tuple[int, Any]) -> None:
    """7.17 has no request for data views, and knows no height of rows; its format of fields is a text."""
    kibana.replies[VIEWS] = refusal
    import_objects(KibanaSettings(url=kibana.url), "photos")
    view, search = kibana.asked[1].body
    assert (view["type"], view["id"], view["attributes"]["title"]) == ("index-pattern", "mlsr-es-photos", "photos")
    assert json.loads(view["attributes"]["fieldFormatMap"]) == PICTURES
    assert view["migrationVersion"] == {"index-pattern": "7.11.0"}
    assert search["references"][0]["id"] == view["id"]
    assert search["migrationVersion"] == {"search": "7.9.3"}
    assert "rowHeight" not in search["attributes"]


def test_a_space_has_objects_of_its_own(kibana: StandIn) -> None:
    """Identifiers are those of the whole Kibana."""
    kibana.replies = {f"/base/s/media{path}": reply for path, reply in kibana.replies.items()}
    done = import_objects(KibanaSettings(url=f"{kibana.url}/base/s/media/"), "photos")
    assert done.data_view == "mlsr-es-media-photos"
    assert done.url == f"{kibana.url}/base/s/media/app/discover#/view/mlsr-es-media-photos"


@pytest.mark.parametrize(
    ("identity", "header"),
    [
        ({}, None),
        ({"api_key": "a2V5"}, "ApiKey a2V5"),
        ({"username": "eva", "password": "päss:word"}, f"Basic {b64encode('eva:päss:word'.encode()).decode()}"),
    ],
)
def test_the_one_who_asks_is_named_in_every_request(
    kibana: StandIn, identity: dict[str, Any], header: str | None
) -> None:
    """As the cluster behind it wants it, and never in what is printed."""
    settings = KibanaSettings(url=kibana.url, **identity)
    import_objects(settings, "photos")
    assert [asked.headers.get("authorization") for asked in kibana.asked] == [header, header]
    assert "a2V5" not in repr(settings)
    assert "word" not in repr(settings)


def test_an_import_that_failed_is_told_although_the_answer_is_200(kibana: StandIn) -> None:
    """With Kibana's reasons."""
    error = {"type": "search", "id": "mlsr-es-photos", "error": {"type": "missing_references"}}
    kibana.replies[IMPORT] = (200, {"success": False, "successCount": 0, "errors": [error]})
    with pytest.raises(KibanaError, match="could not import the saved search: search mlsr-es-photos: missing ref"):
        import_objects(KibanaSettings(url=kibana.url), "photos")


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        ((401, {"statusCode": 401, "message": "Unauthorized"}), "does not accept the credentials"),
        ((403, {"statusCode": 403, "message": "Unable to create index-pattern"}), "does not allow this user to make"),
        ((404, {"statusCode": 404, "message": "No indices match pattern photos"}), "No indices match pattern photos"),
        ((503, "Kibana server is not ready yet"), "is not ready"),
        ((404, "<h1>Not here</h1>"), "answers, but not as Kibana does"),
        ((200, "<h1>Welcome</h1>"), "answers, but not as Kibana does"),
        ((302, ""), r"answers, but not as Kibana does \(HTTP 302\)"),
    ],
)
def test_a_refusal_is_one_clear_line(kibana: StandIn, reply: tuple[int, Any], told: str) -> None:
    """With what to do, and without a second request."""
    kibana.replies[VIEWS] = reply
    with pytest.raises(KibanaError, match=told):
        import_objects(KibanaSettings(url=kibana.url), "photos")
    assert len(kibana.asked) == 1


def test_what_does_not_answer_is_told(closed_port: int, kibana: StandIn, tmp_path: Path) -> None:
    """A closed port, what speaks no TLS, and a file without certificates."""
    with pytest.raises(KibanaError, match="nothing answers at"):
        import_objects(KibanaSettings(url=f"http://127.0.0.1:{closed_port}"), "photos")
    secured = kibana.url.replace("http:", "https:")
    for insecure in (True, False):
        with pytest.raises(KibanaError, match="cannot be trusted"):
            import_objects(KibanaSettings(url=secured, insecure=insecure), "photos")
    (tmp_path / "empty.pem").touch()
    with pytest.raises(InputError, match="no certificates can be read"):
        import_objects(KibanaSettings(url=secured, ca_certs=tmp_path / "empty.pem"), "photos")


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "kibana.example:5601"},
        {"url": "ftp://kibana.example"},
        {"url": "http://kibana.example:port"},
        {"url": "http://eva:word@kibana.example"},
        {"url": "http://k", "api_key": "a2V5", "username": "eva", "password": "word"},
        {"url": "http://k", "username": "eva"},
    ],
)
def test_an_address_and_an_identity_are_asked_for(wrong: dict[str, str]) -> None:
    """One of each."""
    with pytest.raises(InputError) as raised:
        KibanaSettings(**wrong)  # type: ignore[arg-type]
    assert "word@" not in str(raised.value)


def test_the_columns_are_fields_that_the_mapping_has() -> None:
    """Else Discover would show nothing in them."""
    fields = json.loads(shipped("mappings", "image-documents.json").read_text())["mappings"]["properties"]
    search = json.loads(shipped("docker", "kibana", "saved-search.json").read_text())
    view = json.loads(shipped("docker", "kibana", "data-view.json").read_text())
    named = [*search["attributes"]["columns"], *view["fieldFormats"], *(one["value"] for one in view["sourceFilters"])]
    for column in set(named) - {"_score"}:
        properties = fields
        for part in column.split("."):
            assert part in properties, column
            properties = properties[part].get("properties", {})


def test_a_key_that_no_header_can_carry_is_refused_and_not_shown() -> None:
    """As a cluster's is."""
    with pytest.raises(InputError, match="character") as caught:
        KibanaSettings(url="http://localhost:5601", api_key="s3cret\r")
    assert "s3cret" not in str(caught.value)
