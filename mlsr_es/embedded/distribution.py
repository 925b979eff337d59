"""The Elasticsearch that is run: the official distribution without its modules, and the modules that are needed.

It is fetched by the user's machine and never shipped with this package: its licence is its makers' (Elastic License
2.0, or the Server Side Public License), which the unpacked folder holds.
"""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

from mlsr_es.embedded.artifacts import Artifact, fetch
from mlsr_es.embedded.releases import Release
from mlsr_es.embedded.state import building, open_to_all
from mlsr_es.progress import Progress


def installed(release: Release, shared: Path, progress: Progress) -> Path:
    """The folder of the unpacked distribution; the first call fetches it, later ones find it.

    It appears complete or not at all, and whoever calls at the same time waits.

    Args:
        release: Which one.
        shared: The folder that all nodes of a state folder share.
        progress: Told of the bytes that are fetched, and of unpacking.

    Raises:
        NodeError: It cannot be fetched, or a file is not the pinned one.
        StorageError: The folder cannot be written.
    """
    home = shared / f"elasticsearch-{release.version}"
    if home.exists():
        return home
    with building(shared) as scratch:
        if not home.exists():
            unpacked = _unpacked(release, _fetched(release, scratch, progress), scratch)
            open_to_all(unpacked)
            unpacked.rename(home)
    return home


def _fetched(release: Release, scratch: Path, progress: Progress) -> dict[Artifact, Path]:
    stage = f"Fetching Elasticsearch {release.version}"
    progress.start(stage, sum(artifact.size for artifact in release.artifacts) // 1024, "KiB")
    files = {artifact: fetch(artifact, scratch / "repository", progress, stage) for artifact in release.artifacts}
    progress.finish(stage)
    return files


def _unpacked(release: Release, files: dict[Artifact, Path], scratch: Path) -> Path:
    with zipfile.ZipFile(files[release.archive]) as archive:
        archive.extractall(scratch)
    home = scratch / f"elasticsearch-{release.version}"
    for module in release.modules:
        folder = home / "modules" / module.name
        folder.mkdir()
        (folder / "plugin-descriptor.properties").write_text(module.descriptor, encoding="utf-8")
        for jar in (*(files[artifact] for artifact in module.jars), *_found(home, module.shared)):
            shutil.copy(jar, folder)
    return home


def _found(home: Path, names: tuple[str, ...]) -> list[Path]:
    return [home / "modules" / "x-pack-core" / name for name in names]
