"""Packages that only an extra brings: where one is missing, the line that installs it is said."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from mlsr_es.errors import MissingExtraError


@contextmanager
def extra(name: str) -> Iterator[None]:
    """Stands around every import of a package that an extra brings.

    Args:
        name: The extra, as ``pyproject.toml`` calls it.

    Raises:
        MissingExtraError: The package is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        raise missing(str(error.name), name) from error


def missing(package: str, name: str) -> MissingExtraError:
    """The error of a package that an extra brings, and that is not installed."""
    return MissingExtraError(f"the package {package} is not installed.", advice=f"Install it: {install_line(name)}")


def install_line(name: str) -> str:
    """What a user types to install an extra."""
    return f"pip install 'mlsr-es[{name}]'"
