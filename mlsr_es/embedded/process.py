"""A process that outlives its starter, told apart from a later one that was given the same number."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson

from mlsr_es.embedded.account import Account
from mlsr_es.errors import NodeError
from mlsr_es.extras import extra

_ours: list[subprocess.Popen[bytes]] = []  # kept, because Popen warns when it is collected before its process ends


@dataclass(frozen=True, slots=True)
class ProcessRecord:
    """The content of a pid file.

    Args:
        pid: The process's number.
        started: Of ``start_time``; a number alone may be given to another process.
        scheme: "http" or "https".
        address: The host and port where it answers; "" until that is known.
        version: Of what runs; "" where the starter did not say.
    """

    pid: int
    started: str
    scheme: str = "http"
    address: str = ""
    version: str = ""

    @property
    def url(self) -> str | None:
        """Where it answers; None until that is known."""
        return f"{self.scheme}://{self.address}" if self.address else None


def read_record(path: Path) -> ProcessRecord | None:
    """The record in a pid file whose process lives; None for no file, a broken one and a stale one."""
    try:
        record = ProcessRecord(**orjson.loads(path.read_bytes()))
    except (OSError, ValueError, TypeError):
        return None
    return record if alive(record) else None


def write_record(path: Path, record: ProcessRecord) -> None:
    """Write a pid file, whole or not at all."""
    part = path.with_suffix(".part")
    part.write_bytes(orjson.dumps(asdict(record)))
    part.replace(path)


def alive(record: ProcessRecord) -> bool:
    """Whether the very process of a record runs."""
    if start_time(record.pid) == record.started:
        return True
    for child in _ours:
        child.poll()  # a child that has ended stays a zombie until it is asked
    return False


def start_time(pid: int) -> str | None:
    """When a process was started, in hundredths of a second since the system was; None where it does not run.

    A zombie does not run, but for one with threads left: that is a Java on its way out, whose ports may still be open.

    Raises:
        MissingExtraError: The extra ``embedded`` is not installed.
    """
    with extra("embedded"):
        import psutil
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE and process.num_threads() <= 1:
            return None
        # Not the time of day: that is told otherwise once somebody has set the clock.
        return str(round(100 * (process.create_time() - psutil.boot_time())))
    except psutil.NoSuchProcess:
        return None


def spawn(
    command: list[str], folder: Path, environment: Mapping[str, str], log: Path, user: Account | None
) -> ProcessRecord:
    """Start a process in a session of its own, with nothing of ours open.

    Args:
        command: The program and its arguments.
        folder: Its working directory.
        environment: Its variables, beside a bare path and locale: nothing of ours is handed down.
        log: The file that its output goes into, from the top.
        user: Whom it runs as; None for the user who asks.

    Raises:
        NodeError: The system refuses.
    """
    log.unlink(missing_ok=True)
    try:
        with log.open("xb") as output:
            log.chmod(0o600)
            child = subprocess.Popen(  # noqa: S603
                command,
                cwd=folder,
                env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", **environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                umask=0o077,
                user=user.uid if user else None,
                group=user.gid if user else None,
                extra_groups=[] if user else None,
            )
    except (OSError, subprocess.SubprocessError) as error:
        raise NodeError(f"{command[0]} cannot be started{f' as user {user.name}' if user else ''}: {error}.") from error
    _ours.append(child)
    return ProcessRecord(child.pid, start_time(child.pid) or "")


def terminate(record: ProcessRecord, patience: float = 30) -> None:
    """End a process: asked first, killed when that takes longer than so many seconds.

    Raises:
        NodeError: The process is another user's.
    """
    for number, seconds in ((signal.SIGTERM, patience), (signal.SIGKILL, 10.0)):
        if not alive(record):
            return
        try:
            with suppress(ProcessLookupError):
                os.kill(record.pid, number)
        except PermissionError as error:
            raise NodeError(
                f"Process {record.pid} is another user's.", advice="Stop the node as the user who started it."
            ) from error
        deadline = time.monotonic() + seconds
        while alive(record) and time.monotonic() < deadline:
            time.sleep(0.05)
    if alive(record):
        raise NodeError(f"Process {record.pid} does not end.")
