"""The user that a node runs as: Elasticsearch refuses to run as root."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from mlsr_es.errors import NodeError

_NAME = "nobody"


@dataclass(frozen=True, slots=True)
class Account:
    """A user without rights of its own."""

    name: str
    uid: int
    gid: int


def account() -> Account | None:
    """The user to run a node as; None for the current user.

    Raises:
        NodeError: The current user is root on a system without the user ``nobody``, or the system is Windows.
    """
    if os.name == "nt":
        raise NodeError(
            "The embedded node runs on Linux and macOS.",
            advice="On Windows, run mlsr-es in WSL, or use your own cluster.",
        )
    if os.geteuid() != 0:
        return None
    import pwd

    try:
        entry = pwd.getpwnam(_NAME)
    except KeyError as error:
        raise NodeError(
            f"Elasticsearch does not run as root, and this system has no user {_NAME}.",
            advice="Run mlsr-es as an ordinary user.",
        ) from error
    return Account(_NAME, entry.pw_uid, entry.pw_gid)


def closed_folder(path: Path) -> Path | None:
    """The outermost folder, of a path and its parents, that only its owner and group may enter; None if there is none.

    Args:
        path: A folder, which may not exist yet.
    """
    resolved = path.resolve()
    for folder in [resolved, *resolved.parents][::-1]:
        if folder.exists() and not folder.stat().st_mode & stat.S_IXOTH:
            return folder
    return None
