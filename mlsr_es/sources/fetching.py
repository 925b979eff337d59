"""Fetching an image from a URL in a document: from the open internet only, and with limits on everything.

The documents are not trusted. A host name is resolved once, all of its addresses are checked (``addresses``), and the
connection goes to one of the checked addresses, so a second answer of the resolver has no effect. A redirect is
treated as a new URL.
"""

from __future__ import annotations

import http.client
import json
import re
import socket
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from time import monotonic
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from mlsr_es.errors import InputError
from mlsr_es.sources.addresses import is_public
from mlsr_es.sources.deadline import LimitedSocket
from mlsr_es.sources.refusal import Refusal
from mlsr_es.version import __version__

Resolve = Callable[[str, int], Sequence[str]]
"""Resolves a host to all of its addresses; raises ``OSError`` where it has none."""

Dial = Callable[[str, int, float], socket.socket]
"""Connects to an address (never a name) and a port, within a number of seconds; raises ``OSError``."""

_PORTS = {"http": 80, "https": 443}
_WELL_KNOWN = 1024
"""Lower ports, other than those of HTTP, belong to other services (mail, shells), which must not get requests."""

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PIECE = 64 * 1024
_BREAKS_A_HEADER = re.compile(r"[^\x20-\x7e]")
_SAFE = "/%:@!$&'()*+,;=~-._?"


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """Limits for fetching one image.

    Args:
        bytes: The most bytes of its file.
        seconds: The most seconds from the first request to the last byte, with all redirects.
        redirects: The most redirects that are followed.
    """

    bytes: int = 32 * 2**20
    seconds: float = 30.0
    redirects: int = 3


