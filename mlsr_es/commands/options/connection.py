"""The options and environment variables by which every command connects to a cluster."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypedDict, TypeVar

import typer

from mlsr_es.commands.options.injecting import with_options
from mlsr_es.commands.rendering.console import note
from mlsr_es.credentials import without_credentials
from mlsr_es.elastic.client import ConnectionSettings
from mlsr_es.embedded import VERSIONS, Node
from mlsr_es.errors import InputError

_Result = TypeVar("_Result")

ConnectionLater = Callable[[], ConnectionSettings]
"""Makes the settings when the cluster is first needed; raises ``InputError`` where no cluster is named."""


class Identity(TypedDict):
    """The credentials for a cluster, or for Kibana."""

    api_key: str
    username: str
    password: str


def told_of_secrets(context: typer.Context, parameter: typer.CallbackParam, url: str) -> str:
    """A URL as it was given; who gives one with a password on the command line is told who can read it."""
    source = context.get_parameter_source(parameter.name or "")
    if source and source.name == "COMMANDLINE" and without_credentials(url) != url:
        note(
            f"The password in {parameter.opts[0]} can be read by every user of this machine. Set ES_USERNAME and "
            f"ES_PASSWORD, or {parameter.envvar} in place of the option."
        )
    return url


def connection_settings(
    *,
    es_url: Annotated[
        str,
        typer.Option(
            envvar="ES_URL",
            metavar="URL",
            show_default="the embedded node, where it runs",
            help="Where Elasticsearch answers. The environment may also hold CLOUD_ID in its place, and ES_API_KEY, or "
            "ES_USERNAME and ES_PASSWORD, or the files with them: ES_API_KEY_FILE, ES_PASSWORD_FILE.",
            callback=told_of_secrets,
        ),
    ] = "",
    ca_certs: Annotated[
        Path | None,
        typer.Option(
            envvar="ES_CA_CERTS",
            metavar="FILE",
            help="The authority behind the cluster's certificate (PEM).",
        ),
    ] = None,
    ssl_fingerprint: Annotated[
        str,
        typer.Option(
            metavar="SHA256",
            show_default=False,
            help="The certificate's, in place of an authority.",
        ),
    ] = "",
    insecure: Annotated[bool, typer.Option("--insecure", help="Do not look at the certificate.")] = False,
) -> ConnectionSettings:
    """The settings of the cluster at the URL, else of ``CLOUD_ID``, else of the embedded node if it runs.

    There are no options for secrets, because every user of a machine can read its command lines. Secrets come from
    ``ES_API_KEY``, or ``ES_USERNAME`` and ``ES_PASSWORD``, or from the files that ``ES_API_KEY_FILE`` and
    ``ES_PASSWORD_FILE`` name.

    Raises:
        InputError: No cluster is named, or the options contradict each other.
    """
    cloud_id = "" if es_url else os.environ.get("CLOUD_ID", "")
    if not es_url and not cloud_id:
        return _embedded_node()
    return ConnectionSettings(
        url=es_url,
        cloud_id=cloud_id,
        **identity(),
        ca_certs=ca_certs,
        ssl_fingerprint=ssl_fingerprint,
        insecure=insecure,
    )


def identity() -> Identity:
    """Read the credentials from the environment; each part is "" where it is not set.

    Raises:
        InputError: A variable names a file that cannot be read.
    """
    return Identity(
        api_key=_secret("ES_API_KEY"), username=os.environ.get("ES_USERNAME", ""), password=_secret("ES_PASSWORD")
    )


def with_connection(command: Callable[..., _Result]) -> Callable[..., _Result]:
    """Give a command the options of ``connection_settings`` in place of its parameter ``connection``.

    Example:
        >>> import inspect
        >>> @with_connection
        ... def doctor(index: str, *, connection: ConnectionSettings) -> None: ...
        >>> list(inspect.signature(doctor).parameters)
        ['index', 'es_url', 'ca_certs', 'ssl_fingerprint', 'insecure']
    """
    return with_options(command, "connection", connection_settings)


def with_connection_later(command: Callable[..., _Result]) -> Callable[..., _Result]:
    """Give these options to a command that may not need a cluster: its ``connection`` is a ``ConnectionLater``."""
    return with_options(command, "connection", connection_settings, lambda later: later)


def _embedded_node() -> ConnectionSettings:
    url = _running_node()
    if not url:
        raise InputError(
            "no cluster is named, and the embedded node does not run.",
            advice="Give --es-url (or ES_URL, or CLOUD_ID), or start the node: mlsr-es node start.",
        )
    note(f"Using the embedded node at {url}.")
    return ConnectionSettings(url=url)


def _running_node() -> str | None:
    return next((url for version in VERSIONS if (url := Node(version=version).status().url)), None)


def _secret(variable: str) -> str:
    """Read a secret from its variable, or from the file that ``..._FILE`` names; "" where neither is set."""
    if variable in os.environ:
        return os.environ[variable].strip("\r\n")
    named = os.environ.get(f"{variable}_FILE")
    if not named:
        return ""
    try:
        return Path(named).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{variable}_FILE names a file that cannot be read: {named}.") from error
