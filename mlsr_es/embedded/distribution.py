"""The distribution of Elasticsearch: the official archive without modules, and the modules that are needed.

The user's machine downloads it; this package never ships it. It has its makers' licence (Elastic License 2.0, or the
Server Side Public License), which is in the unpacked folder.
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
    """The folder of the unpacked distribution; the first call downloads it, and later calls find it.

    The folder appears only when it is complete. Parallel calls wait for it.

    Args:
        release: The release of Elasticsearch.
        shared: The folder that all nodes of a state folder share.
        progress: Advanced by downloaded bytes and by unpacking.

    Raises:
        NodeError: The download fails, or a file is not the pinned one.
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
