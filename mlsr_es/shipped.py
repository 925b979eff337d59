"""The files that ship with the package besides code: mappings, Kibana's objects, the demo model, the sample, texts."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def shipped(*parts: str) -> Path:
    """The path of a shipped file or folder, both in a checkout and in an installed wheel.

    A wheel has them in the package, under ``_shipped``; a checkout has them at its top level.

    Args:
        parts: ``"descriptions"``, ``"docker"``, ``"mappings"``, ``"models"`` or ``"sample"``, and the path below it.

    Raises:
        FileNotFoundError: The installation does not have it.
    """
    for root in (_PACKAGE / "_shipped", _PACKAGE.parent):
        path = root.joinpath(*parts)
        if path.exists():
            return path
    raise FileNotFoundError(f"this installation of mlsr-es lacks {'/'.join(parts)}; install it again")
