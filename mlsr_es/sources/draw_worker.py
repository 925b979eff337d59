"""Draws SVG in a process that may be killed: a script that ``drawing`` runs, and that imports nothing of this package.

On standard input: whether the drawing has text (1 byte), the length of the SVG (4 bytes, big endian), the SVG in UTF-8.
On standard output: 1 and a PNG, or 0 and a reason, with the length before it in the same way.
"""

from __future__ import annotations

import sys
from typing import BinaryIO

MOST_MEMORY = 2**30
"""Bytes of address space: enough for a drawing with a picture of 64 megapixels in it, the most that are let through."""


def serve(requests: BinaryIO, answers: BinaryIO, *, side: int, dpi: float) -> None:
    """Draw until there are no more requests.

    Args:
        requests: As above.
        answers: As above.
        side: The longest side of a drawing, in pixels.
        dpi: Pixels in an inch; without it, a size in points or millimetres is an error.
    """
    import resvg_py

    while head := requests.read(5):
        svg = requests.read(int.from_bytes(head[1:])).decode()
        try:
            drawn = resvg_py.svg_to_bytes(
                svg_string=svg,
                width=side,
                height=side,
                dpi=dpi,
                background="#ffffff",
                skip_system_fonts=not head[0],
            )
            good, told = True, bytes(drawn)
        except BaseException as error:  # noqa: BLE001 - a panic of the library is not an Exception
            good, told = False, str(error).encode(errors="replace")
        answers.write(bytes([good]) + len(told).to_bytes(4) + told)
        answers.flush()


def limit_memory() -> None:
    """Let no drawing take more than ``MOST_MEMORY``, where the system can."""
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":  # elsewhere the limit is of something else, or is refused
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))


if __name__ == "__main__":
    limit_memory()
    serve(sys.stdin.buffer, sys.stdout.buffer, side=int(sys.argv[1]), dpi=float(sys.argv[2]))
