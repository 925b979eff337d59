"""Exports of a room that are imported at their first use, so that importing a room does not load torch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any


def exports(room: str, **modules: Sequence[str]) -> Callable[[str], Any]:
    """Make the ``__getattr__`` of a room.

    Args:
        room: The room's ``__name__``.
        modules: From each module of the room to the names that it exports.
    """
    places = {name: module for module, names in modules.items() for name in names}

    def imported(name: str) -> Any:
        if name not in places:
            raise AttributeError(f"module {room!r} has no attribute {name!r}")
        return getattr(import_module(f"{room}.{places[name]}"), name)

    return imported
