"""A socket with a deadline, so that a server that sends a byte now and then cannot hold it for ever."""

from __future__ import annotations

import io
import socket
from time import monotonic
from typing import Any


class LimitedSocket:
    """The part of a socket that ``http.client`` needs; each call gets the remaining time as its time-out.

    Args:
        inner: The connected socket.
        deadline: A time of ``time.monotonic``, in seconds; after it every call raises ``TimeoutError``.
    """

    def __init__(self, inner: socket.socket, deadline: float) -> None:
        self._inner = inner
        self._deadline = deadline

    def sendall(self, data: Any) -> None:
        """Send all bytes."""
        self._limit()
        self._inner.sendall(data)

    def makefile(self, mode: str) -> io.BufferedReader:
        """A file that reads what the server sends."""
        if mode != "rb":
            raise ValueError(mode)
        return io.BufferedReader(_Incoming(self._inner, self._limit))

    def close(self) -> None:
        """Do nothing, because ``http.client`` closes a connection while its answer is still being read."""

    def end(self) -> None:
        """Close the socket."""
        self._inner.close()

    def _limit(self) -> None:
        left = self._deadline - monotonic()
        if left <= 0:
            raise TimeoutError
        self._inner.settimeout(left)


class _Incoming(io.RawIOBase):
    def __init__(self, inner: socket.socket, limit: Any) -> None:
        self._socket = inner
        self._limit = limit

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._limit()
        return self._socket.recv_into(buffer)
