"""The settings of a connection to Kibana."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from mlsr_es.credentials import check_credentials
from mlsr_es.errors import InputError

_SPACE = re.compile(r"/s/(?P<name>[^/]+)$")


@dataclass(frozen=True)
class KibanaSettings:
    """Kibana's address and the credentials for it; ``repr`` shows no secret.

    Args:
        url: ``http://host:port`` or ``https://host:port``, with its base path and ``/s/SPACE`` where used.
        api_key: An API key of the cluster behind it, in its encoded form; or "".
        username: The user's name, in place of the key; or "".
        password: The user's password; "" without a user name.
        ca_certs: A PEM file with the authority that signed Kibana's certificate; None for the system's authorities.
        insecure: Whether the certificate goes unchecked.
        timeout_s: How long one request may take, in seconds.

    Raises:
        InputError: The parts do not make one address and one identity.
    """

    url: str
    api_key: str = field(default="", repr=False)
    username: str = ""
    password: str = field(default="", repr=False)
    ca_certs: Path | None = None
    insecure: bool = False
    timeout_s: float = 30.0

    def __post_init__(self) -> None:
        try:
            parts = urlsplit(self.url.strip())
            good = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
        except ValueError:
            good = False
        if not good:
            raise InputError("Kibana's address is not a URL.", advice="It looks like https://host:5601.")
        if parts.username:
            raise InputError(
                "Kibana's address holds a user name.", advice="Set ES_USERNAME and ES_PASSWORD, or ES_API_KEY."
            )
        check_credentials(self.api_key, self.username, self.password, asked="Kibana")
        object.__setattr__(self, "url", f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}")

    @property
    def space(self) -> str:
        """The space that the address names; "" for the default one."""
        found = _SPACE.search(urlsplit(self.url).path)
        return found["name"] if found else ""
