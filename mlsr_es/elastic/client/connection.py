"""How a cluster is reached, and the client that reaches it."""

from __future__ import annotations

import re
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

from mlsr_es.credentials import basic_auth, check_credentials
from mlsr_es.errors import InputError

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

_DEFAULT_PORTS = {"http": 80, "https": 443}
_SHA256_HEX = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class ConnectionSettings:
    """The address of a cluster and the credentials for it; ``repr`` shows no secret.

    Credentials in the URL (``https://user:password@host``) are moved out of it, so that the URL can be printed.

    Args:
        url: ``http://host:port`` or ``https://host:port``, with the path of a proxy if there is one; "" with
            ``cloud_id``.
        cloud_id: The deployment's id at Elastic Cloud, in place of the URL; or "".
        api_key: An API key in its encoded form; or "".
        username: The user's name, in place of the key; or "".
        password: The user's password; "" without a user name.
        ca_certs: A PEM file with the authority that signed the cluster's certificate; None for the system's
            authorities.
        ssl_fingerprint: SHA-256 of the cluster's certificate, hexadecimal, with or without colons; or "".
        insecure: Whether the certificate goes unchecked.
        timeout_s: How long one request may take, in seconds.

    Raises:
        InputError: The parts do not make one address and one identity.
    """

    url: str = ""
    cloud_id: str = ""
    api_key: str = field(default="", repr=False)
    username: str = ""
    password: str = field(default="", repr=False)
    ca_certs: Path | None = None
    ssl_fingerprint: str = ""
    insecure: bool = False
    timeout_s: float = 30.0

    def __post_init__(self) -> None:
        if bool(self.url) == bool(self.cloud_id):
            raise InputError("a cluster is named by its URL or by its cloud id, and by one of the two only.")
        if self.url:
            self._part_url()
        check_credentials(self.api_key, self.username, self.password, asked="cluster")
        if self.url.startswith("http:") and (self.ca_certs or self.ssl_fingerprint or self.insecure):
            raise InputError(f"{self.url} has no certificate to check.", advice="Name it with https://.")
        fingerprint = self.ssl_fingerprint.replace(":", "").lower()
        if fingerprint and not _SHA256_HEX.fullmatch(fingerprint):
            raise InputError("a certificate's fingerprint is its SHA-256: 64 hexadecimal digits, colons allowed.")
        object.__setattr__(self, "ssl_fingerprint", fingerprint)

    @property
    def address(self) -> str:
        """The cluster as it can be shown: the URL without credentials, or the cloud deployment's name."""
        return self.url or self.cloud_id.partition(":")[0]

    def _part_url(self) -> None:
        """Move the URL's credentials to their own fields, and add the port to the URL."""
        try:
            parts = urlsplit(self.url.strip())
            port = parts.port or _DEFAULT_PORTS[parts.scheme]
        except (ValueError, KeyError):
            port = 0
        if not port or not parts.hostname:
            raise InputError(
                "the cluster's address is not a URL.",
                advice="It looks like http://localhost:9200 or https://host:9200.",
            )
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        bare = SplitResult(parts.scheme, f"{host}:{port}", parts.path.rstrip("/"), "", "")
        object.__setattr__(self, "url", urlunsplit(bare))
        if parts.username:
            object.__setattr__(self, "username", unquote(parts.username))
            object.__setattr__(self, "password", unquote(parts.password or "") or self.password)


def connect(settings: ConnectionSettings, *, patient: bool = False) -> Elasticsearch:
    """Make a client for the cluster; nothing is sent yet.

    Args:
        settings: Where the cluster is, and who asks.
        patient: Whether a request is repeated, for up to two minutes, while the cluster is busy or away after it has
            answered before: for runs that must not end because of that. Else a request is sent once.

    Raises:
        InputError: The cloud id or the file of certificates cannot be read.
    """
    from elasticsearch import Elasticsearch, OrjsonSerializer

    from mlsr_es.elastic.client.transport import PatientNode, QuietNode

    options: dict[str, Any] = {}
    if settings.cloud_id:
        options["cloud_id"] = settings.cloud_id
    else:
        options["hosts"] = [settings.url]
    if settings.api_key:
        options["api_key"] = settings.api_key
    elif settings.username:
        options["basic_auth"] = basic_auth(settings.username, settings.password)
    if settings.ca_certs:
        _check_certificates(settings.ca_certs)
        options["ca_certs"] = str(settings.ca_certs)
    if settings.ssl_fingerprint:
        options["ssl_assert_fingerprint"] = settings.ssl_fingerprint
    if settings.insecure:
        options |= {"verify_certs": False, "ssl_show_warn": False}
    try:
        return Elasticsearch(
            **options,
            request_timeout=settings.timeout_s,
            max_retries=0,
            retry_on_status=(),
            retry_on_timeout=False,
            serializer=OrjsonSerializer(),
            node_class=PatientNode if patient else QuietNode,
        )
    except ValueError as error:
        raise InputError(f"the cloud id cannot be read: {error}.") from error


def _check_certificates(file: Path) -> None:
    """Check that a file holds certificates; the client would read it only for the first request."""
    try:
        ssl.create_default_context(cafile=file)
    except OSError as error:  # an SSLError is one
        raise InputError(f"no certificates can be read from {file}.", advice="It is a PEM file.") from error
