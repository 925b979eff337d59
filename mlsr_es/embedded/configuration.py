"""The configuration that a node starts with: settings, logging and the options of its Java."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mlsr_es.embedded.releases import Launcher

_SETTINGS = {
    "cluster.name": "mlsr-es",
    "node.name": "mlsr-es",
    "discovery.type": "single-node",
    "network.host": "127.0.0.1",
    "http.port": "0",  # any free port; the node writes it to a file (node.portsfile)
    "transport.port": "0",
    "node.portsfile": "true",
    "cluster.routing.allocation.disk.threshold_enabled": "false",  # a full disk must not make indices read-only
    "xpack.security.enabled": "false",  # without this explicit setting every response has a warning
}

JAVA_OPTIONS = (
    "-XX:+UseG1GC",
    "-XX:+ExitOnOutOfMemoryError",
    "-XX:-UsePerfData",  # writes no file into the system's temporary folder
)
"""The options of every node's Java."""

LOGGING = """\
status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = [%d{ISO8601}][%-5p][%-25c{1.}] [%node_name]%marker %m%n
rootLogger.level = info
rootLogger.appenderRef.console.ref = console
logger.deprecation.name = org.elasticsearch.deprecation
logger.deprecation.level = error
logger.plugins.name = org.elasticsearch.plugins
logger.plugins.level = warn
"""
"""``log4j2.properties``: everything goes to standard output, which is redirected into a file."""


def all_settings(folder: Path, settings: Mapping[str, str]) -> dict[str, str]:
    """A node's settings: the defaults of this package, overridden by the caller's.

    Args:
        folder: The node's data folder.
        settings: The caller's settings: Elasticsearch's names and values.
    """
    return {**_SETTINGS, "path.data": str(folder / "data"), "path.logs": str(folder / "logs"), **settings}


def settings_file(settings: Mapping[str, str]) -> str:
    """The text of ``elasticsearch.yml``; values are written as JSON strings, which are always valid YAML."""
    return "".join(f"{name}: {json.dumps(value)}\n" for name, value in settings.items())


def speaks_tls(settings: Mapping[str, str]) -> bool:
    """Whether a node with these settings answers over https."""
    return settings.get("xpack.security.http.ssl.enabled") == "true"


@dataclass(frozen=True, slots=True)
class Launch:
    """The command that starts a node's process, with its surroundings.

    Args:
        command: The program and its arguments.
        folder: The working directory of the process.
        environment: The environment variables of the process.
        files: File name to text, for the node's configuration folder.
    """

    command: list[str]
    folder: Path
    environment: Mapping[str, str]
    files: Mapping[str, str] = field(default_factory=dict)


def direct(java: Path, home: Path, folder: Path, heap_mb: int) -> Launch:
    """Start Elasticsearch 7 with the command of ``java_command``.

    Args:
        java: The ``java`` program.
        home: The unpacked distribution.
        folder: The node's data folder.
        heap_mb: The node's heap, in MiB.
    """
    environment = {"LIBFFI_TMPDIR": str(folder / "tmp")}
    return Launch(java_command(java, home, folder, heap_mb), folder / "logs", environment)


def by_launcher(java: Path, home: Path, folder: Path, heap_mb: int, *, launcher: Launcher) -> Launch:
    """Start Elasticsearch 8 or later by its own launcher, which adds module paths, agents and arguments.

    The launcher keeps running and passes on a request to stop. If the launcher is killed, the node ends by itself.

    Args:
        java: The ``java`` program of a whole JDK.
        home: The unpacked distribution.
        folder: The node's data folder.
        heap_mb: The node's heap, in MiB.
        launcher: Which one it has.
    """
    small = ["-Xms4m", "-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData"]
    options = [
        f"-Xms{heap_mb}m",
        f"-Xmx{heap_mb}m",
        *JAVA_OPTIONS,
        "--add-modules=jdk.incubator.vector",
        f"-XX:ErrorFile={folder / 'logs'}/hs_err_pid%p.log",
        f"-Djava.io.tmpdir={folder / 'tmp'}",
    ]
    environment = {
        "JAVA": str(java),
        "JAVA_TYPE": "ES_JAVA_HOME",
        "CLI_JAVA_OPTS": " ".join(small),
        "ES_HOME": str(home),
        "ES_PATH_CONF": str(folder / "config"),
        "ES_DISTRIBUTION_TYPE": "zip",
        "LIBFFI_TMPDIR": str(folder / "tmp"),
    }
    command = [str(java), *small]
    if launcher is Launcher.CLI:
        properties = {
            "cli.name": "server",
            "cli.script": str(home / "bin" / "elasticsearch"),
            "cli.libs": "lib/tools/server-cli",
            "es.path.home": str(home),
            "es.path.conf": str(folder / "config"),
            "es.distribution.type": "zip",
            "es.java.type": "ES_JAVA_HOME",
        }
        command += [f"-D{name}={value}" for name, value in properties.items()]
        command += ["-cp", f"{home / 'lib'}/*:{home / 'lib' / launcher}/*"]
        command += ["org.elasticsearch.launcher.CliToolLauncher"]
    else:
        command += ["-cp", f"{home / 'lib' / 'tools' / launcher}/*"]
        command += ["org.elasticsearch.server.launcher.ServerLauncher"]
    # The launcher looks for its modules in the working directory.
    return Launch(command, home, environment, {"jvm.options": "".join(f"{option}\n" for option in options)})


def java_command(java: Path, home: Path, folder: Path, heap_mb: int) -> list[str]:
    """The command that runs Elasticsearch, equal to the one that its own launcher builds.

    Without the launcher there is no shell and no further Java process between this program and the node.

    Args:
        java: The ``java`` program.
        home: The unpacked distribution.
        folder: The node's data folder.
        heap_mb: The node's heap, in MiB.
    """
    return [
        str(java),
        f"-Xms{heap_mb}m",
        f"-Xmx{heap_mb}m",
        f"-XX:MaxDirectMemorySize={heap_mb // 2}m",
        "-Xss1m",
        "-Xshare:auto",
        *JAVA_OPTIONS,
        "-XX:-OmitStackTraceInFastThrow",
        f"-XX:ErrorFile={folder / 'logs'}/hs_err_pid%p.log",
        f"-Djava.io.tmpdir={folder / 'tmp'}",
        "-Djava.security.manager=allow",
        "-Djava.locale.providers=SPI,COMPAT",
        "-Djava.awt.headless=true",
        "-Dfile.encoding=UTF-8",
        "-Djna.nosys=true",
        "-Dio.netty.noUnsafe=true",
        "-Dio.netty.noKeySetOptimization=true",
        "-Dio.netty.recycler.maxCapacityPerThread=0",
        "-Dio.netty.allocator.numDirectArenas=0",
        "-Dlog4j.shutdownHookEnabled=false",
        "-Dlog4j2.disable.jmx=true",
        "-Dlog4j2.formatMsgNoLookups=true",
        "-Des.networkaddress.cache.ttl=60",
        "-Des.networkaddress.cache.negative.ttl=10",
        "--add-opens=java.base/java.io=ALL-UNNAMED",
        f"-Des.path.home={home}",
        f"-Des.path.conf={folder / 'config'}",
        "-Des.distribution.flavor=oss",
        "-Des.distribution.type=zip",
        "-Des.bundled_jdk=false",
        "-cp",
        f"{home / 'lib'}/*",
        "org.elasticsearch.bootstrap.Elasticsearch",
    ]
