"""The options and variables by which a command finds its cluster."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from mlsr_es.commands.options import connection as connection_module
from mlsr_es.commands.options.connection import with_connection
from mlsr_es.elastic.client import ConnectionSettings
from mlsr_es.errors import InputError

VARIABLES = (
    "ES_URL",
    "CLOUD_ID",
    "ES_API_KEY",
    "ES_API_KEY_FILE",
    "ES_USERNAME",
    "ES_PASSWORD",
    "ES_PASSWORD_FILE",
)


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


def settings_of(*arguments: str) -> ConnectionSettings:
    """What a command is given."""
    received: list[ConnectionSettings] = []
    app = typer.Typer()

    @app.command()
    @with_connection
    def command(text: Annotated[str, typer.Argument()], *, size: int = 3, connection: ConnectionSettings) -> None:
        """Take a text."""
        assert (text, size) == ("a bird", 5)
        received.append(connection)

    result = CliRunner().invoke(app, ["a bird", "--size", "5", *arguments])
    if isinstance(result.exception, InputError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return received[0]


def test_a_url_comes_from_the_option_or_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The option stands above both variables."""
    monkeypatch.setenv("CLOUD_ID", "images:ZXhhbXBsZS5jb20kYWJj")
    assert settings_of().cloud_id == "images:ZXhhbXBsZS5jb20kYWJj"
    monkeypatch.setenv("ES_URL", "http://one:9200")
    assert settings_of().url == "http://one:9200"
    assert settings_of("--es-url", "http://two:9200").url == "http://two:9200"


def test_secrets_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A user name with a password, or a key."""
    monkeypatch.setenv("ES_USERNAME", "editor")
    monkeypatch.setenv("ES_PASSWORD", "s3cret")
    settings = settings_of("--es-url", "https://one:9200")
    assert (settings.username, settings.password) == ("editor", "s3cret")


def test_secrets_come_from_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As containers are given them; the line's end is no part of the key."""
    (tmp_path / "key").write_text("s3cret\n")
    monkeypatch.setenv("ES_API_KEY_FILE", str(tmp_path / "key"))
    assert settings_of("--es-url", "https://one:9200").api_key == "s3cret"
    monkeypatch.setenv("ES_API_KEY_FILE", str(tmp_path / "missing"))
    with pytest.raises(InputError, match=r"ES_API_KEY_FILE names a file that cannot be read: .*missing"):
        settings_of("--es-url", "https://one:9200")


def test_no_option_takes_a_secret() -> None:
    """Every user of a machine can read its command lines."""
    app = typer.Typer()

    @app.command()
    @with_connection
    def command(*, connection: ConnectionSettings) -> None:
        """Do nothing."""

    options = {option for parameter in typer.main.get_command(app).params for option in parameter.opts}
    assert {"--es-url", "--ca-certs", "--ssl-fingerprint", "--insecure"} <= options
    assert not [option for option in options if "key" in option or "password" in option]


def test_how_a_certificate_is_trusted(tmp_path: Path) -> None:
    """The options reach the settings."""
    settings = settings_of("--es-url", "https://one", "--ca-certs", str(tmp_path), "--ssl-fingerprint", "ab" * 32)
    assert (settings.ca_certs, settings.ssl_fingerprint, settings.insecure) == (tmp_path, "ab" * 32, False)
    assert settings_of("--es-url", "https://one", "--insecure").insecure


def test_without_a_name_the_embedded_node_is_used_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is only this machine's, so no credentials go to it."""
    monkeypatch.setenv("ES_API_KEY", "s3cret")
    noted: list[str] = []
    monkeypatch.setattr(connection_module, "note", noted.append)
    monkeypatch.setattr(connection_module, "_running_node", lambda: "http://127.0.0.1:41873")
    assert settings_of() == ConnectionSettings(url="http://127.0.0.1:41873")
    assert noted == ["Using the embedded node at http://127.0.0.1:41873."]


def test_without_any_cluster_the_ways_to_name_one_are_told() -> None:
    """The state folder of the tests has no node that runs."""
    with pytest.raises(InputError, match=r"--es-url .*CLOUD_ID.*mlsr-es node start"):
        settings_of()


def test_a_variable_loses_the_line_end_that_it_was_pasted_with(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a file's secret does."""
    monkeypatch.setenv("ES_API_KEY", "encoded\r\n")
    assert settings_of("--es-url", "http://one:9200").api_key == "encoded"
