"""Threads that share a budget."""

from __future__ import annotations

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from mlsr_es.budget import Budget


@pytest.mark.parametrize(
    "parts", [[1] * 40, [3, 7, 10, 2] * 8, [25, 1, 1, 30] * 4], ids=["small", "mixed", "too large"]
)
def test_no_more_is_held_at_once_than_there_is(parts: list[int]) -> None:
    """But for a part that is larger than all: it is held alone. All get theirs in the end."""
    budget, lock, held, most, alone = Budget(10), threading.Lock(), 0, 0, True

    def take(part: int) -> int:
        nonlocal held, most, alone
        with budget.holding(part):
            with lock:
                held += part
                most = max(most, held if held != part else min(part, 10))
                alone &= part <= 10 or held == part
            time.sleep(random.random() / 1000)
            with lock:
                alone &= part <= 10 or held == part
                held -= part
        return part

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(take, parts)) == parts
    assert most <= 10
    assert alone
    assert held == 0


def test_a_part_is_given_back_after_an_error() -> None:
    """Whoever asks next gets it."""
    budget = Budget(1)
    with pytest.raises(ValueError, match="no"), budget.holding(1):
        raise ValueError("no")
    with budget.holding(1):
        pass
