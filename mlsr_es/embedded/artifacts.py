"""Downloads from Maven's repository: exact versions, with the SHA-256 that each file must have."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mlsr_es.errors import NodeError, StorageError
from mlsr_es.extras import extra
from mlsr_es.progress import Progress


@dataclass(frozen=True, slots=True)
class Artifact:
    """A file in Maven's repository.

    Args:
        group: Maven's groupId.
        name: Maven's artifactId.
        version: An exact version.
        packaging: "jar" or "zip".
        size: The size in bytes.
        sha256: The SHA-256 in hexadecimal digits.
    """

    group: str
    name: str
    version: str
    packaging: str
    size: int
    sha256: str

    def __str__(self) -> str:
        return f"{self.group}:{self.name}:{self.version}:{self.packaging}"


def fetch(artifact: Artifact, folder: Path, progress: Progress, stage: str) -> Path:
    """Download an artifact into a folder, in the repository's layout, and check it.

    Args:
        artifact: The artifact.
        folder: The folder; it must not contain partial downloads.
        progress: Advanced by every 8 KiB, in KiB.
        stage: The stage of ``progress``, which the caller has started.

    Raises:
        MissingExtraError: The extra ``embedded`` is not installed.
        NodeError: The download fails, or the file is not the pinned one (it is then removed).
        StorageError: The folder cannot be written.
    """
    with extra("embedded"):
        import requests
        from jgo.maven import MavenContext, PythonResolver

    @contextmanager
    def counted(_name: str, _size: int) -> Iterator[Callable[[int], None]]:
        yield lambda count: progress.advance(stage, count // 1024)

    maven = MavenContext(resolver=PythonResolver(progress_callback=counted), repo_cache=folder, timeout=60)
    wanted = maven.project(artifact.group, artifact.name).at_version(artifact.version)
    try:
        path = wanted.artifact(packaging=artifact.packaging).resolve()
    except (RuntimeError, requests.RequestException) as error:
        raise NodeError(
            f"{artifact} cannot be fetched: {error}.",
            advice="Check this machine's network and proxy settings, then start again.",
        ) from error
    except OSError as error:
        raise StorageError(f"{artifact} cannot be stored in {folder}: {error}.", advice="Free room there.") from error
    check(path, artifact)
    return path


def check(path: Path, artifact: Artifact) -> None:
    """Check that a file is the pinned one; remove it if it is not.

    Raises:
        NodeError: The file's SHA-256 differs from the artifact's.
    """
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != artifact.sha256:
        path.unlink()
        raise NodeError(
            f"{artifact} is not the pinned file: its SHA-256 is {found}, not {artifact.sha256}. It was removed.",
            advice="Start again; if it happens twice, a proxy or a mirror between gives another file.",
        )
