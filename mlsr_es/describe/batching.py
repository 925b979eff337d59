"""What several threads ask one after the other is done together, in one batch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from threading import Lock
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


class Batching(Generic[Asked, Answer]):
    """Puts what several threads ask together.

    Nobody waits for others to come: the first thread's is done at once, and what comes meanwhile is the next batch.

    Args:
        work: Does a batch; gives an answer for each of those asked, in their order.
        most: The most in one batch; None for no limit.
    """

    def __init__(self, work: Callable[[list[Asked]], Sequence[Answer]], *, most: int | None = None) -> None:
        self._work, self._most = work, most
        self._lock = Lock()
        self._waiting: list[tuple[Asked, Future[Answer]]] = []
        self._working = Lock()

    def __call__(self, asked: Asked) -> Answer:
        """The answer; whatever the batch raises is raised in each of its threads."""
        own: Future[Answer] = Future()
        with self._lock:
            self._waiting.append((asked, own))
        while not own.done():
            with self._working:  # whoever waits here may find its own done by another thread
                if not own.done():
                    self._next()
        return own.result()

    def _next(self) -> None:
        with self._lock:
            batch = self._waiting[: self._most]
            self._waiting = self._waiting[len(batch) :]
        try:
            answers = self._work([asked for asked, _ in batch])
        except Exception as error:  # noqa: BLE001 - each of the threads has to hear of it
            for _, future in batch:
                future.set_exception(error)
            return
        for (_, future), answer in zip(batch, answers, strict=True):
            future.set_result(answer)