def resolve(host: str, port: int) -> list[str]:
    """All addresses of a host, as this machine's resolver gives them."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def dial(address: str, port: int, seconds: float) -> socket.socket:
    """Open a TCP connection to an address."""
    return socket.create_connection((address, port), timeout=seconds)


@dataclass(frozen=True)
class Fetcher:
    """Fetches images over http and https; several threads may use it.

    Args:
        headers: For each origin (``https://store.example``) the headers that are sent there and nowhere else, such as
            credentials for a private store.
        limits: The limits for each image.
        resolver: Resolves a host to its addresses.
        dialler: Connects to an address.
        trust: The trusted certificates; None for the system's.
    """

    headers: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False)
    limits: FetchLimits = FetchLimits()
    resolver: Resolve = resolve
    dialler: Dial = dial
    trust: ssl.SSLContext | None = None

    def fetch(self, url: str) -> bytes:
        """Fetch the bytes behind a URL.

        Raises:
            Refusal: The URL may not or could not be fetched; the message says why, without secrets from the URL.
        """
        deadline = monotonic() + self.limits.seconds
        for _ in range(self.limits.redirects + 1):
            try:
                answer = self._ask(_checked(url), deadline)
            except TimeoutError as error:
                raise Refusal(f"it took longer than {self.limits.seconds:g} seconds") from error
            except (OSError, http.client.HTTPException, ValueError) as error:  # an SSLError is an OSError
                raise Refusal(f"it cannot be fetched: {_said(error)}") from error
            if isinstance(answer, bytes):
                return answer
            url = urljoin(url, answer.location)
        raise Refusal(f"it is redirected more than {self.limits.redirects} times")

    def _ask(self, parts: SplitResult, deadline: float) -> bytes | _Redirect:
        host, port = str(parts.hostname), parts.port or _PORTS[parts.scheme]
        connection = http.client.HTTPConnection(host, port)
        connection.sock = reached = self._connected(parts, host, port, deadline)
        try:
            target = quote(parts.path or "/", safe=_SAFE) + (
                f"?{quote(parts.query, safe=_SAFE)}" if parts.query else ""
            )
            connection.putrequest("GET", target, skip_host=True, skip_accept_encoding=True)
            for name, value in self._headers(parts, host, port).items():
                connection.putheader(name, value)
            connection.endheaders()
            return self._read(connection.getresponse())
        finally:
            connection.close()
            reached.end()

    def _connected(self, parts: SplitResult, host: str, port: int, deadline: float) -> LimitedSocket:
        """Connect to one of the host's addresses, after checking that all of them are public."""
        addresses = list(dict.fromkeys(self.resolver(host, port)))
        hidden = [address for address in addresses if not is_public(address)]
        if hidden or not addresses:
            where = hidden[0] if hidden else "no address"
            raise Refusal(f"its host {host} is at {where}, which is not on the open internet")
        reached = self._first(addresses, port, deadline)
        try:
            if parts.scheme == "https":
                reached.settimeout(_left(deadline))
                trust = self.trust or ssl.create_default_context()
                reached = trust.wrap_socket(reached, server_hostname=host)
        except BaseException:
            reached.close()
            raise
        return LimitedSocket(reached, deadline)

    def _first(self, addresses: Sequence[str], port: int, deadline: float) -> socket.socket:
        for address in addresses[:-1]:
            try:
                # Half of the remaining time, so that an address without an answer leaves time for the next one.
                return self.dialler(address, port, _left(deadline) / 2)
            except OSError:
                continue
        return self.dialler(addresses[-1], port, _left(deadline))

    def _headers(self, parts: SplitResult, host: str, port: int) -> dict[str, str]:
        shown = f"[{host}]" if ":" in host else host
        at = shown if port == _PORTS[parts.scheme] else f"{shown}:{port}"
        own = self.headers.get(f"{parts.scheme}://{at}", {})
        # Compressed answers are refused: a few bytes could expand to any number.
        return {
            "Host": at,
            "User-Agent": f"mlsr-es/{__version__}",
            "Accept": "image/*",
            "Accept-Encoding": "identity",
            "Connection": "close",
            **own,
        }

    def _read(self, answer: http.client.HTTPResponse) -> bytes | _Redirect:
        if answer.status in _REDIRECTS:
            return _Redirect(answer.headers.get("Location", ""))
        if answer.status != HTTPStatus.OK:
            raise Refusal(f"the server says {answer.status} {answer.reason}".rstrip())
        if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise Refusal(f"the server sends it packed ({answer.headers['Content-Encoding']}), unasked")
        content = bytearray()
        while (answer.length or 0) + len(content) <= self.limits.bytes and (piece := answer.read1(_PIECE)):
            content += piece
        if (answer.length or 0) + len(content) > self.limits.bytes:
            raise Refusal(f"the file has more than {self.limits.bytes:,} bytes")
        if answer.length:
            raise Refusal("the server ended before the file did")
        return bytes(content)


@dataclass(frozen=True, slots=True)
class _Redirect:
    location: str


def origin(url: str) -> str:
    """The origin of a URL, as ``Fetcher.headers`` names it: in lower case, without the default port.

    Raises:
        Refusal: The URL may not be fetched.
    """
    parts = _checked(url)
    host = f"[{parts.hostname}]" if ":" in str(parts.hostname) else str(parts.hostname)
    usual = parts.port in {None, _PORTS[parts.scheme]}
    return f"{parts.scheme}://{host}" if usual else f"{parts.scheme}://{host}:{parts.port}"


def read_headers(file: Path) -> dict[str, dict[str, str]]:
    """Read a file of headers: a JSON object of origins, each with an object of headers.

    Raises:
        InputError: The file holds something else, or cannot be read.
    """
    shape = 'It looks like {"https://store.example": {"Authorization": "..."}}.'
    try:
        values = json.loads(file.read_text(encoding="utf-8"))
        headers = {
            origin(where): {str(name): str(value) for name, value in own.items()} for where, own in values.items()
        }
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror or error}.") from error
    except Refusal as refusal:
        raise InputError(f"{file} names an origin that is none: {refusal}.", advice=shape) from refusal
    except (ValueError, AttributeError) as error:  # the content may be secret, so the message does not repeat it
        raise InputError(f"{file} does not hold headers.", advice=shape) from error
    if any(_BREAKS_A_HEADER.search(text) for own in headers.values() for pair in own.items() for text in pair):
        raise InputError(f"{file} holds a header with a line break or a character that is not ASCII.")
    return headers


def _checked(url: str) -> SplitResult:
    """Check a URL and split it; the host is in the form in which it is resolved.

    Raises:
        Refusal: The URL may not be fetched.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
        host = (parts.hostname or "").encode("idna" if parts.hostname and not parts.hostname.isascii() else "ascii")
    except ValueError as error:  # a UnicodeError is one
        raise Refusal("it is not a URL that can be read") from error
    if parts.scheme not in _PORTS:
        raise Refusal(f"only http and https are fetched, not {parts.scheme or 'a URL without a scheme'}")
    if not host or "@" in parts.netloc:
        raise Refusal("its URL has no host" if not host else "its URL has a user name in it")
    if port == 0 or (port and port < _WELL_KNOWN and port not in _PORTS.values()):
        raise Refusal(f"the port {port} is not one of a web server")
    shown = host.decode()
    netloc = f"[{shown}]" if ":" in shown else shown
    return SplitResult(parts.scheme, f"{netloc}:{port}" if port else netloc, parts.path, parts.query, "")


def _left(deadline: float) -> float:
    left = deadline - monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _said(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {error.verify_message}"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__
