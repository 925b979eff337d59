"""One run at a time on a name: a lease that a run takes, renews while it works, and gives back.

The lease of ``photos`` is a document in the hidden index ``photos-v0000``, which the role of an indexer covers and no
search reaches. Who takes it creates the document; all later writes are on condition that the document is as it was last
seen. So two runs never both hold it, whatever their clocks say.
"""

from __future__ import annotations

import getpass
import os
import secrets
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, Self

from mlsr_es.elastic.client import error_types, translated, with_retries
from mlsr_es.errors import ClusterError, ClusterRefusedError, ClusterUnreachableError
from mlsr_es.progress import say_nothing

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

RENEWED_S = 10.0
"""How often a run renews its lease, in seconds."""

STALE_S = 30.0
"""How long a lease may stay as it is before another run takes it over, in seconds."""

_POLL_S = 1.0
_ID = "lease"
_SETTINGS = {"hidden": True, "number_of_shards": 1, "auto_expand_replicas": "0-1"}
_ENDED = "Z"
"""The state of a process that has ended, and that nobody has asked for its end."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a lease.

    Args:
        token: Of this run alone.
        who: The user and the machine's name, for people.
        process: The process's number.
        doing: The command, for people.
        since: When it was taken: UTC, for people.
        machine: What tells this machine, and its processes, from others; "" where that is not known.
        started: When the process started, as this machine counts; "" where that is not known.
    """

    token: str
    who: str
    process: int
    doing: str
    since: str
    machine: str = ""
    started: str = ""

    @classmethod
    def here(cls, doing: str) -> Self:
        """This process."""
        try:
            user = getpass.getuser()
        except (KeyError, OSError):  # a user without a name, as in some containers
            user = str(os.getuid()) if hasattr(os, "getuid") else "?"
        return cls(
            secrets.token_hex(8),
            f"{user}@{socket.gethostname()}",
            os.getpid(),
            doing,
            f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}",
            _machine(),
            _started(os.getpid()),
        )

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Self:
        """From the document; what it lacks is unknown."""
        known = {each.name: stored.get(each.name, "") for each in fields(cls)}
        return cls(**{**known, "process": int(stored.get("process") or 0)})

    @property
    def is_dead(self) -> bool:
        """Whether it was a process of this machine that has ended."""
        return (
            bool(self.machine and self.started)
            and self.machine == _machine()
            and _started(self.process) != self.started
        )

    def __str__(self) -> str:
        return f"{self.doing} by {self.who}, process {self.process}, since {self.since} UTC"


