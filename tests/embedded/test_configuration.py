"""What a node is told when it starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlsr_es.embedded.configuration import all_settings, by_launcher, java_command, settings_file, speaks_tls
from mlsr_es.embedded.releases import Launcher

_FOLDER = Path("/srv/node")


def test_a_node_listens_on_loopback_and_asks_nobody_else() -> None:
    """The address is loopback's, the ports are free ones, and it is its own cluster."""
    settings = all_settings(_FOLDER, {})
    assert settings["network.host"] == "127.0.0.1"
    assert settings["http.port"] == settings["transport.port"] == "0"
    assert settings["discovery.type"] == "single-node"


def test_the_callers_settings_stand_above_ours() -> None:
    """Security is off by default and on when asked for; what is not named stays."""
    settings = all_settings(_FOLDER, {"xpack.security.enabled": "true", "thread_pool.write.queue_size": "1"})
    assert settings["xpack.security.enabled"] == "true"
    assert settings["thread_pool.write.queue_size"] == "1"
    assert settings["path.data"] == "/srv/node/data"


def test_a_value_cannot_leave_its_line() -> None:
    """Quotes, colons and line ends in a value are quoted."""
    assert settings_file({"node.name": 'a: "b"\nc'}) == 'node.name: "a: \\"b\\"\\nc"\n'


def test_tls_is_read_off_the_settings() -> None:
    """The scheme of the node's URL follows its settings."""
    assert not speaks_tls(all_settings(_FOLDER, {}))
    assert speaks_tls({"xpack.security.http.ssl.enabled": "true"})


def test_the_java_command_holds_heap_and_folders() -> None:
    """Minimum and maximum of the heap are the same, and every path is the node's own."""
    command = java_command(Path("/java/bin/java"), Path("/es"), _FOLDER, 512)
    assert command[:3] == ["/java/bin/java", "-Xms512m", "-Xmx512m"]
    assert "-Djava.io.tmpdir=/srv/node/tmp" in command
    assert "-Des.path.conf=/srv/node/config" in command
    assert command[-3:] == ["-cp", "/es/lib/*", "org.elasticsearch.bootstrap.Elasticsearch"]


@pytest.mark.parametrize(
    ("launcher", "program"), [(Launcher.CLI, "CliToolLauncher"), (Launcher.SERVER, "ServerLauncher")]
)
def test_a_launcher_is_told_of_heap_and_folders(launcher: Launcher, program: str) -> None:
    """By files and variables; it starts in the distribution, where it looks for its modules."""
    launch = by_launcher(Path("/jdk/bin/java"), Path("/es"), _FOLDER, 512, launcher=launcher)
    assert {"-Xms512m", "-Xmx512m", "-Djava.io.tmpdir=/srv/node/tmp"} <= set(launch.files["jvm.options"].splitlines())
    assert launch.folder == Path("/es")
    assert (launch.environment["ES_PATH_CONF"], launch.environment["JAVA"]) == ("/srv/node/config", "/jdk/bin/java")
    assert launch.command[-1].endswith(f".{program}")
