"""The machines of a Ray cluster: records are read and written here, and prepared and encoded there.

Ray Data is not used. Its ``Datasink`` tells what became of the documents when all is written, and its checkpoints hold
all ids in memory; here the pipeline needs each result as it comes, for counts, rejects, documents that somebody has
changed meanwhile and the lease. So actors get pieces of the run and give them back encoded.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from socket import create_connection
from typing import TYPE_CHECKING, Any

from mlsr_es.errors import EngineError, MlsrError, first_line
from mlsr_es.extras import extra
from mlsr_es.indexing.ahead import ahead
from mlsr_es.indexing.engines.engine import Encoded, Encoding
from mlsr_es.indexing.engines.worker import Piece, Work, Worker
from mlsr_es.indexing.prepare import Item, Preparing, taken
from mlsr_es.indexing.record import Record
from mlsr_es.progress import say_nothing

if TYPE_CHECKING:
    from mlsr_es.encoders import Model

_PIECES_EACH = 2
"""Pieces that a worker has at a time: it goes on with the second while the first is on its way back."""

_MOST_DEATHS = 3
"""How many workers may end over one piece."""

_CONNECTING_S = 5.0
"""How long a cluster is waited for that does not answer, in seconds."""

_PATIENCE_S = 15.0
"""How long workers are waited for without a word, in seconds."""


@dataclass(frozen=True, slots=True)
class RayEngine:
    """Prepares and encodes on a Ray cluster: one worker a GPU where it has GPUs, else one a core.

    Records are read and written by this process alone, so no worker reaches the cluster, or knows a key. Image files
    are opened by the workers, so all machines need them under the same path.

    Args:
        address: The cluster's, as ``ray.init`` takes it; "" for a cluster of this machine alone, for this run.
        workers: The most workers; None for as many as the cluster has room for.
        device: Where they encode: "auto", "cuda" or "cpu".
        say: Told, in a sentence, what a person should know: what is waited for, what is done again.
    """

    address: str = ""
    workers: int | None = None
    device: str = "auto"
    say: Callable[[str], None] = say_nothing

    @contextmanager
    def opened(self, preparing: Preparing, model: Model) -> Iterator[Encoding]:
        """Connect, and start workers.

        Raises:
            MissingExtraError: Ray is not installed.
            EngineError: The cluster cannot be reached, or has nothing to encode on.
        """
        with extra("ray"):
            os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
            import ray
        logging.getLogger("ray").setLevel(logging.ERROR)
        with _connected(ray, self.address):
            workers = _Workers(ray, self, preparing, model)
            try:
                yield workers.encoding
            finally:
                workers.close()


@dataclass(slots=True)
class _Slot:
    """Room for a piece at a worker.

    Args:
        actor: The worker.
        piece: What it has there; None while it begins.
        deaths: How many workers have ended over this piece.
    """

    actor: Any
    piece: Piece | None = None
    deaths: int = 0


class _Workers:
    """The workers of one run."""

    def __init__(self, ray: Any, engine: RayEngine, preparing: Preparing, model: Model) -> None:
        self._ray, self._say, self._stored = ray, engine.say, preparing.stored
        size, resources, device = _room(ray.cluster_resources(), engine)
        self._actor_of = ray.remote(Worker).options(**resources)
        self._work = ray.put(Work.of(preparing, model, device))
        self._actors = [self._actor_of.remote() for _ in range(size)]
        self._successors: dict[Any, Any] = {}

    def close(self) -> None:
        """End the workers."""
        for actor in self._actors:
            self._ray.kill(actor)

    def encoding(self, items: Iterator[Item]) -> Generator[Encoded]:
        """Prepare and encode records; the pieces come back as they are done."""
        slots = {self._begun(actor): _Slot(actor) for actor in self._actors for _ in range(_PIECES_EACH)}
        with closing(ahead(lambda: self._piece(items))) as pieces:
            while slots:
                done, slot = self._next(slots)
                try:
                    found = self._ray.get(done)
                except self._ray.exceptions.RayTaskError as error:
                    raise _reason(error.cause) from error
                except self._ray.exceptions.RayError as error:
                    self._again(slots, slot, error)
                    continue
                piece = next(pieces, None)
                if piece is not None:
                    slots[slot.actor.encoded.remote(piece)] = _Slot(slot.actor, piece)
                else:  # workers that have not begun yet are not waited for
                    slots = {ref: each for ref, each in slots.items() if each.piece is not None}
                if found is not None:
                    found.block.seconds /= len(self._actors)  # they work side by side
                    yield replace(found, seconds=found.seconds / len(self._actors))

    def _piece(self, items: Iterator[Item]) -> Piece | None:
        some = taken(items)
        return Piece(some, self._stored([each for each in some if isinstance(each, Record)])) if some else None

    def _begun(self, actor: Any) -> Any:
        return actor.begin.remote(self._work)

    def _next(self, slots: dict[Any, _Slot]) -> tuple[Any, _Slot]:
        """The next slot in which something is done."""
        told = any(slot.piece for slot in slots.values())
        while True:
            done, _ = self._ray.wait([*slots], num_returns=1, timeout=_PATIENCE_S)
            if done:
                return done[0], slots.pop(done[0])
            if not told:
                self._say("Waiting for the Ray cluster to start a worker.")
                told = True

    def _again(self, slots: dict[Any, _Slot], slot: _Slot, error: Exception) -> None:
        """Give a piece whose worker has ended to another one.

        Raises:
            EngineError: Too many have ended over it.
        """
        deaths = slot.deaths + 1
        if deaths >= _MOST_DEATHS:
            first = next((each.id for each in slot.piece.items), "") if slot.piece else ""
            where = f"over the same records (the first is {first})" if first else "before they began"
            raise EngineError(
                f"{deaths} workers have ended {where}: {_death(error)}",
                advice="See the logs of Ray; memory is often the reason. What is stored stays stored.",
            ) from error
        if slot.actor not in self._successors:
            self._say("A worker has ended; what it had is done again.")
            self._successors[slot.actor] = self._actor_of.remote()
            self._actors.append(self._successors[slot.actor])
            self._actors.remove(slot.actor)
        actor = self._successors[slot.actor]
        begun = self._begun(actor)  # before the piece, in this order
        done = begun if slot.piece is None else actor.encoded.remote(slot.piece)
        slots[done] = _Slot(actor, slot.piece, deaths)


def _room(resources: dict[str, float], engine: RayEngine) -> tuple[int, dict[str, float], str]:
    """How many workers, what each takes, and where it encodes.

    Raises:
        EngineError: The cluster has no room for any.
    """
    gpus, cores = int(resources.get("GPU", 0)), int(resources.get("CPU", 0))
    if engine.device == "cuda" or (engine.device == "auto" and gpus):
        size, each, device = gpus, {"num_gpus": 1.0}, "cuda"
    else:
        size, each, device = cores, {"num_cpus": 1.0}, "cpu"
    if not size:
        raise EngineError(
            f"the Ray cluster has no {'GPU' if device == 'cuda' else 'core'}.",
            advice="Name another cluster, or another device.",
        )
    return min(size, engine.workers or size), each, device


@contextmanager
def _connected(ray: Any, address: str) -> Iterator[None]:
    """Within, Ray is connected; a connection that was there before stays.

    Raises:
        EngineError: The cluster cannot be reached.
    """
    if ray.is_initialized():
        yield
        return
    # "local": else Ray would take any cluster that it finds on this machine.
    where = {"address": address} if address else {"address": "local", "include_dashboard": False}
    host, _, port = address.rpartition("//")[2].rpartition(":")
    try:
        if host and port.isdigit():  # Ray itself waits for minutes where nobody listens
            create_connection((host, int(port)), _CONNECTING_S).close()
        ray.init(**where, log_to_driver=False, logging_level=logging.ERROR, configure_logging=False)
    except (OSError, RuntimeError, ValueError) as error:
        raise EngineError(
            f"the Ray cluster {address or 'of this machine'} cannot be reached: {first_line(error)}.",
            advice="Name its address, as in --ray-address ray-head:6379; where it asks for a token, set "
            "RAY_AUTH_MODE=token. ray status tells whether it runs.",
        ) from error
    try:
        yield
    finally:
        ray.shutdown()


def _death(error: Exception) -> str:
    """What Ray knows of the end of a worker: the last line that it says, without the causes that it guesses."""
    return str(error).rstrip().rpartition("\n")[2].partition(" Some common causes")[0].strip()


def _reason(cause: Exception) -> Exception:
    """An error of a worker as one of this process."""
    if isinstance(cause, MlsrError):
        return cause
    return EngineError(
        f"a worker failed: {type(cause).__name__}: {first_line(cause)}.",
        advice="All machines need the same version of this package, and of the packages that it stands on.",
    )
