"""Requests that wait are answered together."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Semaphore

import pytest

from mlsr_es.service import gathering
from mlsr_es.service.gathering import Gathering


class Echo:
    """Answers a number by its square once it is let go; refuses 13 alone, and 99 with all of its batch."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.begun, self.go = Semaphore(0), Event()

    def __call__(self, batch: list[int]) -> Sequence[int | Exception]:
        """Answer a batch."""
        self.batches.append(batch)
        self.begun.release()
        self.go.wait(10)
        if 99 in batch:
            raise OSError("all of it")
        return [ValueError("this one") if number == 13 else number**2 for number in batch]


Scene = Callable[[Echo, Gathering[int, int]], Awaitable[None]]


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Scene], Echo]]:
    """Plays a scene in an event loop of its own; waiting has no limit unless the scene gives it one."""
    monkeypatch.setattr(gathering, "_LONGEST_WAIT_S", 60.0)
    with ThreadPoolExecutor(8) as threads:

        def played(scene: Scene) -> Echo:
            echo = Echo()
            try:
                asyncio.run(scene(echo, Gathering(echo, threads)))  # type: ignore[arg-type]
            finally:
                echo.go.set()
            return echo

        yield played


async def asked(gathered: Gathering[int, int], numbers: Sequence[int]) -> list[asyncio.Task[int]]:
    """Ask, and let the loop come to each."""
    tasks = [asyncio.ensure_future(gathered(number)) for number in numbers]
    await asyncio.sleep(0)
    return tasks


def test_what_comes_while_two_are_answered_is_the_next_batch(play: Callable[[Scene], Echo]) -> None:
    """The first two wait for nobody; a batch has at most eight, and each gets its own answer."""

    async def scene(echo: Echo, gathered: Gathering[int, int]) -> None:
        tasks = await asked(gathered, range(12))
        echo.go.set()
        assert await asyncio.gather(*tasks) == [number**2 for number in range(12)]

    echo = play(scene)
    assert sorted(echo.batches) == [[0], [1], list(range(2, 10)), [10, 11]]


def test_an_error_reaches_whom_it_concerns(play: Callable[[Scene], Echo]) -> None:
    """One of a batch, or all of it; those who come after are answered."""

    async def scene(echo: Echo, gathered: Gathering[int, int]) -> None:
        first = await asked(gathered, [0, 1])
        second = await asked(gathered, [2, 13, 4])
        echo.go.set()
        two, thirteen, four = await asyncio.gather(*second, return_exceptions=True)
        assert (two, repr(thirteen), four) == (4, "ValueError('this one')", 16)
        assert await asyncio.gather(*first) == [0, 1]
        echo.go.clear()
        third = await asked(gathered, [5, 6])
        fourth = await asked(gathered, [7, 99])
        echo.go.set()
        seven, all_of_it = await asyncio.gather(*fourth, return_exceptions=True)
        assert repr(seven) == repr(all_of_it) == "OSError('all of it')"
        assert await asyncio.gather(*third) == [25, 36]
        assert await gathered(8) == 64

    play(scene)


def test_nobody_waits_long_for_a_slow_cluster(play: Callable[[Scene], Echo], monkeypatch: pytest.MonkeyPatch) -> None:
    """What has waited is sent, though two batches are under way."""
    monkeypatch.setattr(gathering, "_LONGEST_WAIT_S", 0.01)

    async def scene(echo: Echo, gathered: Gathering[int, int]) -> None:
        tasks = await asked(gathered, range(5))
        for _ in range(3):
            assert await asyncio.to_thread(echo.begun.acquire, timeout=10)
        assert not any(task.done() for task in tasks)
        echo.go.set()
        await asyncio.gather(*tasks)

    assert sorted(play(scene).batches) == [[0], [1], [2, 3, 4]]


def test_who_goes_away_takes_no_answer_from_the_others(play: Callable[[Scene], Echo]) -> None:
    """Before its batch has begun, and after."""

    async def scene(echo: Echo, gathered: Gathering[int, int]) -> None:
        tasks = await asked(gathered, range(5))
        for gone in (tasks[0], tasks[3]):
            gone.cancel()
        echo.go.set()
        assert await asyncio.gather(*(tasks[place] for place in (1, 2, 4))) == [1, 4, 16]

    play(scene)
