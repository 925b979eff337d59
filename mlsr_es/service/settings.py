"""What a service serves, to whom, and how much."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path

from mlsr_es.errors import InputError

TOKEN_VARIABLE = "MLSR_ES_SERVE_TOKEN_FILE"  # noqa: S105 - the name of a variable
LEAST_TOKEN = 16

FILTER_FIELDS = ("collection", "page", "language", "format", "width", "height")
"""The fields of an index of this package by which anybody may filter."""


@dataclass(frozen=True)
class ServiceSettings:
    """What a service serves, to whom, and how much; ``repr`` shows no secret.

    Args:
        indices: The names of the indices; the first is asked where a request names none.
        host: The address to listen on.
        port: The port to listen on.
        token: What requests have to bring, as ``Authorization: Bearer TOKEN``; "" for nothing, on loopback only.
        images: A folder with the images' files, by the paths that the index has; None for thumbnails only.
        filter_fields: The fields by which may be filtered.
        origins: The origins of other pages whose scripts may ask (CORS).
        proxies: The addresses of proxies whose ``X-Forwarded-*`` headers are believed.
        waiting: How many requests are answered or waiting at a time; more are sent away with 429.
        body: The most bytes of a request's body.
        timeout_s: How long a client may take to send its question, in seconds.
        processes: How many processes answer; each holds the model, and has its part of ``waiting``.
        log_json: Whether each request is logged as a JSON object on stderr; texts are never logged.

    Raises:
        InputError: No index is named, or the service would be open to others without a token.
    """

    indices: tuple[str, ...]
    host: str = "127.0.0.1"
    port: int = 8000
    token: str = field(default="", repr=False)
    images: Path | None = None
    filter_fields: tuple[str, ...] = FILTER_FIELDS
    origins: tuple[str, ...] = ()
    proxies: tuple[str, ...] = ()
    waiting: int = 64
    body: int = 1_000_000
    timeout_s: float = 10.0
    processes: int = 1
    log_json: bool = False

    def __post_init__(self) -> None:
        if not self.indices:
            raise InputError("no index is named.", advice="Name one: --index NAME")
        if self.token and len(self.token) < LEAST_TOKEN:
            raise InputError(
                f"the token has fewer than {LEAST_TOKEN} characters.", advice="openssl rand -hex 32 makes one."
            )
        if not self.token and not self.is_loopback:
            raise InputError(
                f"{self.host} can be reached from other machines, and no token is set.",
                advice=f"Set {TOKEN_VARIABLE} to a file with one, or leave --host out.",
            )
        if self.images is not None and not self.images.is_dir():
            raise InputError(
                f"there is no folder {self.images}.", advice="Name the folder with the images: --images DIR"
            )

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine reaches the service."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


def read_token(file: str) -> str:
    """Read a token from a file; "" for no file.

    Raises:
        InputError: The file cannot be read, or holds no token.
    """
    if not file:
        return ""
    try:
        token = Path(file).read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{TOKEN_VARIABLE}: {file} cannot be read.", advice="Name a file with one line of ASCII."
        ) from error
    if not token or any(character.isspace() for character in token):
        raise InputError(f"{TOKEN_VARIABLE}: {file} does not hold one token.", advice="openssl rand -hex 32 makes one.")
    return token
