"""Files from a Debian package, fetched with apt's ordinary client; nothing is installed, and root is not needed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tarfile
import tempfile
import time
from pathlib import Path, PurePosixPath
from typing import IO

from mlsr_es.errors import SourceError, StorageError
from mlsr_es.progress import Progress
from mlsr_es.sources.images import suffixes
from mlsr_es.sources.known import KnownCollection

_KEPT = suffixes() | {".html", ".txt"}
_LOOK_EVERY = 0.2  # seconds
_FULL = re.compile(r"no space left|enough free space|disk quota", re.IGNORECASE)


class AptMissingError(SourceError):
    """This machine has no apt to fetch the collection with."""


def fetch(known: KnownCollection, target: Path, progress: Progress) -> str:
    """Extract a collection's files, and its copyright file, from its package into a folder.

    apt's lists and cache are temporary and private to this call, so it also works on a machine that has never run
    ``apt-get update``, and for a user without rights on the machine.

    Args:
        known: The collection.
        target: An empty folder.
        progress: Reports each step.

    Returns:
        The package's version.

    Raises:
        AptMissingError: apt-get or dpkg-deb is missing.
        SourceError: apt cannot fetch the package, or the package is not as expected.
        StorageError: The disk is full.
        OSError: The target cannot be written.
    """
    missing = [tool for tool in ("apt-get", "dpkg-deb") if shutil.which(tool) is None]
    if missing:
        raise AptMissingError(
            f"The collection {known.name} comes from the Debian package {known.package}, and this machine has no "
            f"{' and no '.join(missing)}.",
            advice="Use the collection 'sample', or a folder or a file of your own.",
        )
    with tempfile.TemporaryDirectory(dir=target, prefix=".apt-") as private:
        package = _downloaded(known, Path(private), progress)
        version = _run(["dpkg-deb", "--field", str(package), "Version"], known, Path(private)).split()[-1]
        progress.start("Unpacking", unit="files")
        _unpack(package, known, target, progress)
        progress.finish("Unpacking")
    return version


def _downloaded(known: KnownCollection, private: Path, progress: Progress) -> Path:
    for folder in ("lists/partial", "cache/archives/partial", "package"):
        (private / folder).mkdir(parents=True)
    apt = [
        "apt-get",
        "--quiet",
        f"--option=Dir::State::Lists={private / 'lists'}",
        f"--option=Dir::Cache={private / 'cache'}",
        "--option=APT::Sandbox::User=",
        "--option=Acquire::Languages=none",
        "--option=Acquire::Retries=3",
    ]
    progress.start("Reading the package lists")
    # A broken line in sources.list may not matter; the download will show whether it does.
    _, lists = _output([*apt, "update"], private)
    progress.finish("Reading the package lists")
    uri = _run([*apt, "--print-uris", "download", known.package], known, private, before=lists)
    size = re.search(r"\.deb (\d+) ", uri)
    stage = f"Fetching {known.package}"
    progress.start(stage, int(size[1]) // 1024 if size else None, "KiB")
    with (private / "log").open("w+b") as log:
        client = _started([*apt, "download", known.package], private / "package", log)
        try:
            seen = 0
            while client.poll() is None:
                time.sleep(_LOOK_EVERY)
                there = (_size(private / "package") + _size(private / "cache" / "archives")) // 1024
                progress.advance(stage, max(there - seen, 0))
                seen = max(there, seen)
        finally:
            client.kill()  # stops apt when this program is stopped; does nothing after apt has ended
            client.wait()
        log.seek(0)
        _check(client.returncode, log.read().decode(errors="replace"), known, lists)
    progress.finish(stage)
    packages = list((private / "package").glob("*.deb"))
    if not packages:
        raise _failed(known, "apt-get download has left no package")
    return packages[0]


def _unpack(package: Path, known: KnownCollection, target: Path, progress: Progress) -> None:
    """Extract plain files below the collection's folder, of the kinds that a source reads, and the copyright file."""
    copyright_file = f"usr/share/doc/{known.package}/copyright"
    wanted = 0
    command = ["dpkg-deb", "--fsys-tarfile", str(package)]
    with subprocess.Popen(  # noqa: S603 - no shell, and the words are ours
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as dpkg:
        try:
            with tarfile.open(fileobj=dpkg.stdout, mode="r|") as members:
                for member in members:
                    path = PurePosixPath(member.name)
                    is_content = path.is_relative_to(known.folder) and path.suffix.lower() in _KEPT
                    content = members.extractfile(member) if member.isreg() else None
                    if content is None or ".." in path.parts or not (is_content or str(path) == copyright_file):
                        continue
                    out = target / path
                    out.parent.mkdir(parents=True, exist_ok=True)
                    with content, out.open("wb") as file:
                        shutil.copyfileobj(content, file)
                    wanted += is_content
                    progress.advance("Unpacking")
        except tarfile.TarError as error:
            raise _failed(known, f"the package is damaged: {error}") from error
    if not wanted:
        raise _failed(known, f"the package holds nothing below {known.folder}")


def _run(command: list[str], known: KnownCollection, private: Path, *, before: str = "") -> str:
    """The output of a command that must succeed; ``before`` is an earlier command's output, for the message."""
    status, said = _output(command, private)
    _check(status, said, known, before)
    return said


def _output(command: list[str], private: Path) -> tuple[int, str]:
    with (private / "log").open("w+b") as log:
        client = _started(command, private, log)
        try:
            client.wait()
        finally:
            client.kill()
            client.wait()
        log.seek(0)
        return client.returncode, log.read().decode(errors="replace")


def _started(command: list[str], folder: Path, log: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - no shell, and the words are ours
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        env={**os.environ, "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"},
    )


def _check(status: int, said: str, known: KnownCollection, before: str = "") -> None:
    if status == 0:
        return
    if _FULL.search(before + said):
        raise StorageError(
            f"The disk is full: the collection {known.name} could not be fetched.",
            advice="Make room, or name another folder in MLSR_ES_HOME.",
        )
    complaints = [line for text in (before, said) for line in _complaints(text)[-1:]]
    raise _failed(known, "; ".join(dict.fromkeys(complaints)) or (said.strip() or "it said nothing").splitlines()[-1])


def _complaints(said: str) -> list[str]:
    lines = [line.strip() for line in said.splitlines()]
    failures = [line for line in lines if line.startswith(("E:", "dpkg-deb: error"))]
    return failures or [line for line in lines if line.startswith(("W: Failed", "Err:"))]


def _failed(known: KnownCollection, said: str) -> SourceError:
    return SourceError(
        f"apt could not get the package {known.package} for the collection {known.name}: {said.rstrip('.')}.",
        advice="Run 'apt-get update' by hand: it shows whether the network and the lines of /etc/apt/sources.list are "
        "in order (the package is in Debian's 'main'); then run this command again.",
    )


def _size(folder: Path) -> int:
    """The bytes below a folder, into which another process may be writing."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                total += (Path(parent) / name).stat().st_size
            except FileNotFoundError:
                continue
    return total
