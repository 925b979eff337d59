"""Running the service until it is told to stop."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from multiprocessing import parent_process
from shutil import rmtree
from tempfile import TemporaryDirectory
from threading import Thread
from typing import TYPE_CHECKING

import uvicorn
from uvicorn.supervisors import Multiprocess

from mlsr_es.elastic.client import ConnectionSettings, connect
from mlsr_es.errors import InputError
from mlsr_es.languages import load_detector
from mlsr_es.service.app import service
from mlsr_es.service.guard import METRICS_FOLDER, forget_process
from mlsr_es.service.sections import SectionStore
from mlsr_es.service.settings import ServiceSettings

if TYPE_CHECKING:
    from fastapi import FastAPI

_GRACE_S = 10
_IDLE_S = 5
_START_S = 60


def run(
    settings: ServiceSettings,
    connection: ConnectionSettings,
    say: Callable[[str], None],
    sections: SectionStore | None = None,
) -> None:
    """Serve until SIGINT or SIGTERM; requests that are under way are answered first, for up to 10 s.

    Args:
        settings: What is served, to whom, and how much.
        connection: To the cluster, with the rights of a searcher.
        say: Told, in a sentence, what the service's owner should know: its address, once it answers, and failures. With
            several processes it is a module's function, since each process gets it.
        sections: From which an editor may pick one; None for none.

    Raises:
        InputError: The port is taken, the address is not this machine's, there can be no such connection, or one of
            several processes could not start.
    """
    sock = _listening(settings.host, settings.port)
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    address = f"http://{host}:{sock.getsockname()[1]}/"
    tell = partial(say, f"Serving {', '.join(settings.indices)} at {address} until Ctrl-C.")
    make = partial(_made, settings, connection, say, sections)
    if settings.processes == 1:
        _Server(_config(settings, make()), tell).run([sock])
        return
    connect(connection).close()  # what is wrong with it is told once
    with TemporaryDirectory(prefix="mlsr-es-") as folder:
        os.environ[METRICS_FOLDER] = folder
        _Processes(_config(settings, make), sock, tell, say).run()


def _config(settings: ServiceSettings, app: FastAPI | Callable[[], FastAPI]) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        factory=settings.processes > 1,
        workers=settings.processes,
        log_level="critical",
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.proxies),
        forwarded_allow_ips=list(settings.proxies) or None,
        timeout_graceful_shutdown=_GRACE_S,
        timeout_keep_alive=_IDLE_S,
        timeout_worker_healthcheck=_START_S,
    )


def _made(
    settings: ServiceSettings,
    connection: ConnectionSettings,
    say: Callable[[str], None],
    sections: SectionStore | None,
) -> FastAPI:
    """The service of one process, perhaps among several."""
    Thread(target=_end_with_parent, daemon=True).start()
    load_detector()
    return service(
        replace(settings, waiting=-(-settings.waiting // settings.processes)), connect(connection), say, sections
    )


def _end_with_parent() -> None:
    """End once the process that looks after this one was killed: port and disk are to be free of it.

    At once, since a process that still starts would first go on doing so after a SIGTERM.
    """
    if parent := parent_process():
        parent.join()
        rmtree(os.environ[METRICS_FOLDER], ignore_errors=True)
        os._exit(1)


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


class _Processes(Multiprocess):
    """Several processes that answer on one socket; it tells when all of them answer, and of one that is replaced."""

    def __init__(
        self, config: uvicorn.Config, sock: socket.socket, tell: Callable[[], None], say: Callable[[str], None]
    ) -> None:
        super().__init__(config, [sock])
        self._tell, self._say = tell, say

    def init_processes(self) -> None:
        """Start the processes, and tell.

        Raises:
            InputError: One of them could not start.
        """
        super().init_processes()
        if not all(each.wait_until_ready(_START_S) for each in self.processes):
            for each in self.processes:
                each.kill()
            raise InputError(
                "a process of the service could not start.", advice="Take fewer: --processes N; each holds the model."
            )
        self._tell()

    def keep_subprocess_alive(self) -> None:
        """Replace processes that died."""
        before = {each.pid for each in self.processes}
        super().keep_subprocess_alive()
        for pid in before - {each.pid for each in self.processes}:
            forget_process(pid)
            self._say(f"The process {pid} of the service ended, and another one took its place.")
