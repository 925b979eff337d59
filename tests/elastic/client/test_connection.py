"""Connection settings: one address, one identity, no secret shown."""

from __future__ import annotations

from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest

from mlsr_es.elastic.client import ConnectionSettings, connect
from mlsr_es.errors import InputError


def test_credentials_move_out_of_the_url() -> None:
    """Credentials in a URL are used, and the printed URL has no password."""
    settings = ConnectionSettings(url="https://editor:p%40ss@search.example/prefix/")
    assert (settings.username, settings.password) == ("editor", "p@ss")
    assert settings.url == settings.address == "https://search.example:443/prefix"
    assert "p@ss" not in repr(settings)


def test_secrets_are_not_shown() -> None:
    """The settings print without their secrets in logs and tracebacks."""
    assert "s3cret" not in repr(ConnectionSettings(url="http://localhost:9200", api_key="s3cret"))


def test_an_address_of_version_6_keeps_its_brackets() -> None:
    """An IPv6 address keeps its brackets, and the port follows them."""
    assert ConnectionSettings(url="http://[::1]:9200").url == "http://[::1]:9200"


def test_a_cloud_deployment_is_shown_by_its_name() -> None:
    """The address of a cloud deployment is the part of its id before the colon."""
    assert ConnectionSettings(cloud_id="images:ZXhhbXBsZS5jb20kYWJj").address == "images"


@pytest.mark.parametrize(
    ("parts", "complaint"),
    [
        ({}, "by its URL or by its cloud id"),
        ({"url": "http://localhost:9200", "cloud_id": "a:b"}, "one of the two only"),
        ({"url": "localhost:9200"}, "not a URL"),
        ({"url": "ftp://localhost"}, "not a URL"),
        ({"url": "http://localhost:port"}, "not a URL"),
        ({"url": "http://"}, "not a URL"),
        ({"url": "https://a:b@host", "api_key": "k"}, "an API key and a user name"),
        ({"url": "https://host", "username": "editor"}, "go together"),
        ({"url": "http://host", "insecure": True}, "no certificate to check"),
        ({"url": "https://host", "ssl_fingerprint": "ab:cd"}, "64 hexadecimal digits"),
    ],
)
def test_what_makes_no_connection_is_said_before_anything_is_sent(parts: dict[str, Any], complaint: str) -> None:
    """Each contradiction in the settings has its own message."""
    with pytest.raises(InputError, match=complaint):
        ConnectionSettings(**parts)


def test_a_bad_url_is_not_repeated() -> None:
    """The message for a bad URL does not repeat it, because it may hold a password anywhere."""
    with pytest.raises(InputError) as caught:
        ConnectionSettings(url="editor:s3cret@localhost:9200")
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    "parts",
    [
        {"api_key": "s3cret\r"},
        {"api_key": "s3cret s3cret"},
        {"api_key": "s3crét"},
        {"username": "editor", "password": "s3cret\n"},
        {"username": "editor", "password": "s3cret\udcff"},
    ],
)
def test_a_secret_that_no_header_can_carry_is_refused_and_not_shown(parts: dict[str, Any]) -> None:
    """The library beneath would print it in a traceback."""
    with pytest.raises(InputError, match="character") as caught:
        ConnectionSettings(url="http://localhost:9200", **parts)
    assert "s3cr" not in str(caught.value)


def test_a_password_is_sent_as_utf_8() -> None:
    """As Elasticsearch reads it."""
    client = connect(ConnectionSettings(url="http://localhost:9200", username="editor", password="pässwört"))
    scheme, encoded = client._headers["authorization"].split()
    assert (scheme, b64decode(encoded)) == ("Basic", "editor:pässwört".encode())


def test_files_and_ids_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    """An unreadable certificate file or cloud id raises an error of this package, not the client's."""
    (tmp_path / "empty.pem").touch()
    for name in ("missing.pem", "empty.pem"):
        with pytest.raises(InputError, match=f"no certificates can be read from .*{name}"):
            connect(ConnectionSettings(url="https://localhost", ca_certs=tmp_path / name))
    with pytest.raises(InputError, match="cloud id cannot be read"):
        connect(ConnectionSettings(cloud_id="nonsense"))


def test_an_unchecked_certificate_is_not_warned_of() -> None:
    """With ``insecure`` the client gives no warning, which pytest would turn into an error."""
    connect(ConnectionSettings(url="https://localhost", insecure=True)).close()
