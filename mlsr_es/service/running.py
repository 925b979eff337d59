"""Running the service until it is told to stop."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import uvicorn

from mlsr_es.errors import InputError
from mlsr_es.service.app import service
from mlsr_es.service.settings import ServiceSettings

if TYPE_CHECKING:
    from mlsr_es.elastic.client import Client

_GRACE_S = 10
_IDLE_S = 5


def run(settings: ServiceSettings, client: Client, say: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM; requests that are under way are answered first, for up to 10 s.

    Raises:
        InputError: The port is taken, or the address is not this machine's.
    """
    server = uvicorn.Server(
        uvicorn.Config(
            service(settings, client, say),
            host=settings.host,
            port=settings.port,
            log_level="error",
            access_log=False,
            server_header=False,
            proxy_headers=bool(settings.proxies),
            forwarded_allow_ips=list(settings.proxies) or None,
            timeout_graceful_shutdown=_GRACE_S,
            timeout_keep_alive=_IDLE_S,
        )
    )
    try:
        sock = server.config.bind_socket()
    except SystemExit as error:
        raise InputError(
            f"{settings.host}:{settings.port} cannot be listened on.", advice="Take another one: --port N"
        ) from error
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    say(f"Serving {', '.join(settings.indices)} at http://{host}:{sock.getsockname()[1]}/ until Ctrl-C.")
    server.run(sockets=[sock])
