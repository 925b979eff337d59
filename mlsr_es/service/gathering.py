"""Requests that wait are answered together."""

from __future__ import annotations

from asyncio import Future, get_running_loop
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from functools import partial
from itertools import islice
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")

_BATCHES = 2
"""While so many are under way, others wait for the end of one: one batch is encoded while the cluster has the other."""

_MOST = 8
"""In one batch: a slow search among them holds no more than these."""

_LONGEST_WAIT_S = 0.02
"""Who has waited for so long waits for no batch: a cluster that takes longer is sent more at a time."""


class Gathering(Generic[Asked, Answer]):
    """Answers in batches what waits at the same time, on other threads; it is used from one event loop.

    Nobody waits for others to come: what finds fewer than two batches under way is answered at once, alone, and what
    comes meanwhile is the next batch.

    Args:
        work: Answers a batch; an answer or an error for each of those asked, in their order.
        threads: On which it is done.
    """

    def __init__(self, work: Callable[[list[Asked]], Sequence[Answer | Exception]], threads: Executor) -> None:
        self._work, self._threads = work, threads
        self._waiting: dict[Future[Answer], Asked] = {}
        self._under_way = 0

    async def __call__(self, asked: Asked) -> Answer:
        """The answer; what the whole batch raises is raised in each that was in it."""
        loop = get_running_loop()
        own: Future[Answer] = loop.create_future()
        self._waiting[own] = asked
        if self._under_way < _BATCHES:
            self._start()
        else:
            loop.call_later(_LONGEST_WAIT_S, self._wait_no_longer, own)
        return await own

    def _wait_no_longer(self, own: Future[Answer]) -> None:
        if own in self._waiting:
            self._start()

    def _start(self) -> None:
        batch = {future: self._waiting.pop(future) for future in list(islice(self._waiting, _MOST))}
        self._under_way += 1
        done = get_running_loop().run_in_executor(self._threads, self._work, list(batch.values()))
        done.add_done_callback(partial(self._tell, list(batch)))

    def _tell(self, batch: list[Future[Answer]], done: Future[Sequence[Answer | Exception]]) -> None:
        self._under_way -= 1
        if self._waiting and self._under_way < _BATCHES:
            self._start()
        error = done.exception()
        answers = [error] * len(batch) if error else done.result()
        for future, answer in zip(batch, answers, strict=True):
            if future.done():  # its client went away
                continue
            if isinstance(answer, BaseException):
                future.set_exception(answer)
            else:
                future.set_result(answer)