class Lease:
    """A lease that this process holds, of ``leased``. Its methods may be called from several threads."""

    def __init__(self, client: Elasticsearch, name: str, holder: Holder) -> None:
        self.name = name
        self._client, self._index, self._holder = client, lease_index(name), holder
        self._lock = threading.Lock()
        self._seen: tuple[int, int] | None = None
        self._lost_to = ""

    def check(self) -> None:
        """See that the lease has not been found lost; no request is sent.

        Raises:
            ClusterError: Another run has taken it over.
        """
        if self._lost_to:
            raise ClusterRefusedError(
                f"another run has taken over {self.name}, since this one did not answer for a while: {self._lost_to}.",
                advice="What is stored stays stored. Wait for the other run to end, then run this again.",
            )

    def confirm(self) -> None:
        """Renew the lease now, before something that must not be done by two runs.

        Raises:
            ClusterError: Another run has taken it over, or the cluster cannot be reached.
        """
        if self._seen is not None:
            with_retries(self._client, f"renew the lease of {self.name}", self.renew)
        self.check()

    def acquire(self, say: Callable[[str], None]) -> None:
        """Wait until it is free or stale, and take it.

        Raises:
            ClusterError: The cluster cannot be reached, or refuses.
        """
        waited_for, unchanged_since = None, monotonic()
        while True:
            held, seen = self._read()
            if held and held.token == self._holder.token:  # written by a request whose answer was lost
                self._seen = seen
                return
            if (held, seen) != waited_for:
                if held and not held.is_dead and (waited_for is None or held != waited_for[0]):
                    say(f"Waiting for another run on {self.name} to end ({held}).")
                waited_for, unchanged_since = (held, seen), monotonic()
            stale = held is not None and (held.is_dead or monotonic() - unchanged_since > STALE_S)
            if held is None or stale:
                self._write(seen)
            if self._seen is not None:
                return
            if held is not None and not stale:
                sleep(_POLL_S)

    def _read(self) -> tuple[Holder | None, tuple[int, int] | None]:
        """Who holds it, and the document's state; None where it is free."""
        from elasticsearch import NotFoundError

        def get() -> Mapping[str, Any] | None:
            try:
                found: Mapping[str, Any] = self._client.get(index=self._index, id=_ID).body
            except NotFoundError as error:
                if "index_not_found_exception" in error_types(error.body):
                    self._create_index()
                return None
            return found

        told = with_retries(self._client, f"look for other runs on {self.name}", get)
        if told is None:
            return None, None
        return Holder.read(told["_source"]), (told["_seq_no"], told["_primary_term"])

    def _create_index(self) -> None:
        from elasticsearch import BadRequestError

        try:
            self._client.indices.create(index=self._index, settings={"index": _SETTINGS}, mappings={"dynamic": False})
        except BadRequestError as error:
            if "resource_already_exists_exception" not in error_types(error.body):
                raise

    def _write(self, seen: tuple[int, int] | None) -> None:
        """Take it, if it is as it was seen; ``_seen`` says whether that went well."""
        from elasticsearch import ConflictError

        condition: dict[str, Any] = (
            {"op_type": "create"} if seen is None else {"if_seq_no": seen[0], "if_primary_term": seen[1]}
        )
        with translated(self._client, f"take the lease of {self.name}"), suppress(ConflictError):
            told = self._client.index(index=self._index, id=_ID, document=asdict(self._holder), **condition)
            self._seen = told["_seq_no"], told["_primary_term"]

    def renew(self) -> None:
        """Write it again, so that nobody takes it for stale; if somebody has, ``check`` says so.

        Raises:
            ApiError: The cluster refuses, or is not well.
            TransportError: The cluster cannot be reached.
        """
        from elasticsearch import ConflictError, NotFoundError

        with self._lock:
            if self._seen is None or self._lost_to:
                return
            condition: dict[str, Any] = {"if_seq_no": self._seen[0], "if_primary_term": self._seen[1]}
            try:
                told = self._client.index(index=self._index, id=_ID, document=asdict(self._holder), **condition)
                self._seen = told["_seq_no"], told["_primary_term"]
            except (ConflictError, NotFoundError):
                held, seen = self._read()
                if held and held.token == self._holder.token:
                    self._seen = seen
                else:
                    self._lost_to = str(held) if held else "it has ended by now"

    def release(self) -> None:
        """Give it back, if it is held; where the cluster does not answer, others take it over in time."""
        from elastic_transport import ApiError, TransportError

        if not self._lock.acquire(timeout=_POLL_S):  # it is being renewed, and the cluster does not answer
            return
        with suppress(ApiError, TransportError):  # a lease that stays is taken over
            if self._seen is not None and not self._lost_to:
                self._client.delete(index=self._index, id=_ID, if_seq_no=self._seen[0], if_primary_term=self._seen[1])
        self._lock.release()


@contextmanager
def leased(
    client: Elasticsearch, name: str, doing: str, *, say: Callable[[str], None] = say_nothing
) -> Iterator[Lease]:
    """Hold the lease of a name: no other run, promotion, rollback or removal happens on it meanwhile.

    While another run holds it, this one waits. A run that was killed is noticed at once on the same machine, and after
    ``STALE_S`` elsewhere. A user who may not write the lease's index is told so, and works without one.

    Args:
        client: Of ``connect``.
        name: The alias, or the owner's index.
        doing: The command, for those who wait.
        say: Told, in a sentence, for whom this run waits.

    Raises:
        ClusterError: The cluster cannot be reached, or refuses.
    """
    from elasticsearch import AuthorizationException

    lease = Lease(client, name, Holder.here(doing))
    try:
        lease.acquire(say)
    except ClusterRefusedError as error:
        if not isinstance(error.__cause__, AuthorizationException):
            raise
        say(f"No lease could be taken on {name}, so see that no other run works on it: {error.what}")
    done = threading.Event()
    renewing = threading.Thread(target=_keep, args=(lease, done), name="lease", daemon=True)
    renewing.start()
    reached = True
    try:
        yield lease
    except ClusterUnreachableError:
        reached = False  # nor could the lease be given back: it gets stale
        raise
    finally:
        done.set()
        renewing.join(_POLL_S)
        if reached:
            lease.release()


def lease_index(name: str) -> str:
    """The index that holds the lease of a name."""
    return f"{name}-v0000"


def _keep(lease: Lease, done: threading.Event) -> None:
    """Renew a lease until it is done with."""
    from elastic_transport import ApiError, TransportError

    while not done.wait(RENEWED_S):
        with suppress(ApiError, TransportError, ClusterError):  # the cluster may come back in time
            lease.renew()


@cache
def _machine() -> str:
    """What two processes share if and only if each sees the other's number; "" where the system does not say."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return ""


def _started(process: int) -> str:
    """When a process of this machine started, in the system's own count; "" where none runs."""
    try:
        told = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        return "" if told[0] == _ENDED else told[19]
    except (OSError, IndexError):
        return ""
