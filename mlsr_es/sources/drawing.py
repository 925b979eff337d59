"""Drawing in processes that may be killed: a small SVG can take minutes, gigabytes, or the process that draws it."""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from mlsr_es.sources.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

SIDE = 512
"""The longest side of a drawing, in pixels: more than any image encoder reads."""

DPI = 96.0
LONGEST_S = 10.0
"""How long one drawing may take, in seconds."""

_SCRIPT = Path(__file__).with_name("draw_worker.py")
_HEAD = 5
"""Bytes before a request or an answer: one that says something of it, and four with its length."""


class Worker:
    """A process that draws, one SVG at a time."""

    def __init__(self) -> None:
        # -P: the folder of the script is no place to import from.
        command = [sys.executable, "-P", str(_SCRIPT), str(SIDE), str(DPI)]
        self._process = subprocess.Popen(  # noqa: S603 - a script of this package
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )

    def draw(self, svg: bytes, *, has_text: bool) -> bytes:
        """Draw an SVG as a PNG.

        Args:
            svg: In UTF-8.
            has_text: Whether fonts are needed.

        Raises:
            Refusal: It cannot be drawn, within the limits.
        """
        late = threading.Event()

        def stop() -> None:
            late.set()
            self._process.kill()

        timer = threading.Timer(LONGEST_S, stop)
        timer.daemon = True
        timer.start()
        in_step = False
        try:
            answer = self._asked(bytes([has_text]) + len(svg).to_bytes(4) + svg)
            in_step = True
        except (OSError, EOFError):
            if late.is_set():
                raise Refusal(f"drawing it takes more than {LONGEST_S:g} s") from None
            raise Refusal("drawing it takes too much memory, or is too deep") from None
        finally:
            timer.cancel()
            if not in_step or late.is_set():  # else the next one would be given the answer to this one
                self.close()
        good, told = answer
        if not good:
            raise Refusal(f"it cannot be drawn: {told.decode(errors='replace')}")
        return told

    @property
    def is_alive(self) -> bool:
        """Whether it can draw another one."""
        return self._process.poll() is None

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                with suppress(OSError):
                    pipe.close()

    def _asked(self, request: bytes) -> tuple[bool, bytes]:
        """Whether it was drawn, and the drawing or the reason."""
        sent, answers = self._process.stdin, self._process.stdout
        if sent is None or answers is None:
            raise EOFError
        sent.write(request)
        sent.flush()
        head = answers.read(_HEAD)
        told = answers.read(int.from_bytes(head[1:])) if len(head) == _HEAD else b""
        if len(head) < _HEAD or len(told) < int.from_bytes(head[1:]):
            raise EOFError
        return bool(head[0]), told


class _Workers:
    """As many processes as this machine has cores; each is made when it is first needed."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Begin without any: after a fork, they are the parent's."""
        self._free = threading.Semaphore(os.cpu_count() or 1)
        self._lock = threading.Lock()
        self._idle: list[Worker] = []

    @contextmanager
    def one(self) -> Iterator[Worker]:
        """A worker that nobody else has meanwhile."""
        with self._free:
            with self._lock:
                worker = self._idle.pop() if self._idle else None
            worker = worker or Worker()
            try:
                yield worker
            finally:
                if worker.is_alive:
                    with self._lock:
                        self._idle.append(worker)

    def close(self) -> None:
        """End all that are idle."""
        with self._lock:
            idle, self._idle = self._idle, []
        for worker in idle:
            worker.close()


_workers = _Workers()
atexit.register(_workers.close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_workers.forget)


def draw(svg: str, *, has_text: bool) -> bytes:
    """Draw an SVG as a PNG on white, with its longest side at ``SIDE`` pixels.

    Args:
        svg: The drawing, without references to anything outside itself.
        has_text: Whether the system's fonts are needed.

    Raises:
        Refusal: It cannot be drawn, or not within ``LONGEST_S`` and a gigabyte of memory.
    """
    with _workers.one() as worker:
        return worker.draw(svg.encode(), has_text=has_text)
