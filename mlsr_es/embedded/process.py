"""A process that outlives its starter; a later process with the same number is recognised as another one."""

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

_ours: list[subprocess.Popen[bytes]] = []  # kept: Popen warns if it is garbage-collected before its process ends


@dataclass(frozen=True, slots=True)
class ProcessRecord:
    """The content of a pid file.

    Args:
        pid: The process's number.
        started: Of ``start_time``: the system may give the number to another process later.
        scheme: "http" or "https".
        address: The host and port where it answers; "" until they are known.
        version: The version of the program; "" if the starter did not give one.
    """

    pid: int
    started: str
    scheme: str = "http"
    address: str = ""
    version: str = ""

    @property
    def url(self) -> str | None:
        """The process's URL; None until the address is known."""
        return f"{self.scheme}://{self.address}" if self.address else None


def read_record(path: Path) -> ProcessRecord | None:
    """Read a pid file; None if there is no file, if it is broken, or if its process has ended."""
    try:
        record = ProcessRecord(**orjson.loads(path.read_bytes()))
    except (OSError, ValueError, TypeError):
        return None
    return record if alive(record) else None


def write_record(path: Path, record: ProcessRecord) -> None:
    """Write a pid file, completely or not at all."""
    part = path.with_suffix(".part")
    part.write_bytes(orjson.dumps(asdict(record)))
    part.replace(path)


def alive(record: ProcessRecord) -> bool:
    """Whether the process of a record runs, and not a later one with its number."""
    if start_time(record.pid) == record.started:
        return True
    for child in _ours:
        child.poll()  # an ended child stays a zombie until it is polled
    return False


def start_time(pid: int) -> str | None:
    """The start time of a process, in hundredths of a second after the system's; None if it does not run.

    A zombie does not run, except with remaining threads: a Java that is still shutting down may have open ports.

    Raises:
        MissingExtraError: The extra ``embedded`` is not installed.
    """
    with extra("embedded"):
        import psutil
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE and process.num_threads() <= 1:
            return None
        # Not the time of day, which changes when somebody sets the clock.
        return str(round(100 * (process.create_time() - psutil.boot_time())))
    except psutil.NoSuchProcess:
        return None


def spawn(
    command: list[str], folder: Path, environment: Mapping[str, str], log: Path, user: Account | None
) -> ProcessRecord:
    """Start a process in a session of its own, without this program's open files.

    Args:
        command: The program and its arguments.
        folder: The working directory of the process.
        environment: Environment variables in addition to a minimal path and locale; this program's are not passed on.
        log: The file for the output; it is overwritten.
        user: The user to run the process as; None for the current user.

    Raises:
        NodeError: The system refuses to start the process.
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
    """End a process: ask it to end, and kill it if it has not ended after ``patience`` seconds.

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
