"""Packages that only an extra brings: where one is missing, the line that installs it is said."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

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


def package_folder(package: str, what: str, install: str) -> Path:
    """The folder of an installed package that brings weights.

    Args:
        package: The name that it is imported by.
        what: What needs it, for the message.
        install: What a user types to install it.

    Raises:
        MissingExtraError: It is not installed.
    """
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise MissingExtraError(f"{what} needs a package that is not installed.", advice=f"Install it: {install}")
    return Path(spec.origin).parent


def install_line(name: str) -> str:
    """What a user types to install an extra."""
    return f"pip install 'mlsr-es[{name}]'"
