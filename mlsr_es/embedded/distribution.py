"""The Elasticsearch that is run: the official distribution without its modules, and the modules that are needed.

It is fetched by the user's machine and never shipped with this package: its licence is its makers' (Elastic License
2.0, or the Server Side Public License), which the unpacked folder holds.
"""

from __future__ import annotations

import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path

from mlsr_es.embedded.artifacts import Artifact, fetch
from mlsr_es.embedded.state import building, open_to_all
from mlsr_es.progress import Progress

VERSION = "7.17.29"
"""The last 7.x: the newest whose ``rank_features`` module is published as an artifact."""

_NODE = Artifact(
    "org.elasticsearch.distribution.integ-test-zip",
    "elasticsearch",
    VERSION,
    "zip",
    57295016,
    "841ee00be1a72ba8e707b5a2fb55f23fe7a4184369b4585393238b1c903eedaf",
)


@dataclass(frozen=True, slots=True)
class Module:
    """A module of Elasticsearch that the distribution lacks.

    Args:
        name: The module's name and folder.
        class_name: The plugin class that the node loads.
        description: One line, in Elasticsearch's own words.
        jars: Its own jar first, then what it needs and the distribution has nowhere.
        shared: File names of jars that it needs and the module x-pack-core has.
    """

    name: str
    class_name: str
    description: str
    jars: tuple[Artifact, ...]
    shared: tuple[str, ...] = ()

    @property
    def descriptor(self) -> str:
        """The text of its ``plugin-descriptor.properties``."""
        return (
            "type=isolated\n"
            f"description={self.description}\n"
            f"version={VERSION}\n"
            f"name={self.name}\n"
            f"classname={self.class_name}\n"
            "java.version=1.8\n"
            f"elasticsearch.version={VERSION}\n"
            "extended.plugins=\n"
            "has.native.controller=false\n"
        )


def _client_jar(module: str, size: int, sha256: str) -> Artifact:
    return Artifact("org.elasticsearch.plugin", f"{module}-client", VERSION, "jar", size, sha256)


MODULES = (
    Module(
        "mapper-extras",
        "org.elasticsearch.index.mapper.MapperExtrasPlugin",
        "Adds advanced field mappers",
        (_client_jar("mapper-extras", 120705, "3fc4139860139a524b0e56309261c943c90863da0c1bb2d1b0fc86d78f1525cd"),),
    ),
    Module(
        "rank-eval",
        "org.elasticsearch.index.rankeval.RankEvalPlugin",
        "The Rank Eval module adds APIs to evaluate ranking quality.",
        (_client_jar("rank-eval", 90407, "5c4c9b7c0dd2171bf0f5ca71594df25ea51cd65181469bf5cecb0d5550e497b3"),),
    ),
    Module(
        "lang-mustache",
        "org.elasticsearch.script.mustache.MustachePlugin",
        "Mustache scripting integration for Elasticsearch",
        (
            _client_jar("lang-mustache", 71605, "b825780a3cb750d87c4dc211d578a9e139c8334f0e0536fe115b7c384f778afc"),
            Artifact(
                "com.github.spullara.mustache.java",
                "compiler",
                "0.9.6",
                "jar",
                100892,
                "c4d697fd3619cb616cc5e22e9530c8a4fd4a8e9a76953c0655ee627cb2d22318",
            ),
        ),
    ),
    Module(
        "reindex",
        "org.elasticsearch.reindex.ReindexPlugin",
        "The Reindex module adds APIs to reindex from one index to another or update documents in place.",
        (
            _client_jar("reindex", 123469, "9ab0691ef02cbb7edd71e55fc0df25b1f43aeb5b77fe404091cabef0650bca7b"),
            Artifact(
                "org.elasticsearch.client",
                "elasticsearch-rest-client",
                VERSION,
                "jar",
                72698,
                "dc656df490fb548b0a0a9e12613572239bc2532d621d048c09c85059a4f320b6",
            ),
        ),
        shared=(
            f"elasticsearch-ssl-config-{VERSION}.jar",
            "commons-codec-1.15.jar",
            "commons-logging-1.1.3.jar",
            "httpasyncclient-4.1.4.jar",
            "httpclient-4.5.14.jar",
            "httpcore-4.4.12.jar",
            "httpcore-nio-4.4.12.jar",
        ),
    ),
)


def installed(shared: Path, progress: Progress) -> Path:
    """The folder of the unpacked distribution; the first call fetches it, later ones find it.

    It appears complete or not at all, and whoever calls at the same time waits.

    Args:
        shared: The folder that all nodes of a state folder share.
        progress: Told of the bytes that are fetched, and of unpacking.

    Raises:
        NodeError: It cannot be fetched, or a file is not the pinned one.
        StorageError: The folder cannot be written.
    """
    home = shared / f"elasticsearch-{VERSION}"
    if home.exists():
        return home
    with building(shared) as scratch:
        if not home.exists():
            unpacked = _unpacked(_fetched(scratch, progress), scratch)
            open_to_all(unpacked)
            unpacked.rename(home)
    return home


def _fetched(scratch: Path, progress: Progress) -> dict[Artifact, Path]:
    artifacts = [_NODE, *(jar for module in MODULES for jar in module.jars)]
    stage = f"Fetching Elasticsearch {VERSION}"
    progress.start(stage, sum(artifact.size for artifact in artifacts) // 1024, "KiB")
    files = {artifact: fetch(artifact, scratch / "repository", progress, stage) for artifact in artifacts}
    progress.finish(stage)
    return files


def _unpacked(files: dict[Artifact, Path], scratch: Path) -> Path:
    with zipfile.ZipFile(files[_NODE]) as archive:
        archive.extractall(scratch)
    home = scratch / f"elasticsearch-{VERSION}"
    for module in MODULES:
        folder = home / "modules" / module.name
        folder.mkdir()
        (folder / "plugin-descriptor.properties").write_text(module.descriptor, encoding="utf-8")
        for jar in (*(files[artifact] for artifact in module.jars), *_found(home, module.shared)):
            shutil.copy(jar, folder)
    return home


def _found(home: Path, names: tuple[str, ...]) -> list[Path]:
    return [home / "modules" / "x-pack-core" / name for name in names]
