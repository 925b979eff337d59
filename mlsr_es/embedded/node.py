"""One node: its folder, its start, its stop."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from filelock import FileLock

from mlsr_es.embedded import process
from mlsr_es.embedded.account import Account, account, closed_folder
from mlsr_es.embedded.configuration import LOGGING, Launch, all_settings, by_launcher, direct, settings_file, speaks_tls
from mlsr_es.embedded.distribution import installed
from mlsr_es.embedded.health import healthy, http_address
from mlsr_es.embedded.java import java_program
from mlsr_es.embedded.releases import DEFAULT, release_of
from mlsr_es.embedded.state import make_folder, storing
from mlsr_es.errors import NodeError
from mlsr_es.progress import Progress, Silent
from mlsr_es.state import HOME_VARIABLE, state_folder

_SILENT = Silent()
_STARTING = "Starting Elasticsearch"
_PATIENCE = 180.0  # seconds; usually 10 are enough, a busy machine needs more
_OURS = {"config", "data", "logs", "tmp", "lock", "node.json", "node.part", "node.log"}


@dataclass(frozen=True, slots=True)
class NodeStatus:
    """The state of a node, as seen from outside.

    Args:
        running: Whether its process is alive and has written its address.
        url: Its address, ``http://127.0.0.1:PORT``, with another port at every start; None unless running.
        pid: The number of its process; None unless the process is alive.
        version: Elasticsearch's version.
        data: The node's folder.
        state: The folder that all nodes share.
    """

    running: bool
    url: str | None
    pid: int | None
    version: str
    data: Path
    state: Path


class Node:
    """A node with a data folder of its own. Several nodes with different folders can run at the same time.

    Example:
        >>> node = Node()
        >>> node.start().url  # doctest: +SKIP
        'http://127.0.0.1:41873'

    Args:
        data: The node's folder: missing, empty, or that of an earlier node. Default: ``node`` in the state folder,
            or ``node-VERSION`` for a version that is not the default.
        state: The folder that all nodes share; default: ``state_folder()``.
        version: The version of Elasticsearch, one of ``VERSIONS``.

    Raises:
        InputError: There is no such version.
    """

    def __init__(self, data: Path | None = None, *, state: Path | None = None, version: str = DEFAULT.version) -> None:
        self._release = release_of(version)
        self.state = (state or state_folder()).absolute()
        usual = self.state / ("node" if self._release is DEFAULT else f"node-{version}")
        self.data = (data or usual).resolve()  # so that two paths to one folder are one node
        self._lock = self.data / "lock"
        self._pid_file = self.data / "node.json"
        self._log = self.data / "node.log"
        self._ports = self.data / "logs" / "http.ports"

    @property
    def config(self) -> Path:
        """The folder for files that settings name (users, roles, certificates); they must be there before a start."""
        return self.data / "config"

    def status(self) -> NodeStatus:
        """Whether the node runs, and where. Asks the system, not the node."""
        record = process.read_record(self._pid_file)
        return NodeStatus(
            running=bool(record and record.url),
            url=record.url if record else None,
            pid=record.pid if record else None,
            version=(record and record.version) or self._release.version,
            data=self.data,
            state=self.state,
        )

    def start(
        self, progress: Progress = _SILENT, *, heap_mb: int = 512, settings: Mapping[str, str] | None = None
    ) -> NodeStatus:
        """Start the node, unless it runs already, and wait until it is healthy.

        The first start of a state folder downloads Elasticsearch. Parallel starts of the same node wait.

        Args:
            progress: Advanced while downloading and starting.
            heap_mb: The node's heap, in MiB.
            settings: Elasticsearch's settings, which override this package's. They apply until the node is stopped.

        Raises:
            MissingExtraError: The extra ``embedded`` is not installed.
            NodeError: A download fails, or Elasticsearch does not start.
            StorageError: A folder cannot be written.
        """
        user = account()
        with storing(self.data):
            self._check_folder(user)
            make_folder(self.data)
            with FileLock(self._lock):
                record = process.read_record(self._pid_file)
                if record:
                    self._await_health(record, progress)
                else:
                    self._launch(progress, user, heap_mb, settings or {})
        return self.status()

    def stop(self) -> bool:
        """Stop the node and wait until its process has ended. Its data stay.

        Returns:
            Whether the node was running.

        Raises:
            NodeError: The process does not end.
            StorageError: The folder is another user's.
        """
        with storing(self.data):
            if not self._pid_file.exists():
                return False
            with FileLock(self._lock):
                record = process.read_record(self._pid_file)
                if record:
                    process.terminate(record)
                self._pid_file.unlink(missing_ok=True)
        return record is not None

    def logs(self, lines: int) -> list[str]:
        """The last lines of the node's log since its last start; none if it never started.

        Raises:
            StorageError: The log is another user's.
        """
        with storing(self.data), suppress(FileNotFoundError):
            return self._log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]
        return []

    def _check_folder(self, user: Account | None) -> None:
        foreign = self.data.exists() and {path.name for path in self.data.iterdir()} - _OURS
        if foreign:
            raise NodeError(
                f"{self.data} holds other files ({min(foreign)}).", advice="Name an empty folder for the node's data."
            )
        closed = user and (closed_folder(self.data) or closed_folder(self.state))
        if user and closed:
            raise NodeError(
                f"Elasticsearch does not run as root; {user.name}, whom it runs as instead, cannot enter {closed}.",
                advice=f"Name a folder that every user may enter: {HOME_VARIABLE} for the state, --data for a node.",
            )

    def _launch(self, progress: Progress, user: Account | None, heap_mb: int, settings: Mapping[str, str]) -> None:
        shared = self.state / "shared"
        java = java_program(self._release, shared, user)  # first: without Java the download would be useless
        home = installed(self._release, shared, progress).resolve()
        launcher = self._release.launcher
        start = partial(by_launcher, launcher=launcher) if launcher else direct
        launch = start(java, home, self.data, heap_mb)
        everything = all_settings(self.data, settings)
        self._write_config(everything, launch, user)
        self._ports.unlink(missing_ok=True)
        record = process.spawn(
            launch.command,
            launch.folder,
            launch.environment,
            self._log,
            user,
        )
        try:
            scheme = "https" if speaks_tls(everything) else "http"
            record = replace(record, scheme=scheme, version=self._release.version)
            process.write_record(self._pid_file, record)
            self._await_health(record, progress)
        except BaseException:
            # This also happens on an interrupt: a node that nobody waits for must not keep running.
            process.terminate(record)
            self._pid_file.unlink(missing_ok=True)
            raise

    def _write_config(self, settings: Mapping[str, str], launch: Launch, user: Account | None) -> None:
        for name in ("config", "data", "logs", "tmp"):
            folder = self.data / name
            folder.mkdir(mode=0o700, exist_ok=True)
            if user:
                os.chown(folder, user.uid, user.gid)
        ours = {"elasticsearch.yml": settings_file(settings), "log4j2.properties": LOGGING, **launch.files}
        for name, text in ours.items():
            path = self.config / name
            path.unlink(missing_ok=True)
            with path.open("x", encoding="utf-8") as file:  # "x": a new file, never a link of the node's user
                file.write(text)
        if user:
            for path in self.config.rglob("*"):
                os.chown(path, user.uid, user.gid, follow_symlinks=False)

    def _await_health(self, record: process.ProcessRecord, progress: Progress) -> None:
        progress.start(_STARTING)
        deadline = time.monotonic() + _PATIENCE
        while not (record.url and healthy(record.url)):
            if not process.alive(record):
                raise NodeError("Elasticsearch ended while it was starting. " + self._last_words())
            if time.monotonic() > deadline:
                raise NodeError(f"Elasticsearch was not healthy within {_PATIENCE:.0f} seconds. " + self._last_words())
            time.sleep(0.1)
            if not record.address:
                record = replace(record, address=http_address(self._ports))
        process.write_record(self._pid_file, record)
        progress.finish(_STARTING)

    def _last_words(self) -> str:
        said = [line for line in self.logs(200) if line.strip() and not line.startswith("\tat ")]
        return "\n".join(["The end of its log:", *said[-12:]])
