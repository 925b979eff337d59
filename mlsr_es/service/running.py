"""Running the service until it is told to stop."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import TYPE_CHECKING

import uvicorn

from mlsr_es.errors import InputError
from mlsr_es.languages import load_detector
from mlsr_es.service.app import service
from mlsr_es.service.sections import SectionStore
from mlsr_es.service.settings import ServiceSettings

if TYPE_CHECKING:
    from mlsr_es.elastic.client import Client

_GRACE_S = 10
_IDLE_S = 5


def run(
    settings: ServiceSettings, client: Client, say: Callable[[str], None], sections: SectionStore | None = None
) -> None:
    """Serve until SIGINT or SIGTERM; requests that are under way are answered first, for up to 10 s.

    Args:
        settings: What is served, to whom, and how much.
        client: Of ``connect``, with the rights of a searcher.
        say: Told, in a sentence, what the service's owner should know: its address, once it answers, and failures.
        sections: From which an editor may pick one; None for none.

    Raises:
        InputError: The port is taken, or the address is not this machine's.
    """
    config = uvicorn.Config(
        service(settings, client, say, sections),
        host=settings.host,
        port=settings.port,
        log_level="critical",
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.proxies),
        forwarded_allow_ips=list(settings.proxies) or None,
        timeout_graceful_shutdown=_GRACE_S,
        timeout_keep_alive=_IDLE_S,
    )
    sock = _listening(settings.host, settings.port)
    load_detector()
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    address = f"http://{host}:{sock.getsockname()[1]}/"
    _Server(config, lambda: say(f"Serving {', '.join(settings.indices)} at {address} until Ctrl-C.")).run([sock])


def _listening(host: str, port: int) -> socket.socket:
    # asyncio turns off the delay of small packets (40 ms) only for sockets that name their protocol.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
    except OSError as error:
        sock.close()
        raise InputError(
            f"{host}:{port} cannot be listened on: {error.strerror or error}.", advice="Take another one: --port N"
        ) from error
    return sock


class _Server(uvicorn.Server):
    """A server that tells when it answers."""

    def __init__(self, config: uvicorn.Config, tell: Callable[[], None]) -> None:
        super().__init__(config)
        self._tell = tell

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen, and tell."""
        await super().startup(sockets)
        self._tell()
