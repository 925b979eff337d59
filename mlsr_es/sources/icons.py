"""What counts as an icon: too small to be worth a suggestion."""

from __future__ import annotations

_SIDE = 48
_HEIGHT_IN_A_LINE = 64


def is_icon(width: int, height: int, *, inline: bool) -> bool:
    """Whether an image is an icon.

    Args:
        width: The width in pixels; 0 where it is unknown.
        height: The height in pixels; 0 where it is unknown.
        inline: Whether it is within a line of text.
    """
    if not width or not height:
        return False
    return max(width, height) <= _SIDE or (inline and height <= _HEIGHT_IN_A_LINE)
